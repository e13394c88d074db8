//! Many accounts at once, as people paste them: one line each, a result for every line.

use std::collections::BTreeSet;

use almanac_wire::{AccountError, AccountId, Platform};

/// Most accounts that one profile follows.
pub const MOST_ACCOUNTS: usize = 1000;

/// What became of one pasted line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// As pasted, without the blanks around it.
    pub text: String,
    /// What it means.
    pub verdict: Verdict,
}

/// What a pasted line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A new account.
    New(AccountId),
    /// Followed already.
    Followed(AccountId),
    /// The same as a line above it.
    Repeated(AccountId),
    /// A new account, but there is no room for it.
    NoRoom(AccountId),
    /// No account.
    Wrong(AccountError),
}

/// Reads pasted lines; empty ones are passed over. `followed` are the accounts already there,
/// `default` is the platform of a handle that names none.
#[must_use]
pub fn read(text: &str, default: Platform, followed: &BTreeSet<AccountId>) -> Vec<Line> {
    let mut fresh = BTreeSet::new();
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            let verdict = match AccountId::from_pasted(line, default) {
                Err(error) => Verdict::Wrong(error),
                Ok(id) if followed.contains(&id) => Verdict::Followed(id),
                Ok(id) if fresh.contains(&id) => Verdict::Repeated(id),
                Ok(id) if followed.len() + fresh.len() >= MOST_ACCOUNTS => Verdict::NoRoom(id),
                Ok(id) => {
                    fresh.insert(id.clone());
                    Verdict::New(id)
                }
            };
            Line { number, text: line.to_owned(), verdict }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_line_gets_its_verdict() {
        let followed = BTreeSet::from(["tiktok:old".parse().unwrap()]);
        let lines = read("@new\n\n old \nNEW\nwr ong\ndemo:x", Platform::Tiktok, &followed);
        let verdicts: Vec<_> = lines.iter().map(|line| (line.number, &line.verdict)).collect();
        assert!(matches!(
            verdicts.as_slice(),
            [
                (1, Verdict::New(_)),
                (3, Verdict::Followed(_)),
                (4, Verdict::Repeated(_)),
                (5, Verdict::Wrong(_)),
                (6, Verdict::New(_)),
            ]
        ));
    }

    #[test]
    fn ten_thousand_lines_fill_the_room_and_no_more() {
        let text: String = (0..10_000).map(|i| format!("name{i}\n")).collect();
        let lines = read(&text, Platform::Tiktok, &BTreeSet::new());
        let fresh = lines.iter().filter(|line| matches!(line.verdict, Verdict::New(_))).count();
        assert_eq!((lines.len(), fresh), (10_000, MOST_ACCOUNTS));
        assert!(matches!(lines[MOST_ACCOUNTS].verdict, Verdict::NoRoom(_)));
    }
}
