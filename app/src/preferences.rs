//! What a person prefers on this device: kept with the browser, not with the records.

use crate::words::Language;

/// Preferences of one device. The default follows the browser in everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The language to speak; `None` for the browser's own.
    pub language: Option<Language>,
    /// Paper or night.
    pub theme: Theme,
    /// The zone in which times are told, by its name; `None` for the browser's own.
    pub zone: Option<String>,
    /// Letters alone lead nowhere.
    pub without_keys: bool,
}

/// Paper or night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As it is kept, and as the style sheet knows it; `None` follows the system.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// Reads what was kept; anything else follows the system.
    #[must_use]
    pub fn from_word(word: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|one| one.word() == word).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_read_as_it_was_kept_and_nonsense_follows_the_system() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_word(theme.word()), theme);
        }
        assert_eq!(Theme::from_word(Some("sepia")), Theme::System);
    }
}
