//! What all readers of answers share: the shape of an answer, what its status says, and how the
//! values in it become ours. All of it is pure.

use almanac_wire::{Outcome, Span, Timestamp, UnknownReason};
use chrono::{DateTime, NaiveDateTime};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::upstream::retry::retry_at;

/// How long to stay away after being turned away without a word on when to come back.
pub(crate) const STAY_AWAY: Span = Span::from_s(600);
/// No broadcast that is told of is older: 2007-01-01, before any of the platforms was.
const FIRST_START: Timestamp = Timestamp::from_s(1_167_609_600);
const LONGEST_TITLE: usize = 300;
const LONGEST_DETAIL: usize = 80;
const LONGEST_ROOM_ID: usize = 64;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Reply<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Body<'a>,
}

/// As much of a body as there is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    Whole(&'a [u8]),
    TooLarge,
    CutOff,
}

/// What an answer says that is not a success, whatever the platform.
pub(crate) fn refused(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    match reply.status.as_u16() {
        300..=399 => blocked(reply, now, "sent elsewhere instead of answered"),
        403 => blocked(reply, now, "403 Forbidden"),
        429 => rate_limited(reply, now, "429 Too Many Requests"),
        500..=599 => Outcome::Unknown {
            reason: UnknownReason::UpstreamFailed,
            retry_at: retry_at(reply.headers, now),
            detail: Some(reply.status.to_string()),
        },
        _ => match reply.body {
            Body::Whole(body) if is_page(body) => blocked(reply, now, "a web page"),
            Body::Whole(_) | Body::TooLarge | Body::CutOff => bad_answer(&reply.status.to_string()),
        },
    }
}

/// The body as JSON, whatever the status.
pub(crate) fn json(reply: &Reply<'_>, now: Timestamp) -> Result<Value, Outcome> {
    let body = match reply.body {
        Body::TooLarge => return Err(bad_answer("an answer larger than 1 MiB")),
        Body::CutOff => return Err(bad_answer("an answer that was cut off")),
        Body::Whole(body) => body,
    };
    if body.trim_ascii().is_empty() {
        return Err(blocked(reply, now, "an empty answer"));
    }
    serde_json::from_slice(body).map_err(|error| {
        if is_page(body) {
            blocked(reply, now, "a web page")
        } else if error.is_eof() {
            bad_answer("an answer that was cut off")
        } else {
            bad_answer("an answer that is not JSON")
        }
    })
}

/// The list that an answer has as its `data`, as Twitch's and Kick's all do.
pub(crate) fn data(reply: &Reply<'_>, now: Timestamp) -> Result<Vec<Value>, Outcome> {
    if !reply.status.is_success() {
        return Err(refused(reply, now));
    }
    let mut body = json(reply, now)?;
    match body.get_mut("data").map(Value::take) {
        Some(Value::Array(rows)) => Ok(rows),
        _ => Err(bad_answer("no list of data")),
    }
}

/// A page for people, where JSON was asked for.
fn is_page(body: &[u8]) -> bool {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().starts_with(b"<")
}

pub(crate) fn blocked(reply: &Reply<'_>, now: Timestamp, detail: &str) -> Outcome {
    let asked = retry_at(reply.headers, now);
    Outcome::Unknown {
        reason: UnknownReason::Blocked,
        retry_at: asked.max(Some(now + STAY_AWAY)),
        detail: Some(detail.to_owned()),
    }
}

pub(crate) fn rate_limited(reply: &Reply<'_>, now: Timestamp, detail: &str) -> Outcome {
    Outcome::Unknown {
        reason: UnknownReason::RateLimited,
        retry_at: Some(retry_at(reply.headers, now).unwrap_or(now + STAY_AWAY)),
        detail: Some(detail.to_owned()),
    }
}

pub(crate) fn bad_answer(detail: &str) -> Outcome {
    Outcome::Unknown {
        reason: UnknownReason::BadAnswer,
        retry_at: None,
        detail: Some(plain(detail, LONGEST_DETAIL)),
    }
}

/// Numbers come as numbers or, now and then, as strings.
pub(crate) fn integer(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A count of people.
pub(crate) fn viewers(value: Option<&Value>) -> Option<u32> {
    u32::try_from(integer(value)?).ok()
}

/// A title that says something, on one line.
pub(crate) fn title(value: Option<&Value>) -> Option<String> {
    let title = plain(value?.as_str()?, LONGEST_TITLE);
    (!title.is_empty()).then_some(title)
}

/// A broadcast's identifier: a short word, and not zero.
pub(crate) fn room_id(value: Option<&Value>) -> Option<String> {
    let id = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let short = (1..=LONGEST_ROOM_ID).contains(&id.len());
    (short && id != "0" && id.bytes().all(legal)).then_some(id)
}

/// A start that can be one: neither before there was any platform nor more than a day ahead.
pub(crate) fn plausible(start: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (start >= FIRST_START && start <= now + Span::DAY).then_some(start)
}

/// A start in seconds since the Unix epoch.
pub(crate) fn start_s(value: Option<&Value>, now: Timestamp) -> Option<Timestamp> {
    plausible(Timestamp::from_s(integer(value)?), now)
}

/// A start written `2026-03-01 12:00:00`, by clocks that are ahead of UTC.
pub(crate) fn start_local(value: Option<&Value>, ahead: Span, now: Timestamp) -> Option<Timestamp> {
    let text = value?.as_str()?.trim();
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .ok()?;
    plausible(Timestamp::from_ms(local.and_utc().timestamp_millis()) - ahead, now)
}

/// A start written as in RFC 3339.
pub(crate) fn start_rfc3339(value: Option<&Value>, now: Timestamp) -> Option<Timestamp> {
    let start = DateTime::parse_from_rfc3339(value?.as_str()?.trim()).ok()?;
    plausible(Timestamp::from_ms(start.timestamp_millis()), now)
}

/// One short line without control characters.
pub(crate) fn plain(text: &str, longest: usize) -> String {
    let line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect();
    line.trim().to_owned()
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
