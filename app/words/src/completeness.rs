//! Holds every text against every language.

use crate::{LANGUAGES, Room, folder, read, read::room, text::placed};

/// Everything that is missing or does not fit, one line each.
fn problems(rooms: &[Room]) -> Vec<String> {
    let mut problems = Vec::new();
    for room in rooms {
        for text in &room.texts {
            let name = format!("{}.txt [{}]", room.name, text.key);
            let mut wanted = text.places();
            wanted.sort();
            for (language, said) in LANGUAGES.iter().zip(&text.said) {
                let tag = language.tag;
                let Some(said) = said else {
                    problems.push(format!("{name}: `{tag}:` is missing"));
                    continue;
                };
                if said.other.is_empty() {
                    problems.push(format!("{name}: `{tag}:` is missing"));
                }
                let needs_one = text.counts() && language.has_one;
                if needs_one != said.one.is_some() {
                    let word = if needs_one { "is missing" } else { "is one too many" };
                    problems.push(format!("{name}: `{tag} one:` {word}"));
                }
                let mut has = placed(&said.other);
                has.sort();
                if has != wanted {
                    problems.push(format!("{name}: `{tag}:` has {has:?}, expected {wanted:?}"));
                }
                let mut has = said.one.as_deref().map_or_else(|| wanted.clone(), placed);
                // One may be told as a word.
                has.push("n".to_owned());
                has.sort();
                has.dedup();
                if !wanted.iter().all(|place| has.contains(place)) {
                    problems.push(format!("{name}: `{tag} one:` has {has:?}, expected {wanted:?}"));
                }
            }
        }
    }
    problems
}

#[test]
fn every_text_is_there_in_every_language_with_the_same_places() {
    let problems = problems(&read(&folder()).unwrap());
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn what_is_missing_is_named() {
    let content =
        "[a]\nen one: {n} {x}\nen: {n} {x}\nes: {n} {x}\nzh one: {n}\nzh: {n} {x}\nja: {x}";
    let told = problems(&[room("now", content).unwrap()]);
    assert_eq!(
        told,
        [
            "now.txt [a]: `es one:` is missing",
            "now.txt [a]: `zh one:` is one too many",
            "now.txt [a]: `zh one:` has [\"n\"], expected [\"n\", \"x\"]",
            "now.txt [a]: `ja:` has [\"x\"], expected [\"n\", \"x\"]",
            "now.txt [a]: `pt:` is missing",
            "now.txt [a]: `de:` is missing",
        ]
    );
}
