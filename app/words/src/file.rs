//! A language as a file: a line a text, in the order of the functions.

use std::fmt::Write as _;

use crate::{LANGUAGES, LATER, Language, Room, Text, text::Said};

/// A language as the app fetches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageFile {
    /// Which.
    pub language: Language,
    /// Its name, which changes with what is in it.
    pub name: String,
    /// A line a text; where one is told differently, that comes first, and a tab.
    pub content: String,
}

/// Every language as a file, in the order of [`LANGUAGES`].
#[must_use]
pub fn files(rooms: &[Room]) -> Vec<LanguageFile> {
    let file = |(index, language): (usize, &Language)| {
        let lines: Vec<String> =
            rooms.iter().flat_map(|room| &room.texts).map(|text| line(text, index)).collect();
        let content = lines.join("\n");
        let name = format!("{}-{:016x}.txt", language.tag, fingerprint(&content));
        LanguageFile { language: *language, name, content }
    };
    LANGUAGES.iter().enumerate().map(file).collect()
}

/// English in two parts, each with a line for every text and nothing on the lines of the other: of
/// the rooms that are shown first, and of those that come later.
pub(crate) fn english(rooms: &[Room]) -> [String; 2] {
    [false, true].map(|later| {
        let lines = rooms.iter().flat_map(|room| {
            let here = LATER.contains(&&*room.name) == later;
            room.texts.iter().map(move |text| if here { line(text, 0) } else { String::new() })
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn line(text: &Text, index: usize) -> String {
    let Said { one, other } = text.in_language(index);
    let places = text.places();
    let numbered = |words: &str| {
        places.iter().enumerate().fold(words.to_owned(), |said, (i, name)| {
            said.replace(&format!("{{{name}}}"), &format!("{{{i}}}"))
        })
    };
    let mut line = String::new();
    if let Some(one) = one {
        let _ = write!(line, "{}\t", numbered(&one));
    }
    line + &numbered(&other)
}

/// FNV-1a: the same wherever and with whatever compiler the app is built.
fn fingerprint(content: &str) -> u64 {
    content.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::room;

    #[test]
    fn english_is_in_two_parts_of_as_many_lines() {
        let rooms =
            [room("now", "[x]\nen: first").unwrap(), room("plan", "[y]\nen: later").unwrap()];
        assert_eq!(english(&rooms), ["first\n".to_owned(), "\nlater".to_owned()]);
    }

    #[test]
    fn places_are_numbered_as_the_function_takes_them() {
        let rooms = [room(
            "a",
            "[x]\nen: {to} of {from}\nde: von {from} {to}\n[n]\nen one: {a} {n}\nen: {a}, {n}",
        )
        .unwrap()];
        let files = files(&rooms);
        assert_eq!(files[0].content, "{0} of {1}\n{1} {0}\t{1}, {0}");
        assert_eq!(files[5].content, "von {1} {0}\n{1} {0}\t{1}, {0}");
        assert!(files[5].name.starts_with("de-") && files[0].name != files[5].name);
    }
}
