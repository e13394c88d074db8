//! What the tests of all readers share.

use almanac_wire::{Outcome, Timestamp, UnknownReason};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::upstream::reading::{Body, Reply};

/// 2026-03-01 12:00:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

/// Reads an answer of a status and a body.
pub(crate) fn reading<T>(status: u16, body: &str, read: impl FnOnce(&Reply<'_>) -> T) -> T {
    reading_with(status, &[], body, read)
}

/// With header fields.
pub(crate) fn reading_with<T>(
    status: u16,
    fields: &[(&'static str, &'static str)],
    body: &str,
    read: impl FnOnce(&Reply<'_>) -> T,
) -> T {
    let fields = fields
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let headers: HeaderMap = fields.collect();
    let status = StatusCode::from_u16(status).unwrap();
    read(&Reply { status, headers: &headers, body: Body::Whole(body.as_bytes()) })
}

/// Why nothing was learned.
pub(crate) fn because(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

/// In how many seconds it is worth asking again.
pub(crate) fn wait_s(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Unknown { retry_at, .. } => retry_at.map(|at| (at - NOW).ceil_s()),
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

/// A list of these as `data`, which Twitch and Kick answer with.
pub(crate) fn data(rows: &[Value]) -> String {
    serde_json::json!({ "data": rows, "pagination": {} }).to_string()
}
