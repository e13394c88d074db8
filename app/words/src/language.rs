//! The languages.

/// A language that the app speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// Its BCP 47 tag, as in the files of texts.
    pub tag: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// Whether it is written from right to left.
    pub rtl: bool,
    /// Whether one of something is told in other words than many.
    pub has_one: bool,
}

/// Every language; the first is compiled in and stands in for the others.
pub const LANGUAGES: &[Language] = &[
    Language { tag: "en", name: "English", rtl: false, has_one: true },
    Language { tag: "es", name: "Español", rtl: false, has_one: true },
    Language { tag: "zh", name: "简体中文", rtl: false, has_one: false },
    Language { tag: "ja", name: "日本語", rtl: false, has_one: false },
    Language { tag: "pt", name: "Português", rtl: false, has_one: true },
    Language { tag: "de", name: "Deutsch", rtl: false, has_one: true },
];

impl Language {
    /// Its place in [`LANGUAGES`].
    #[must_use]
    pub fn index(tag: &str) -> Option<usize> {
        LANGUAGES.iter().position(|one| one.tag == tag)
    }
}
