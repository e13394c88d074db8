//! The texts as functions.

use std::fmt::Write as _;

use crate::{LANGUAGES, Room, Text, file::english, files};

/// The module that the app includes: a function a text, in a module a room, and the languages.
#[must_use]
pub fn code(rooms: &[Room]) -> String {
    let mut code = String::new();
    let mut number = 0;
    for room in rooms {
        let _ = writeln!(code, "pub(crate) mod {} {{", room.name);
        for text in &room.texts {
            code += &function(text, number);
            number += 1;
        }
        code += "}\n";
    }
    languages(rooms, &mut code);
    code
}

fn function(text: &Text, number: usize) -> String {
    let (key, places) = (&text.key, text.places());
    let mut doc =
        format!("/// {}\n", text.in_language(0).other.replace('<', "\\<").replace('[', "\\["));
    if places.is_empty() {
        let _ = writeln!(doc, "pub(crate) fn {key}() -> &'static str {{ super::plain({number}) }}");
        return doc;
    }
    let counts = text.counts();
    let takes: Vec<String> =
        places
            .iter()
            .map(|place| {
                if counts && place == "n" {
                    "n: usize".to_owned()
                } else {
                    format!("{place}: &str")
                }
            })
            .collect();
    let with: Vec<String> =
        places
            .iter()
            .map(|place| {
                if counts && place == "n" { "&super::number(n)".to_owned() } else { place.clone() }
            })
            .collect();
    let takes = takes.join(", ");
    let with = with.join(", ");
    let call = if counts {
        format!("super::counted({number}, n, &[{with}])")
    } else {
        format!("super::filled({number}, &[{with}])")
    };
    let _ = writeln!(doc, "pub(crate) fn {key}({takes}) -> String {{ {call} }}");
    doc
}

fn languages(rooms: &[Room], code: &mut String) {
    let variant = |tag: &str| {
        let (first, rest) = tag.split_at(1);
        first.to_uppercase() + rest
    };
    code.push_str("/// A language that the app speaks.\n");
    code.push_str("#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]\npub enum Language {\n");
    for (i, one) in LANGUAGES.iter().enumerate() {
        let default = if i == 0 { "#[default] " } else { "" };
        let _ = writeln!(code, "/// {}.\n{default}{},", one.name, variant(one.tag));
    }
    code.push_str("}\nimpl Language {\n");
    let all: Vec<String> =
        LANGUAGES.iter().map(|one| format!("Self::{}", variant(one.tag))).collect();
    let _ = writeln!(
        code,
        "/// All of them.\npub const ALL: [Self; {}] = [{}];",
        all.len(),
        all.join(", ")
    );
    let mut told = |doc: &str, name: &str, kind: &str, value: &dyn Fn(usize) -> String| {
        let _ = writeln!(
            code,
            "/// {doc}\n#[must_use]\npub const fn {name}(self) -> {kind} {{ match self {{"
        );
        for (i, one) in LANGUAGES.iter().enumerate() {
            let _ = writeln!(code, "Self::{} => {},", variant(one.tag), value(i));
        }
        code.push_str("} }\n");
    };
    let of = |i: usize| LANGUAGES.get(i);
    let files = files(rooms);
    let text = "&'static str";
    told("Its BCP 47 tag.", "tag", text, &|i| format!("{:?}", of(i).map_or("", |one| one.tag)));
    told("What it calls itself.", "name", text, &|i| {
        format!("{:?}", of(i).map_or("", |one| one.name))
    });
    told("Whether it is written from right to left.", "rtl", "bool", &|i| {
        of(i).is_some_and(|one| one.rtl).to_string()
    });
    told("The file of its texts below `/words/`.", "file", text, &|i| {
        format!("{:?}", files.get(i).map_or("", |file| &file.name))
    });
    code.push_str("}\n");
    let [first, later] = english(rooms);
    let _ =
        writeln!(code, "const ENGLISH: &str = {first:?};\nconst ENGLISH_LATER: &str = {later:?};");
}
