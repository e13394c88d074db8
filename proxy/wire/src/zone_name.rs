//! The name of a time zone, as the IANA database has it: `America/Los_Angeles`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A word that can name a time zone; whether there is such a zone is known where there is a
/// database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ZoneName([u8; Self::LONGEST]);

/// A text that names no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a time zone such as America/Los_Angeles")]
pub struct ZoneNameError;

impl ZoneName {
    /// Most characters of a name.
    pub const LONGEST: usize = 40;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(Self::LONGEST);
        // It holds ASCII alone.
        self.0.get(..end).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
    }
}

impl FromStr for ZoneName {
    type Err = ZoneNameError;

    fn from_str(text: &str) -> Result<Self, ZoneNameError> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
        let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
        if !starts || text.len() > Self::LONGEST || !text.bytes().all(legal) {
            return Err(ZoneNameError);
        }
        let mut name = [0; Self::LONGEST];
        name.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        Ok(Self(name))
    }
}

impl TryFrom<String> for ZoneName {
    type Error = ZoneNameError;

    fn try_from(text: String) -> Result<Self, ZoneNameError> {
        text.parse()
    }
}

impl From<ZoneName> for String {
    fn from(name: ZoneName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_with_slashes() {
        for name in ["America/Los_Angeles", "UTC", "Etc/GMT+8", "America/Argentina/ComodRivadavia"]
        {
            assert_eq!(name.parse::<ZoneName>().unwrap().as_str(), name);
        }
        let long = "A".repeat(41);
        for text in ["", "/etc", "../x", "Europe/Zürich", "a b", &long] {
            assert_eq!(text.parse::<ZoneName>(), Err(ZoneNameError), "{text}");
        }
    }
}
