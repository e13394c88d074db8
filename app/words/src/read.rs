//! Reads the files of texts.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Language, Room, Text, text::placed};

/// Why texts could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk said no.
    #[error("could not read {}: {source}", path.display())]
    File {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line that is no line of such a file.
    #[error("{room}.txt, line {line}: {why}")]
    Line {
        /// The file without its ending.
        room: String,
        /// Counted from 1.
        line: usize,
        /// What was expected.
        why: String,
    },
}

/// Reads every file of a folder, in the order of their names.
///
/// # Errors
/// Names the file, and the line that is not understood.
pub fn read(folder: &Path) -> Result<Vec<Room>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        paths.push(entry.map_err(failed(folder))?.path());
    }
    paths.sort();
    let mut rooms = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        rooms.push(room(&name, &fs::read_to_string(&path).map_err(failed(&path))?)?);
    }
    Ok(rooms)
}

/// Reads one file: `[key]`, and below it `tag: text` for each language, with `tag one: text` before
/// it where one is told differently; `#` begins a comment.
pub(crate) fn room(name: &str, content: &str) -> Result<Room, Error> {
    let mut texts: Vec<Text> = Vec::new();
    for (number, line) in content.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |why: String| Error::Line { room: name.to_owned(), line: number + 1, why };
        if let Some(key) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if !is_name(key) {
                return Err(wrong(format!(
                    "`{key}` cannot name a function; write it in snake_case"
                )));
            }
            if texts.iter().any(|text| text.key == key) {
                return Err(wrong(format!("[{key}] is there twice")));
            }
            texts.push(Text::new(key));
        } else {
            let text = texts.last_mut().ok_or_else(|| wrong("a [key] comes first".to_owned()))?;
            say(text, line).map_err(wrong)?;
        }
    }
    if let Some(text) = texts.iter().find(|text| text.said.first().is_none_or(Option::is_none)) {
        let why = format!("[{}] is missing in English", text.key);
        return Err(Error::Line { room: name.to_owned(), line: 0, why });
    }
    Ok(Room { name: name.to_owned(), texts })
}

fn say(text: &mut Text, line: &str) -> Result<(), String> {
    let (lead, words) =
        line.split_once(':').ok_or("expected `[key]`, or `tag: text`".to_owned())?;
    let (tag, of_one) = match lead.split_once(' ') {
        Some((tag, "one")) => (tag, true),
        Some(_) => return Err(format!("`{lead}` is neither a tag nor `tag one`")),
        None => (lead, false),
    };
    let index = Language::index(tag).ok_or_else(|| format!("`{tag}` is no language of ours"))?;
    let words = words.trim().to_owned();
    if words.matches('{').count() != words.matches('}').count()
        || !placed(&words).iter().all(|place| is_name(place))
    {
        return Err("braces hold a name: {at}".to_owned());
    }
    if words.contains('\t') || words.is_empty() {
        return Err("a text is one line without tabs, and not empty".to_owned());
    }
    let said = text.said.get_mut(index).ok_or("no such language")?.get_or_insert_default();
    let twice = if of_one {
        said.one.replace(words).is_some()
    } else {
        !std::mem::replace(&mut said.other, words).is_empty()
    };
    if twice { Err(format!("`{lead}` is there twice")) } else { Ok(()) }
}

fn is_name(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(content: &str) -> String {
        room("now", content).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_texts_with_their_languages() {
        let read = room(
            "now",
            "# said\n[one]\nen: A {b}\nde: Ein {b}\n\n[n]\nen one: {n} x\nen: {n} xs\n",
        )
        .unwrap();
        assert_eq!(read.texts.len(), 2);
        assert_eq!(read.texts[0].places(), ["b"]);
        assert_eq!(read.texts[0].in_language(5).other, "Ein {b}");
        assert_eq!(read.texts[0].in_language(1).other, "A {b}");
        assert!(read.texts[1].counts());
        assert_eq!(read.texts[1].in_language(0).one.as_deref(), Some("{n} x"));
    }

    #[test]
    fn a_line_that_is_wrong_is_named() {
        assert_eq!(refused("en: x"), "now.txt, line 1: a [key] comes first");
        assert!(refused("[A-b]").contains("snake_case"));
        assert!(refused("[a]\nen: x\n[a]").contains("twice"));
        assert!(refused("[a]\nen: x\nen: y").contains("`en` is there twice"));
        assert!(refused("[a]\nxx: x").contains("`xx` is no language"));
        assert!(refused("[a]\nen many: x").contains("tag one"));
        assert!(refused("[a]\nen: {x").contains("braces"));
        assert!(refused("[a]\nen: {X y}").contains("braces"));
        assert!(refused("[a]\nde: x").contains("missing in English"));
    }
}
