//! Doors for the fuzzer into the readers of answers; not there in a proxy that people run.
//!
//! An input is an answer as text: a status, header fields and the accounts asked about, each on a
//! line of its own, then an empty line and the body. So whatever the fuzzer finds can be read, and
//! kept as a test. Each door asserts what holds for every answer there can be.
#![cfg_attr(test, expect(unreachable_pub, reason = "public for the fuzzer alone"))]

use almanac_wire::{Broadcast, Outcome, Span, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::history::History;
use crate::upstream::fuzzing as readers;
use crate::upstream::reading::{Body, Reply};

/// 2026-06-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_780_315_200);

/// An answer, taken apart.
struct Case<'a> {
    status: StatusCode,
    headers: HeaderMap,
    asked: Vec<&'a str>,
    body: Body<'a>,
}

impl<'a> Case<'a> {
    fn read(input: &'a [u8]) -> Self {
        let cut = input.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = match cut {
            Some(cut) => (&input[..cut], &input[cut + 2..]),
            None => (&[][..], input),
        };
        let mut case = Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            asked: Vec::new(),
            body: Body::Whole(body),
        };
        for line in head.split(|byte| *byte == b'\n') {
            case.read_line(line);
        }
        if case.asked.is_empty() {
            case.asked.push("1");
        }
        case
    }

    fn read_line(&mut self, line: &'a [u8]) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            match line {
                b"cut off" => self.body = Body::CutOff,
                b"too large" => self.body = Body::TooLarge,
                _ => self.status = StatusCode::from_bytes(line).unwrap_or(self.status),
            }
            return;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name == b"asked" {
            self.asked.extend(std::str::from_utf8(value).ok().filter(|asked| !asked.is_empty()));
        } else if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            self.headers.append(name, value);
        }
    }

    const fn reply(&self) -> Reply<'_> {
        Reply { status: self.status, headers: &self.headers, body: self.body }
    }
}

/// TikTok's main route.
pub fn tiktok(input: &[u8]) {
    let case = Case::read(input);
    check(&case, &readers::tiktok(&case.reply(), NOW), false);
}

/// Bilibili's batch route.
pub fn bilibili(input: &[u8]) {
    let case = Case::read(input);
    let outcomes = readers::bilibili(&case.reply(), &case.asked, NOW);
    assert_eq!(outcomes.len(), case.asked.len());
    for outcome in outcomes {
        check(&case, &outcome, false);
    }
}

/// Chzzk's details of a channel.
pub fn chzzk(input: &[u8]) {
    let case = Case::read(input);
    check(&case, &readers::chzzk(&case.reply(), NOW), false);
}

/// SOOP's station.
pub fn soop(input: &[u8]) {
    let case = Case::read(input);
    check(&case, &readers::soop(&case.reply(), NOW), false);
}

/// Twitch's streams, users and videos.
pub fn twitch(input: &[u8]) {
    let case = Case::read(input);
    let (outcomes, histories) = readers::twitch(&case.reply(), NOW);
    outcomes.iter().for_each(|outcome| check(&case, outcome, false));
    histories.iter().for_each(check_history);
}

/// Kick's livestreams and channels.
pub fn kick(input: &[u8]) {
    let case = Case::read(input);
    readers::kick(&case.reply(), NOW).iter().for_each(|outcome| check(&case, outcome, false));
}

/// YouTube's channels, uploads and videos.
pub fn youtube(input: &[u8]) {
    let case = Case::read(input);
    let channel = case.asked.first().copied().unwrap_or_default();
    let (outcomes, histories) = readers::youtube(&case.reply(), channel, NOW);
    outcomes.iter().for_each(|outcome| check(&case, outcome, false));
    histories.iter().for_each(check_history);
}

/// A YouTube channel's feed.
pub fn youtube_feed(input: &[u8]) {
    let case = Case::read(input);
    let channel = case.asked.first().copied().unwrap_or_default();
    let outcomes = readers::youtube_feed(&case.reply(), channel, NOW);
    outcomes.iter().for_each(|outcome| check(&case, outcome, false));
}

/// Euler Stream's rooms.
pub fn euler(input: &[u8]) {
    let case = Case::read(input);
    check(&case, &readers::euler(&case.reply(), NOW), false);
}

/// The tokens that Twitch and Kick give out.
pub fn token(input: &[u8]) {
    let case = Case::read(input);
    readers::token(&case.reply(), NOW).iter().for_each(|outcome| check(&case, outcome, false));
}

/// Platforms of the settings file, with several sets of rules.
pub fn custom(input: &[u8]) {
    let case = Case::read(input);
    for (outcome, of_404) in readers::custom(&case.reply(), NOW) {
        check(&case, &outcome, of_404);
    }
}

/// A URL template, and an account after a line break.
pub fn custom_template(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        let (template, account) = text.split_once('\n').unwrap_or((text, ".."));
        readers::custom_template(template, account);
    }
}

/// A section of the settings file.
pub fn custom_settings(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        readers::custom_settings(text);
    }
}

/// What holds for every outcome, whatever the answer was.
fn check(case: &Case<'_>, outcome: &Outcome, of_404: bool) {
    let whole = matches!(case.body, Body::Whole(_));
    let success = case.status.is_success() && whole;
    match outcome {
        Outcome::Live { broadcast } => {
            assert!(success, "live by {}", case.status);
            check_broadcast(broadcast);
        }
        Outcome::Offline { last_broadcast } => {
            assert!(success || of_404, "offline by {}", case.status);
            if let Some(broadcast) = last_broadcast {
                assert!(broadcast.viewers.is_none(), "nobody watches what is over");
                assert!(broadcast.started_at.is_some() || broadcast.room_id.is_some());
                check_broadcast(broadcast);
            }
        }
        Outcome::NotFound => {
            assert!(
                success || case.status == StatusCode::NOT_FOUND,
                "not found by {}",
                case.status
            );
        }
        Outcome::Unknown { retry_at, detail, .. } => {
            let soon = retry_at.is_none_or(|at| (NOW..=NOW + Span::DAY).contains(&at));
            assert!(soon, "{retry_at:?}");
            check_text(detail.as_deref(), 80);
        }
    }
}

/// A past is past, in order, and each broadcast ends after it began.
fn check_history(history: &History) {
    let History::Listed { sessions, .. } = history else {
        assert!(matches!(history, History::NotListed), "{history:?}");
        return;
    };
    assert!(sessions.is_sorted_by(|a, b| a.start >= b.start));
    for session in sessions {
        assert!(session.end.is_none_or(|end| session.start <= end));
        assert!(session.start <= NOW + Span::DAY && session.start.ms() > 0);
        check_text(session.title.as_deref(), 300);
        check_text(session.id.as_deref(), 64);
    }
}

fn check_broadcast(broadcast: &Broadcast) {
    check_text(broadcast.title.as_deref(), 300);
    check_text(broadcast.room_id.as_deref(), 64);
    assert!(broadcast.started_at.is_none_or(|at| at <= NOW + Span::DAY && at.ms() > 0));
}

fn check_text(text: Option<&str>, longest: usize) {
    if let Some(text) = text {
        assert!(text.chars().count() <= longest && !text.is_empty(), "{text}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    type Door = fn(&[u8]);
    const DOORS: [(&str, Door); 13] = [
        ("bilibili", bilibili),
        ("chzzk", chzzk),
        ("custom", custom),
        ("custom_settings", custom_settings),
        ("custom_template", custom_template),
        ("euler", euler),
        ("kick", kick),
        ("soop", soop),
        ("tiktok", tiktok),
        ("token", token),
        ("twitch", twitch),
        ("youtube", youtube),
        ("youtube_feed", youtube_feed),
    ];

    #[test]
    fn what_the_fuzzer_found_once_stays_found() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        for (name, door) in DOORS {
            assert!(fuzz.join("targets").join(format!("{name}.rs")).is_file(), "{name}");
            for found in fs::read_dir(fuzz.join("found").join(name)).into_iter().flatten() {
                door(&fs::read(found.unwrap().path()).unwrap());
            }
        }
        let targets = fs::read_dir(fuzz.join("targets")).unwrap().count();
        assert_eq!(targets, DOORS.len(), "every target has a door here");
    }

    #[test]
    fn what_the_fakes_say_passes_every_door() {
        let seeds = almanac_fakes::seeds();
        for (name, door) in DOORS {
            let of_door: Vec<_> = seeds.iter().filter(|seed| seed.door == name).collect();
            assert!(of_door.len() > 3, "{name}");
            for seed in of_door {
                door(&seed.input);
            }
        }
    }

    #[test]
    fn an_input_is_taken_apart() {
        let case = Case::read(b"503\nretry-after: 7\nasked: 5\nasked: 6\ncut off\n\n{\n\n}");
        assert_eq!(case.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(case.headers["retry-after"], "7");
        assert_eq!(case.asked, ["5", "6"]);
        assert!(matches!(case.body, Body::CutOff));
        assert!(matches!(Case::read(b"{}").body, Body::Whole(b"{}")));
    }
}
