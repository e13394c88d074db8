//! Accounts: a streamer on a platform, written `platform:handle`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::platform::Platform;

/// Why a text does not name an account.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    /// Nothing but blanks and decoration.
    #[error("no handle here")]
    Empty,
    /// The part before the colon is no platform of ours.
    #[error(
        "“{0}” is not a platform Almanac knows; known are: {known}, and custom-NAME for those of the \
         proxy's settings file", known = Platform::ALL.map(|one| one.to_string()).join(", ")
    )]
    UnknownPlatform(String),
    /// A link, but not to a profile on a platform we know.
    #[error(
        "“{0}” is not a profile link Almanac knows; paste one such as https://www.tiktok.com/@name"
    )]
    UnknownLink(String),
    /// A link that leads to a profile only once it is opened.
    #[error("open “{0}” first, and paste the address that it leads to")]
    ShareLink(String),
    /// A character that the platform's handles cannot have.
    #[error("“{handle}” has “{found}”, which {platform_name} handles cannot have", platform_name = platform.name())]
    IllegalCharacter {
        /// The handle as given, shortened.
        handle: String,
        /// The first character at fault.
        found: char,
        /// The platform asked for.
        platform: Platform,
    },
    /// Dots alone, which in a path lead elsewhere.
    #[error("“{0}” has nothing but dots")]
    OnlyDots(String),
    /// A dot at the end, which the platform does not allow there.
    #[error("“{handle}” ends with a dot, which {platform_name} handles cannot", platform_name = platform.name())]
    DotAtEnd {
        /// The handle as given, shortened.
        handle: String,
        /// The platform asked for.
        platform: Platform,
    },
    /// Longer than the platform allows.
    #[error("“{handle}” is longer than the {longest} characters {platform_name} allows", platform_name = platform.name())]
    TooLong {
        /// The handle as given, shortened.
        handle: String,
        /// Most characters allowed.
        longest: usize,
        /// The platform asked for.
        platform: Platform,
    },
}

/// A streamer on a platform. Written, and sent, as `platform:handle`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AccountId {
    platform: Platform,
    handle: Box<str>,
}

impl AccountId {
    /// An account of a known platform.
    ///
    /// `handle` may carry blanks around it and an `@`; it is kept in lower case, except for a YouTube
    /// channel's id.
    ///
    /// # Errors
    /// When the platform gives out no such handle.
    pub fn new(platform: Platform, handle: &str) -> Result<Self, AccountError> {
        let handle = handle.trim();
        let handle = handle.strip_prefix('@').unwrap_or(handle);
        let alphabet = platform.alphabet();
        if handle.is_empty() {
            return Err(AccountError::Empty);
        }
        let legal = |c: char| {
            c.is_ascii_digit()
                || (alphabet.letters && c.is_ascii_alphabetic())
                || alphabet.punctuation.contains(c)
        };
        if let Some(found) = handle.chars().find(|&c| !legal(c)) {
            return Err(AccountError::IllegalCharacter {
                handle: shorten(handle),
                found,
                platform,
            });
        }
        if handle.chars().all(|c| c == '.') {
            return Err(AccountError::OnlyDots(shorten(handle)));
        }
        if handle.len() > alphabet.longest {
            return Err(AccountError::TooLong {
                handle: shorten(handle),
                longest: alphabet.longest,
                platform,
            });
        }
        Ok(Self { platform, handle: platform.cased(handle).into() })
    }

    /// Reads what people paste: `platform:handle`, `@handle`, a bare handle, or a profile link.
    ///
    /// `default` is the platform of a handle that names none.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn from_pasted(text: &str, default: Platform) -> Result<Self, AccountError> {
        let text = text.trim();
        if SHARE_LINKS.iter().any(|start| bare_link(text).starts_with(start)) {
            return Err(AccountError::ShareLink(shorten(text)));
        }
        let id = Self::read_pasted(text, default)?;
        // Only what is pasted is looked at so: what is kept already stays readable.
        if matches!(id.platform, Platform::Tiktok | Platform::Euler) && id.handle.ends_with('.') {
            return Err(AccountError::DotAtEnd {
                handle: shorten(&id.handle),
                platform: id.platform,
            });
        }
        Ok(id)
    }

    fn read_pasted(text: &str, default: Platform) -> Result<Self, AccountError> {
        let without_scheme = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if let Some(link) = without_scheme {
            return Self::from_link(link, text);
        }
        if Platform::ALL
            .iter()
            .flat_map(|p| p.hosts())
            .any(|host| bare_host(text).starts_with(host))
        {
            return Self::from_link(text, text);
        }
        match text.split_once(':') {
            Some((platform, handle)) => Self::new(platform.trim().parse()?, handle),
            None => Self::new(default, text),
        }
    }

    fn from_link(link: &str, original: &str) -> Result<Self, AccountError> {
        let unknown = || AccountError::UnknownLink(shorten(original));
        let (host, path) = bare_host(link).split_once('/').ok_or_else(unknown)?;
        let platform = Platform::ALL
            .into_iter()
            .find(|p| p.hosts().contains(&host.to_ascii_lowercase().as_str()))
            .ok_or_else(unknown)?;
        Self::new(platform, platform.handle_in_path(path).ok_or_else(unknown)?)
    }

    /// The platform.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// The handle, without `@`; lower case, unless it is a YouTube channel's id.
    #[must_use]
    pub const fn handle(&self) -> &str {
        &self.handle
    }

    /// Where a person watches the account; `None` where there is nothing to watch.
    #[must_use]
    pub fn watch_url(&self) -> Option<String> {
        self.platform.watch_url(&self.handle)
    }
}

/// How links begin that apps make for sharing: whom they lead to only their platform knows.
const SHARE_LINKS: [&str; 4] = ["vm.tiktok.com/", "vt.tiktok.com/", "tiktok.com/t/", "b23.tv/"];

fn bare_link(text: &str) -> &str {
    let link = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    bare_host(link.unwrap_or(text))
}

fn bare_host(link: &str) -> &str {
    link.strip_prefix("www.").or_else(|| link.strip_prefix("m.")).unwrap_or(link)
}

/// Keeps what goes into a message short, whatever was pasted.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST - 1).chain(['…']).collect()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.handle)
    }
}

impl FromStr for AccountId {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        let (platform, handle) =
            text.split_once(':').ok_or_else(|| AccountError::UnknownPlatform(shorten(text)))?;
        Self::new(platform.parse()?, handle)
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountError;

    fn try_from(text: String) -> Result<Self, AccountError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pasted(text: &str) -> Result<String, AccountError> {
        AccountId::from_pasted(text, Platform::Tiktok).map(String::from)
    }

    #[test]
    fn people_paste_handles_in_many_ways() {
        for text in [
            "mira.codes",
            " @Mira.Codes ",
            "tiktok:mira.codes",
            "TikTok: @mira.codes",
            "https://www.tiktok.com/@mira.codes",
            "https://tiktok.com/@Mira.codes/live?lang=en",
            "m.tiktok.com/@mira.codes#x",
        ] {
            assert_eq!(pasted(text).as_deref(), Ok("tiktok:mira.codes"), "{text}");
        }
        assert_eq!(pasted("demo:nadia").as_deref(), Ok("demo:nadia"));
        for (text, id) in [
            ("https://space.bilibili.com/672328094?x=1", "bilibili:672328094"),
            ("https://chzzk.naver.com/live/AB12", "chzzk:ab12"),
            ("https://chzzk.naver.com/ab12/videos", "chzzk:ab12"),
            ("https://play.sooplive.co.kr/mira/281257200", "soop:mira"),
            ("ch.sooplive.co.kr/mira", "soop:mira"),
            ("https://www.sooplive.com/station/mira", "soop:mira"),
            ("custom-owncast:Mira", "custom-owncast:mira"),
            ("https://www.twitch.tv/Mira_2", "twitch:mira_2"),
            ("https://kick.com/mira-2?x=y", "kick:mira-2"),
            ("youtube.com/@Mira.Codes/streams", "youtube:mira.codes"),
            (
                "https://www.youtube.com/channel/UCaaAAaaAAaaAAaaAAaaAAaa/live",
                "youtube:UCaaAAaaAAaaAAaaAAaaAAaa",
            ),
            ("youtube:ucaaAAaaAAaaAAaaAAaaAAaa", "youtube:ucaaaaaaaaaaaaaaaaaaaaaa"),
            ("euler:@Mira.Codes", "euler:mira.codes"),
        ] {
            assert_eq!(pasted(text).as_deref(), Ok(id), "{text}");
        }
    }

    #[test]
    fn what_is_no_account_says_why() {
        let because = |text: &str| pasted(text).expect_err(text).to_string();
        assert_eq!(because(" @ "), "no handle here");
        assert_eq!(because("mira codes"), "“mira codes” has “ ”, which TikTok handles cannot have");
        assert_eq!(because("../etc"), "“../etc” has “/”, which TikTok handles cannot have");
        assert_eq!(because("Mi!ra"), "“Mi!ra” has “!”, which TikTok handles cannot have");
        for link in
            ["https://vm.tiktok.com/ZMabc/", "vt.tiktok.com/x", "https://www.tiktok.com/t/x"]
        {
            assert!(because(link).contains("paste the address that it leads to"), "{link}");
        }
        assert!(because("myspace:tom").starts_with("“myspace” is not a platform"));
        let all_words = Platform::ALL.map(|platform| platform.word().to_owned()).join(", ");
        assert!(because("myspace:tom").contains(&format!("known are: {all_words}, and custom-")));
        assert!(because("https://example.com/@mira").contains("not a profile link"));
        assert!(because("https://www.tiktok.com/tag/cats").contains("not a profile link"));
        assert!(because("bilibili:mira").contains("Bilibili handles cannot have"));
        assert!(because("https://live.bilibili.com/21452505").contains("not a profile link"));
        assert!(because("custom-a/b:mira").starts_with("“custom-a/b” is not a platform"));
        assert!(because("https://chzzk.naver.com/live").contains("not a profile link"));
        assert_eq!(because("custom-owncast:.."), "“..” has nothing but dots");
        assert_eq!(because("@dj.dana."), "“dj.dana.” ends with a dot, which TikTok handles cannot");
        assert!(because("https://www.tiktok.com/@dj.dana./live").contains("ends with a dot"));
        assert!("tiktok:dj.dana.".parse::<AccountId>().is_ok(), "one that is kept stays readable");
        assert!(because(&"x".repeat(25)).contains("longer than the 24 characters"));
        assert!(because(&"é".repeat(9000)).len() < 200);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_handle_that_could_leave_its_place(text in "\\PC{0,60}") {
            if let Ok(id) = AccountId::from_pasted(&text, Platform::Tiktok) {
                prop_assert!(id.handle().chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)));
                prop_assert!(!id.handle().is_empty() && id.handle().len() <= 32);
                prop_assert_eq!(id.to_string().parse::<AccountId>(), Ok(id));
            }
        }
    }
}
