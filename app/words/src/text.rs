//! A text in its languages.

use crate::LANGUAGES;

/// What one language makes of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Of one, where that is told differently.
    pub one: Option<String>,
    /// Otherwise.
    pub other: String,
}

/// One text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The name of its function.
    pub key: String,
    /// What each of [`LANGUAGES`] makes of it; `None` where it is missing.
    pub said: Vec<Option<Said>>,
}

/// The texts of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The name of its module.
    pub name: String,
    /// In the order of the file.
    pub texts: Vec<Text>,
}

impl Text {
    pub(crate) fn new(key: &str) -> Self {
        Self { key: key.to_owned(), said: vec![None; LANGUAGES.len()] }
    }

    /// What a language says, or English where it is missing.
    pub(crate) fn in_language(&self, index: usize) -> Said {
        let said = |index: usize| self.said.get(index).cloned().flatten();
        said(index).or_else(|| said(0)).unwrap_or_default()
    }

    /// Whether what is said depends on the number `n`.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.said.iter().flatten().any(|said| said.one.is_some())
    }

    /// The names between braces, `n` first where it counts, then as they come in English.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        let mut places = placed(&self.in_language(0).other);
        if self.counts() {
            places.retain(|place| place != "n");
            places.insert(0, "n".to_owned());
        }
        places
    }
}

/// The names between braces, each once.
pub(crate) fn placed(text: &str) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for part in text.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default().to_owned();
        if !places.contains(&name) {
            places.push(name);
        }
    }
    places
}
