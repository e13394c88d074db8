//! What the app says, in the language of whoever reads: a function a text, made from
//! `app/words/texts`, and what `Intl` knows of numbers and dates.
//!
//! The language is ambient, one for each thread, as a locale is: it is set before anything is
//! drawn, and everything is drawn anew when it changes. Natively, for the tests, [`plain`] stands
//! in for `Intl`.

use std::cell::Cell;

#[cfg(target_arch = "wasm32")]
mod intl;
#[cfg(not(target_arch = "wasm32"))]
mod plain;

#[cfg(target_arch = "wasm32")]
use intl as format;
#[cfg(not(target_arch = "wasm32"))]
use plain as format;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

thread_local! {
    static SPOKEN: Cell<Option<Spoken>> = const { Cell::new(None) };
    /// English of the rooms that come with the later part of the app, once that is here.
    static LATER: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
}

/// Makes the English of the later rooms known. To be called by what is itself in the later part, or
/// those texts are in the first download.
pub(crate) fn know_the_rest() {
    LATER.set(Vec::leak(ENGLISH_LATER.split('\n').collect()));
}

/// The language of this thread, and its texts by their number.
#[derive(Clone, Copy)]
struct Spoken {
    language: Language,
    texts: &'static [&'static str],
}

impl Spoken {
    /// Texts live as long as the program: a language is chosen once or twice in its life.
    fn new(language: Language, texts: String) -> Self {
        let lines: Vec<&'static str> = String::leak(texts).split('\n').collect();
        Self { language, texts: Vec::leak(lines) }
    }
}

fn spoken() -> Spoken {
    SPOKEN.get().unwrap_or_else(|| {
        let english = Spoken::new(Language::En, ENGLISH.to_owned());
        SPOKEN.set(Some(english));
        english
    })
}

/// Speaks a language from now on. `texts` is the content of its file; without it, or when it is
/// not of this version, it stays English.
pub fn speak(language: Language, texts: Option<String>) {
    let english = Spoken::new(Language::En, ENGLISH.to_owned());
    let spoken = texts
        .map(|texts| Spoken::new(language, texts))
        .filter(|other| other.texts.len() == english.texts.len())
        .unwrap_or(english);
    SPOKEN.set(Some(spoken));
    format::forget();
}

/// The language that is spoken.
#[must_use]
pub fn language() -> Language {
    spoken().language
}

/// The language of the first tag that is one of ours: `pt-BR` is `pt`.
#[must_use]
pub fn language_for<'a>(mut tags: impl Iterator<Item = &'a str>) -> Option<Language> {
    tags.find_map(|tag| {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Language::ALL.into_iter().find(|one| one.tag() == primary)
    })
}

fn plain(number: usize) -> &'static str {
    #[cfg(not(target_arch = "wasm32"))]
    if LATER.get().is_empty() {
        know_the_rest();
    }
    let text = |texts: &'static [&'static str]| texts.get(number).copied().unwrap_or_default();
    match text(spoken().texts) {
        "" => text(LATER.get()),
        text => text,
    }
}

fn filled(number: usize, with: &[&str]) -> String {
    fill(plain(number), with)
}

fn counted(number: usize, n: usize, with: &[&str]) -> String {
    let text = match plain(number).split_once('\t') {
        Some((one, _)) if format::is_one(n) => one,
        Some((_, other)) => other,
        None => plain(number),
    };
    fill(text, with)
}

/// Puts values where `{0}`, `{1}` stand.
fn fill(text: &str, with: &[&str]) -> String {
    let mut parts = text.split('{');
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or_default();
        let value = place.parse::<usize>().ok().and_then(|place| with.get(place));
        said.push_str(value.copied().unwrap_or_default());
        said.push_str(rest);
    }
    said
}

/// How a moment is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `18:05`.
    Time,
    /// `Sun`.
    Weekday,
    /// `Sun 18:05`.
    WeekdayTime,
    /// `12 Nov`.
    Day,
    /// `12 Nov 18:05`.
    DayTime,
    /// `12 Nov 2025`.
    Date,
    /// `12 Nov 2025 18:05`.
    DateTime,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `90 sec`.
    Second,
    /// `48 min`.
    Minute,
    /// `2 hr`.
    Hour,
    /// `3 days`.
    Day,
}

/// `12,304`.
#[must_use]
pub fn number(n: usize) -> String {
    format::number(n)
}

/// `82%`.
#[must_use]
pub fn percent(percent: u8) -> String {
    format::percent(percent)
}

/// A moment, told in milliseconds since the epoch *as the clock on the wall shows it*: with the
/// offset of its zone added.
#[must_use]
pub fn moment(style: Style, wall_ms: i64) -> String {
    format::moment(style, wall_ms)
}

/// `48 min`.
#[must_use]
pub fn unit(n: i64, unit: Unit) -> String {
    format::unit(n, unit)
}

/// `in 4 minutes`; what is negative is past: `4 minutes ago`.
#[must_use]
pub fn relative(n: i64, unit: Unit) -> String {
    format::relative(n, unit)
}

/// `3.1 MB`.
#[must_use]
pub fn bytes(n: f64) -> String {
    const UNITS: [(f64, &str); 4] =
        [(1e9, "gigabyte"), (1e6, "megabyte"), (1e3, "kilobyte"), (1.0, "byte")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| n >= *size).unwrap_or((1.0, "byte"));
    format::bytes(n / size, unit)
}

/// The names of all time zones that the browser knows. UTC is one of them, though not every browser
/// lists it.
#[must_use]
pub fn zone_names() -> Vec<String> {
    with_utc(format::zone_names())
}

fn with_utc(mut names: Vec<String>) -> Vec<String> {
    if !names.iter().any(|name| name == "UTC") {
        names.push("UTC".to_owned());
    }
    names
}

/// Whether the browser can tell the time of a zone of this name.
#[must_use]
pub fn is_zone_name(name: &str) -> bool {
    format::is_zone_name(name)
}

/// `a, b, c`.
#[must_use]
pub fn list(parts: &[String]) -> String {
    match language() {
        // There, `Intl` puts nothing between the parts of a list without an "and".
        Language::Zh | Language::Ja => parts.join("、"),
        Language::En | Language::Es | Language::Pt | Language::De => format::list(parts),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn utc_is_a_zone_once() {
        let names = |all: &[&str]| with_utc(all.iter().map(|&one| one.to_owned()).collect());
        assert_eq!(names(&["Asia/Tokyo"]), ["Asia/Tokyo", "UTC"]);
        assert_eq!(names(&["Asia/Tokyo", "UTC"]), ["Asia/Tokyo", "UTC"]);
    }

    /// The file of a language.
    pub(crate) fn texts_of(language: Language) -> String {
        match language {
            Language::En => include_str!(concat!(env!("OUT_DIR"), "/en.txt")),
            Language::Es => include_str!(concat!(env!("OUT_DIR"), "/es.txt")),
            Language::Zh => include_str!(concat!(env!("OUT_DIR"), "/zh.txt")),
            Language::Ja => include_str!(concat!(env!("OUT_DIR"), "/ja.txt")),
            Language::Pt => include_str!(concat!(env!("OUT_DIR"), "/pt.txt")),
            Language::De => include_str!(concat!(env!("OUT_DIR"), "/de.txt")),
        }
        .to_owned()
    }

    #[test]
    fn a_language_is_spoken_once_its_texts_are_there() {
        assert_eq!(language(), Language::En);
        assert_eq!(now::accounts(1), "1 account");
        assert_eq!(now::accounts(1000), "1,000 accounts");
        speak(Language::De, Some(texts_of(Language::De)));
        assert_eq!((language(), now::accounts(1).as_str()), (Language::De, "1 Konto"));
        let parts = ["a".to_owned(), "b".to_owned()];
        assert_eq!(list(&parts), "a, b");
        speak(Language::Zh, Some(texts_of(Language::Zh)));
        assert_eq!(list(&parts), "a、b");
        speak(Language::Ja, Some("of another version".to_owned()));
        assert_eq!(language(), Language::En);
        speak(Language::Ja, None);
        assert_eq!(now::nobody_live(), "Nobody live");
    }

    #[test]
    fn the_browsers_first_language_of_ours_is_taken() {
        let tags = |tags: &[&str]| language_for(tags.iter().copied());
        assert_eq!(tags(&["fr-FR", "pt-BR", "en"]), Some(Language::Pt));
        assert_eq!(tags(&["zh_Hans_CN"]), Some(Language::Zh));
        assert_eq!(tags(&["DE"]), Some(Language::De));
        assert_eq!(tags(&["fr", ""]), None);
    }

    #[test]
    fn values_stand_where_a_language_puts_them() {
        assert_eq!(fill("{1} of {0}, {1}", &["a", "b{0}"]), "b{0} of a, b{0}");
        assert_eq!(fill("no place", &["a"]), "no place");
    }
}
