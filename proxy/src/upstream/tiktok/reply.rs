//! What TikTok's answers mean. A pure function, since this is where Unknown must not become
//! Offline.

use almanac_wire::{Broadcast, Outcome, Span, Timestamp, UnknownReason};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::upstream::retry::retry_at;

/// How long to stay away after being turned away without a word on when to come back.
const STAY_AWAY: Span = Span::from_s(600);
/// TikTok LIVE is younger than this: 2016-01-01.
const FIRST_START: Timestamp = Timestamp::from_s(1_451_606_400);
const LONGEST_TITLE: usize = 300;
const LONGEST_DETAIL: usize = 80;
const LONGEST_ROOM_ID: usize = 40;

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Reply<'a> {
    pub(super) status: StatusCode,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Body<'a> {
    Whole(&'a [u8]),
    TooLarge,
    CutOff,
}

/// What an answer says of the account that was asked about.
pub(super) fn read_reply(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    match reply.status.as_u16() {
        200..=299 => read_body(reply, now),
        300..=399 => blocked(reply, now, "sent elsewhere instead of answered"),
        403 => blocked(reply, now, "403 Forbidden"),
        429 => Outcome::Unknown {
            reason: UnknownReason::RateLimited,
            retry_at: Some(retry_at(reply.headers, now).unwrap_or(now + STAY_AWAY)),
            detail: Some("429 Too Many Requests".to_owned()),
        },
        500..=599 => Outcome::Unknown {
            reason: UnknownReason::UpstreamFailed,
            retry_at: retry_at(reply.headers, now),
            detail: Some(reply.status.to_string()),
        },
        _ => match reply.body {
            Body::Whole(body) if looks_blocked(body) => blocked(reply, now, "a block page"),
            Body::Whole(_) | Body::TooLarge | Body::CutOff => bad_answer(&reply.status.to_string()),
        },
    }
}

fn read_body(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    let body = match reply.body {
        Body::TooLarge => return bad_answer("an answer larger than 1 MiB"),
        Body::CutOff => return bad_answer("an answer that was cut off"),
        Body::Whole(body) => body,
    };
    if body.trim_ascii().is_empty() {
        return blocked(reply, now, "an empty answer");
    }
    match serde_json::from_slice(body) {
        Ok(value) => read_json(&value, now),
        Err(_) if looks_blocked(body) || reply.headers.contains_key("x-tt-system-error") => {
            blocked(reply, now, "a block page")
        }
        Err(error) if error.is_eof() => bad_answer("an answer that was cut off"),
        Err(_) => bad_answer("an answer that is not JSON"),
    }
}

/// Web pages, where JSON was asked for, and the words of known block pages.
fn looks_blocked(body: &[u8]) -> bool {
    const MARKS: [&str; 7] = [
        "SlardarWAF",
        "slardar_us_waf",
        "_wafchallengeid",
        "waforiginalreid",
        "Please wait...",
        "Security Check",
        "discontinued operating TikTok",
    ];
    let text = String::from_utf8_lossy(body);
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
        || MARKS.iter().any(|mark| text.contains(mark))
}

fn read_json(reply: &Value, now: Timestamp) -> Outcome {
    let code = ["/statusCode", "/status_code"].iter().find_map(|path| integer(reply.pointer(path)));
    match code {
        Some(0) => read_room(reply, now),
        Some(19_881_007) => Outcome::NotFound,
        Some(4_003_110) => Outcome::Unknown {
            reason: UnknownReason::Restricted,
            retry_at: None,
            detail: Some("restricted, or a block that looks like it (4003110)".to_owned()),
        },
        Some(code) => {
            let message = reply.pointer("/message").and_then(Value::as_str).unwrap_or_default();
            bad_answer(&format!("code {code} {message}"))
        }
        None => bad_answer("JSON without a status code"),
    }
}

fn read_room(reply: &Value, now: Timestamp) -> Outcome {
    let room = reply.pointer("/data/liveRoom").filter(|room| room.is_object());
    let user_status = integer(reply.pointer("/data/user/status"));
    let room_status = room.and_then(|room| integer(room.get("status")));
    // The room's own status wins; a user's may be stale, and without a room it proves only the end.
    match (room_status, user_status) {
        (Some(2 | 3), _) => Outcome::Live { broadcast: broadcast(reply, now) },
        (Some(4), _) | (None, Some(4)) => {
            let last = Broadcast { viewers: None, ..broadcast(reply, now) };
            let known = last.room_id.is_some() || last.started_at.is_some();
            Outcome::Offline { last_broadcast: known.then_some(last) }
        }
        (Some(other), _) => bad_answer(&format!("room status {other}")),
        (None, Some(other)) => bad_answer(&format!("user status {other} without a room")),
        (None, None) => bad_answer("neither a room nor a user status"),
    }
}

fn broadcast(reply: &Value, now: Timestamp) -> Broadcast {
    let at = |path| reply.pointer(path);
    Broadcast {
        room_id: at("/data/user/roomId").and_then(room_id),
        title: at("/data/liveRoom/title")
            .and_then(Value::as_str)
            .map(|title| plain(title, LONGEST_TITLE))
            .filter(|title| !title.is_empty()),
        started_at: integer(at("/data/liveRoom/startTime"))
            .map(Timestamp::from_s)
            .filter(|start| *start >= FIRST_START && *start <= now + Span::DAY),
        viewers: integer(at("/data/liveRoom/liveRoomStats/userCount"))
            .and_then(|count| u32::try_from(count).ok()),
    }
}

fn room_id(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let legal = !id.is_empty()
        && id.len() <= LONGEST_ROOM_ID
        && id.bytes().all(|b| b.is_ascii_alphanumeric());
    (legal && id != "0").then_some(id)
}

/// Numbers come as numbers or, now and then, as strings.
fn integer(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn blocked(reply: &Reply<'_>, now: Timestamp, detail: &str) -> Outcome {
    let asked = retry_at(reply.headers, now);
    Outcome::Unknown {
        reason: UnknownReason::Blocked,
        retry_at: Some(asked.max(Some(now + STAY_AWAY)).unwrap_or(now + STAY_AWAY)),
        detail: Some(detail.to_owned()),
    }
}

fn bad_answer(detail: &str) -> Outcome {
    Outcome::Unknown {
        reason: UnknownReason::BadAnswer,
        retry_at: None,
        detail: Some(plain(detail, LONGEST_DETAIL)),
    }
}

/// One short line without control characters.
fn plain(text: &str, longest: usize) -> String {
    let line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect();
    line.trim().to_owned()
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
