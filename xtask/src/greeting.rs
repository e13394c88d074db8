//! What the page tells before the app is there, in every language: what this is.

use almanac_words::{LANGUAGES, Room};

use crate::error::{Error, Result};

/// What stands in the page until it is known.
const GAP: &str = "const welcome = {};";

/// The room of the first visit, and its texts that are told: a title, and what follows it.
const ROOM: &str = "welcome";
const TITLE: &str = "title";
const REST: [&str; 2] = ["what_it_is", "stays_here"];

/// The page, which can tell it now.
pub(crate) fn filled_in(page: &str, rooms: &[Room]) -> Result<String> {
    if !page.contains(GAP) {
        return Err(Error::Invalid(format!("app/page/index.html lacks `{GAP}`")));
    }
    let mut list = String::new();
    for (index, language) in LANGUAGES.iter().enumerate() {
        let said = |key| text(rooms, key, index);
        let rest = REST.map(said).into_iter().collect::<Result<Vec<_>>>()?.join(" ");
        list += &format!("{}: [{}, {}], ", language.tag, quoted(&said(TITLE)?), quoted(&rest));
    }
    Ok(page.replace(GAP, &format!("const welcome = {{ {}}};", list.trim_end())))
}

fn text(rooms: &[Room], key: &str, language: usize) -> Result<String> {
    let room = rooms.iter().find(|room| room.name == ROOM);
    let text = room.and_then(|room| room.texts.iter().find(|text| text.key == key));
    let said = text.and_then(|text| text.said.get(language).cloned().flatten());
    said.map(|said| said.other).ok_or_else(|| {
        Error::Invalid(format!("app/words/texts/{ROOM}.txt lacks `{key}` in some language"))
    })
}

/// A text as a script within a page writes it.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('<', "\\u003c");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms() -> Vec<Room> {
        almanac_words::read(&almanac_words::folder()).unwrap()
    }

    #[test]
    fn every_language_tells_what_this_is() {
        let page =
            filled_in("<script>const welcome = {}; use(welcome)</script>", &rooms()).unwrap();
        for language in LANGUAGES {
            assert!(page.contains(&format!("{}: [\"", language.tag)), "{page}");
        }
        assert!(page.contains(r#"de: ["Wissen, wer live ist"#), "{page}");
        assert!(page.ends_with(" use(welcome)</script>"));
    }

    #[test]
    fn what_is_missing_is_told_of() {
        assert!(filled_in("", &rooms()).is_err());
        assert!(filled_in(GAP, &[]).is_err());
    }

    #[test]
    fn a_text_ends_neither_its_quotes_nor_the_script() {
        assert_eq!(quoted(r#"a "b" \ </script>"#), r#""a \"b\" \\ \u003c/script>""#);
    }
}
