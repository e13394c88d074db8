//! Platforms: where people stream, and the names they go by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::{AccountError, shorten};
use crate::custom_name::CustomName;
use crate::facts::{Alphabet, Facts, Profile};

/// Makes the enumeration of all platforms, and what is known of each.
macro_rules! platforms {
    ($($(#[$doc:meta])* $platform:ident = $facts:expr;)*) => {
        /// A place where people stream.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum Platform {
            $($(#[$doc])* $platform,)*
            /// One that is defined in the proxy's settings file alone.
            Custom(CustomName),
        }

        impl Platform {
            /// Every platform this version knows by itself.
            pub const ALL: [Self; [$(Self::$platform),*].len()] = [$(Self::$platform),*];

            const fn facts(&self) -> &'static Facts {
                match self {
                    $(Self::$platform => const { &$facts },)*
                    Self::Custom(_) => const { &Facts::of("custom", "Custom").handles("_.-", 64) },
                }
            }
        }
    };
}

// One entry for each.
platforms! {
    /// The built-in generated streamers: no key, no network.
    Demo = Facts::of("demo", "Demo").handles("_.-", 32);
    /// TikTok LIVE through its undocumented web routes.
    Tiktok = Facts::of("tiktok", "TikTok")
        .handles("_.", 24)
        .profiles(&["tiktok.com"], Profile::At)
        .watched_at("https://www.tiktok.com/@{}/live");
    /// Bilibili's live rooms; accounts are user numbers. The room has a number of its own, to which a
    /// person's page leads.
    Bilibili = Facts::of("bilibili", "Bilibili")
        .numbers(19)
        .profiles(&["space.bilibili.com"], Profile::Bare)
        .watched_at("https://space.bilibili.com/{}");
    /// Chzzk; accounts are channel ids.
    Chzzk = Facts::of("chzzk", "Chzzk")
        .handles("", 32)
        .profiles(&["chzzk.naver.com"], Profile::BareOrAfter("live"))
        .watched_at("https://chzzk.naver.com/live/{}");
    /// SOOP, once AfreecaTV.
    Soop = Facts::of("soop", "SOOP")
        .handles("_", 32)
        .profiles(&["play.sooplive.co.kr", "ch.sooplive.co.kr", "sooplive.com"], Profile::BareOrAfter("station"))
        .watched_at("https://play.sooplive.co.kr/{}");
    /// Twitch through its Helix API, with an application's id and secret.
    Twitch = Facts::of("twitch", "Twitch")
        .handles("_", 25)
        .profiles(&["twitch.tv"], Profile::Bare)
        .watched_at("https://www.twitch.tv/{}");
    /// Kick through its public API, with an application's id and secret.
    Kick = Facts::of("kick", "Kick")
        .handles("_-", 25)
        .profiles(&["kick.com"], Profile::Bare)
        .watched_at("https://kick.com/{}");
    /// YouTube through its Data API, with a key; accounts are handles or channel ids.
    Youtube = Facts::of("youtube", "YouTube")
        .handles("_.-", 30)
        .profiles(&["youtube.com"], Profile::AtOrAfter("channel"))
        .watched_at("https://www.youtube.com/@{}/live")
        .ids("https://www.youtube.com/channel/{}/live", is_channel_id);
    /// TikTok LIVE through Euler Stream, a paid service, with a key. Links to its accounts mean TikTok.
    Euler = Facts::of("euler", "Euler Stream")
        .handles("_.", 24)
        .watched_at("https://www.tiktok.com/@{}/live");
}

impl Platform {
    /// The word used in identifiers, URLs and settings.
    #[must_use]
    pub fn word(&self) -> &str {
        if let Self::Custom(name) = self { name.word() } else { self.facts().word }
    }

    /// The name people know it by.
    #[must_use]
    pub fn name(&self) -> &str {
        if let Self::Custom(name) = self { name.as_str() } else { self.facts().name }
    }

    /// Its name in the settings file, if it is defined there alone.
    #[must_use]
    pub const fn custom_name(self) -> Option<CustomName> {
        if let Self::Custom(name) = self { Some(name) } else { None }
    }

    /// Where a person watches the account; `None` where there is nothing to watch.
    #[must_use]
    pub fn watch_url(&self, handle: &str) -> Option<String> {
        let Facts { ids, watched_at, .. } = self.facts();
        let of_id = ids.filter(|ids| (ids.are)(handle)).map(|ids| ids.watched_at);
        of_id.or(*watched_at).map(|url| url.replace("{}", handle))
    }

    /// Host names of profile links, without `www.` or `m.`.
    pub(crate) const fn hosts(self) -> &'static [&'static str] {
        self.facts().hosts
    }

    /// The handle in the path of a profile link, after its first slash.
    pub(crate) fn handle_in_path(self, path: &str) -> Option<&str> {
        let mut parts = path.split(['/', '?', '#']);
        let first = parts.next().unwrap_or_default();
        match self.facts().profile {
            Profile::BareOrAfter(word) | Profile::AtOrAfter(word) if first == word => parts.next(),
            Profile::At | Profile::AtOrAfter(_) => first.strip_prefix('@'),
            Profile::Bare | Profile::BareOrAfter(_) => Some(first),
        }
    }

    /// A handle as it is kept: in lower case, unless its case is part of it.
    pub(crate) fn cased(self, handle: &str) -> String {
        let cased = self.facts().ids.is_some_and(|ids| (ids.are)(handle));
        if cased { handle.to_owned() } else { handle.to_ascii_lowercase() }
    }

    pub(crate) const fn alphabet(self) -> &'static Alphabet {
        &self.facts().alphabet
    }
}

/// Whether a YouTube account is named by its channel's id, whose case matters, and not by a handle.
#[must_use]
pub fn is_channel_id(handle: &str) -> bool {
    handle.len() == 24 && handle.starts_with("UC")
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Platform {
    type Err = AccountError;

    fn from_str(word: &str) -> Result<Self, AccountError> {
        let known = Self::ALL.into_iter().find(|one| one.word().eq_ignore_ascii_case(word));
        known
            .or_else(|| CustomName::from_word(&word.to_ascii_lowercase()).map(Self::Custom))
            .ok_or_else(|| AccountError::UnknownPlatform(shorten(word)))
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.word().to_owned()
    }
}

impl TryFrom<String> for Platform {
    type Error = AccountError;

    fn try_from(word: String) -> Result<Self, AccountError> {
        word.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_its_platform() {
        let custom = Platform::Custom(CustomName::new("my-owncast-2").unwrap());
        assert_eq!((custom.word(), custom.name()), ("custom-my-owncast-2", "my-owncast-2"));
        for platform in Platform::ALL.into_iter().chain([custom]) {
            assert_eq!(platform.word().parse(), Ok(platform));
            assert_eq!(platform.word().to_ascii_uppercase().parse(), Ok(platform));
            let json = serde_json::to_string(&platform).unwrap();
            assert_eq!(json, format!("\"{platform}\""));
            assert_eq!(serde_json::from_str::<Platform>(&json).unwrap(), platform);
        }
    }
}
