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
    /// As pasted, without the blanks around it and the mark of a list before it.
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

/// What may stand between accounts on one line.
fn parts(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、' | '；')
}

/// A line without the mark of a list before it, such as `- `, `• `, `1. ` or `1) `.
fn unmarked(line: &str) -> &str {
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if after_number.len() < line.len() {
        after_number.strip_prefix(['.', ')'])
    } else {
        line.strip_prefix(['-', '–', '*', '•'])
    };
    // Without a blank behind it, it belongs to a handle.
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    rest.map_or(line, str::trim_start)
}

/// The accounts of a line: several where every piece of it is one, else the line as a whole.
fn accounts(line: &str, default: Platform) -> Vec<(&str, Result<AccountId, AccountError>)> {
    let pieces = line.split(parts).filter(|piece| !piece.is_empty());
    let read: Vec<_> =
        pieces.map(|piece| (piece, AccountId::from_pasted(piece, default))).collect();
    if !read.is_empty() && read.iter().all(|(_, account)| account.is_ok()) {
        return read;
    }
    let whole = match AccountId::from_pasted(line, default) {
        // Of several, what is wrong is the first that is none.
        Err(AccountError::IllegalCharacter { found, .. }) if parts(found) => {
            read.into_iter().map(|(_, account)| account).find(Result::is_err)
        }
        other => Some(other),
    };
    whole.map(|account| (line, account)).into_iter().collect()
}

/// Reads pasted lines; empty ones are passed over, and one may hold several accounts. `followed`
/// are the accounts already there, `default` is the platform of a handle that names none.
#[must_use]
pub fn read(text: &str, default: Platform, followed: &BTreeSet<AccountId>) -> Vec<Line> {
    let mut fresh = BTreeSet::new();
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, unmarked(line.trim())));
    lines
        .filter(|(_, line)| !line.is_empty())
        .flat_map(|(number, line)| {
            accounts(line, default).into_iter().map(move |(text, account)| (number, text, account))
        })
        .map(|(number, text, account)| {
            let verdict = match account {
                Err(error) => Verdict::Wrong(error),
                Ok(id) if followed.contains(&id) => Verdict::Followed(id),
                Ok(id) if fresh.contains(&id) => Verdict::Repeated(id),
                Ok(id) if followed.len() + fresh.len() >= MOST_ACCOUNTS => Verdict::NoRoom(id),
                Ok(id) => {
                    fresh.insert(id.clone());
                    Verdict::New(id)
                }
            };
            Line { number, text: text.to_owned(), verdict }
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
        let lines = read("@new\n\n old \nNEW\nwr!ong\ndemo:x", Platform::Tiktok, &followed);
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
    fn a_line_may_hold_several_and_is_taken_whole_or_not_at_all() {
        let verdicts = |text| -> Vec<(usize, String, bool)> {
            let lines = read(text, Platform::Tiktok, &BTreeSet::new());
            let told =
                |line: Line| (line.number, line.text, matches!(line.verdict, Verdict::New(_)));
            lines.into_iter().map(told).collect()
        };
        let new = |number, text: &str| (number, text.to_owned(), true);
        assert_eq!(
            verdicts("\n@anna, ben;demo:carla  https://www.tiktok.com/@dora"),
            [
                new(2, "@anna"),
                new(2, "ben"),
                new(2, "demo:carla"),
                new(2, "https://www.tiktok.com/@dora"),
            ]
        );
        assert_eq!(verdicts("TikTok: @mira"), [new(1, "TikTok: @mira")]);
        assert_eq!(verdicts(" @anna, b!n "), [(1, "@anna, b!n".to_owned(), false)]);
        let wrong = read("@anna, B!n", Platform::Tiktok, &BTreeSet::new()).remove(0).verdict;
        let Verdict::Wrong(AccountError::IllegalCharacter { handle, found, .. }) = wrong else {
            panic!("{wrong:?}")
        };
        assert_eq!((handle.as_str(), found), ("B!n", '!'));
    }

    #[test]
    fn the_marks_of_a_list_are_no_handles() {
        let accounts = |text| -> Vec<String> {
            let account = |line: Line| match line.verdict {
                Verdict::New(account) => account.handle().to_owned(),
                other => format!("{other:?}"),
            };
            read(text, Platform::Demo, &BTreeSet::new()).into_iter().map(account).collect()
        };
        let list = "- @anna\n* ben\n•\tcarla, dora\n 1. @erin\n12) fay\n–\u{a0}gus\n-\n3.\n- \n•";
        assert_eq!(accounts(list), ["anna", "ben", "carla", "dora", "erin", "fay", "gus"]);
        // What stands at a handle belongs to it.
        let handles = "-x\n2.x\n2024\n7 8";
        assert_eq!(accounts(handles), ["-x", "2.x", "2024", "7", "8"]);
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
