//! Names of platforms that a settings file defines.

use std::fmt;

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

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::new(word.strip_prefix(PREFIX)?)
    }

    /// The word of its platform.
    pub(crate) fn word(&self) -> &str {
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
    use crate::platform::Platform;

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
