//! Platforms: where people stream, and the names they go by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::{AccountError, shorten};

/// A place where people stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Platform {
    /// The built-in generated streamers: no key, no network.
    Demo,
    /// TikTok LIVE through its undocumented web routes.
    Tiktok,
    /// Bilibili's live rooms; accounts are user numbers.
    Bilibili,
    /// Chzzk; accounts are channel ids.
    Chzzk,
    /// SOOP, once AfreecaTV.
    Soop,
    /// Twitch through its Helix API, with an application's id and secret.
    Twitch,
    /// Kick through its public API, with an application's id and secret.
    Kick,
    /// YouTube through its Data API, with a key; accounts are handles or channel ids.
    Youtube,
    /// TikTok LIVE through Euler Stream, a paid service, with a key.
    Euler,
    /// One that is defined in the proxy's settings file alone.
    Custom(CustomName),
}

impl Platform {
    /// Every platform this version knows by itself.
    pub const ALL: [Self; 9] = [
        Self::Demo,
        Self::Tiktok,
        Self::Bilibili,
        Self::Chzzk,
        Self::Soop,
        Self::Twitch,
        Self::Kick,
        Self::Youtube,
        Self::Euler,
    ];

    /// The word used in identifiers, URLs and settings.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Demo => "demo",
            Self::Tiktok => "tiktok",
            Self::Bilibili => "bilibili",
            Self::Chzzk => "chzzk",
            Self::Soop => "soop",
            Self::Twitch => "twitch",
            Self::Kick => "kick",
            Self::Youtube => "youtube",
            Self::Euler => "euler",
            Self::Custom(name) => name.word(),
        }
    }

    /// The name people know it by.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Demo => "Demo",
            Self::Tiktok => "TikTok",
            Self::Bilibili => "Bilibili",
            Self::Chzzk => "Chzzk",
            Self::Soop => "SOOP",
            Self::Twitch => "Twitch",
            Self::Kick => "Kick",
            Self::Youtube => "YouTube",
            Self::Euler => "Euler Stream",
            Self::Custom(name) => name.as_str(),
        }
    }

    /// Where a person watches the account; `None` where there is nothing to watch.
    #[must_use]
    pub fn watch_url(&self, handle: &str) -> Option<String> {
        match self {
            Self::Demo | Self::Custom(_) => None,
            Self::Tiktok | Self::Euler => Some(format!("https://www.tiktok.com/@{handle}/live")),
            // The room has a number of its own, to which this page leads.
            Self::Bilibili => Some(format!("https://space.bilibili.com/{handle}")),
            Self::Chzzk => Some(format!("https://chzzk.naver.com/live/{handle}")),
            Self::Soop => Some(format!("https://play.sooplive.co.kr/{handle}")),
            Self::Twitch => Some(format!("https://www.twitch.tv/{handle}")),
            Self::Kick => Some(format!("https://kick.com/{handle}")),
            Self::Youtube => {
                let channel = if is_channel_id(handle) { "channel/" } else { "@" };
                Some(format!("https://www.youtube.com/{channel}{handle}/live"))
            }
        }
    }

    /// Host names of profile links, without `www.` or `m.`.
    pub(crate) const fn hosts(self) -> &'static [&'static str] {
        match self {
            // Euler's accounts are TikTok's, and their links mean TikTok.
            Self::Demo | Self::Euler | Self::Custom(_) => &[],
            Self::Tiktok => &["tiktok.com"],
            Self::Bilibili => &["space.bilibili.com"],
            Self::Chzzk => &["chzzk.naver.com"],
            Self::Soop => &["play.sooplive.co.kr", "ch.sooplive.co.kr", "sooplive.com"],
            Self::Twitch => &["twitch.tv"],
            Self::Kick => &["kick.com"],
            Self::Youtube => &["youtube.com"],
        }
    }

    /// The handle in the path of a profile link, after its first slash.
    pub(crate) fn handle_in_path(self, path: &str) -> Option<&str> {
        let mut parts = path.split(['/', '?', '#']);
        let first = parts.next().unwrap_or_default();
        match self {
            Self::Demo | Self::Euler | Self::Custom(_) => None,
            Self::Youtube if first == "channel" => parts.next(),
            Self::Tiktok | Self::Youtube => first.strip_prefix('@'),
            Self::Chzzk if first == "live" => parts.next(),
            Self::Soop if first == "station" => parts.next(),
            Self::Bilibili | Self::Chzzk | Self::Soop | Self::Twitch | Self::Kick => Some(first),
        }
    }

    /// A handle as it is kept: in lower case, unless its case is part of it.
    pub(crate) fn cased(self, handle: &str) -> String {
        let cased = self == Self::Youtube && is_channel_id(handle);
        if cased { handle.to_owned() } else { handle.to_ascii_lowercase() }
    }

    pub(crate) const fn alphabet(self) -> Alphabet {
        match self {
            Self::Demo => Alphabet { letters: true, punctuation: "_.-", longest: 32 },
            Self::Tiktok | Self::Euler => {
                Alphabet { letters: true, punctuation: "_.", longest: 24 }
            }
            Self::Bilibili => Alphabet { letters: false, punctuation: "", longest: 19 },
            Self::Chzzk => Alphabet { letters: true, punctuation: "", longest: 32 },
            Self::Soop => Alphabet { letters: true, punctuation: "_", longest: 32 },
            Self::Twitch => Alphabet { letters: true, punctuation: "_", longest: 25 },
            Self::Kick => Alphabet { letters: true, punctuation: "_-", longest: 25 },
            Self::Youtube => Alphabet { letters: true, punctuation: "_.-", longest: 30 },
            Self::Custom(_) => Alphabet { letters: true, punctuation: "_.-", longest: 64 },
        }
    }
}

/// Whether a YouTube account is named by its channel's id, whose case matters, and not by a handle.
#[must_use]
pub fn is_channel_id(handle: &str) -> bool {
    handle.len() == 24 && handle.starts_with("UC")
}

/// Which handles a platform gives out: ASCII digits, perhaps letters, and some punctuation.
pub(crate) struct Alphabet {
    pub(crate) letters: bool,
    pub(crate) punctuation: &'static str,
    pub(crate) longest: usize,
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

/// The name of a platform from the settings file: lower-case letters, digits and dashes, with a
/// letter or digit at both ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomName([u8; Self::LONGEST_WORD]);

impl CustomName {
    /// Most characters of a name.
    pub const LONGEST: usize = 20;
    const LONGEST_WORD: usize = PREFIX.len() + Self::LONGEST;

    /// A name, if it can be one.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let ends = !name.starts_with('-') && !name.ends_with('-');
        if name.is_empty() || name.len() > Self::LONGEST || !ends || !name.bytes().all(legal) {
            return None;
        }
        let mut word = [0; Self::LONGEST_WORD];
        let bytes = PREFIX.bytes().chain(name.bytes());
        word.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        Some(Self(word))
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::new(word.strip_prefix(PREFIX)?)
    }

    fn word(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        // It holds ASCII alone.
        self.0.get(..end).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.word().strip_prefix(PREFIX).unwrap_or_default()
    }
}

const PREFIX: &str = "custom-";

impl fmt::Debug for CustomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
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

    #[test]
    fn names_that_could_be_mistaken_are_none() {
        let long = "x".repeat(CustomName::LONGEST + 1);
        for name in ["", "-", "-a", "a-", "A", "a_b", "a.b", "a:b", "é", "a\0b", &long] {
            assert_eq!(CustomName::new(name), None, "{name}");
            assert!(format!("custom-{name}").parse::<Platform>().is_err() || name == "A");
        }
        assert!("custom".parse::<Platform>().is_err());
        let longest = "x".repeat(CustomName::LONGEST);
        assert_eq!(CustomName::new(&longest).unwrap().as_str(), longest);
    }
}
