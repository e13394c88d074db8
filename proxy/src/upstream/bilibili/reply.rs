//! What Bilibili's answers mean. One answer is about many accounts, named by their user numbers.

use almanac_wire::{Broadcast, Outcome, Timestamp};
use serde_json::{Map, Value};

use crate::upstream::reading::{
    Reply, bad_answer, blocked, integer, json, rate_limited, refused, start_s, title,
};

/// What an answer says of each of the accounts asked about, in their order.
pub(crate) fn read_reply(reply: &Reply<'_>, uids: &[&str], now: Timestamp) -> Vec<Outcome> {
    match read_rows(reply, now) {
        Ok(rows) => uids.iter().map(|uid| read_row(&rows, uid, now)).collect(),
        Err(outcome) => vec![outcome; uids.len()],
    }
}

/// The rows by user number, or what the answer says of everybody.
fn read_rows(reply: &Reply<'_>, now: Timestamp) -> Result<Map<String, Value>, Outcome> {
    match reply.status.as_u16() {
        200..=299 => {}
        // Its own status for requests that it takes for a machine's.
        412 => return Err(blocked(reply, now, "412, taken for a machine")),
        _ => return Err(refused(reply, now)),
    }
    let mut body = json(reply, now)?;
    match integer(body.get("code")) {
        Some(0) => {}
        Some(code @ (-412 | -352)) => {
            return Err(blocked(reply, now, &format!("code {code}, taken for a machine")));
        }
        Some(code @ (-509 | -799)) => {
            return Err(rate_limited(reply, now, &format!("code {code}, too many requests")));
        }
        Some(code) => {
            let message = body.get("message").and_then(Value::as_str).unwrap_or_default();
            return Err(bad_answer(&format!("code {code} {message}")));
        }
        None => return Err(bad_answer("JSON without a code")),
    }
    match body.get_mut("data").map(Value::take) {
        Some(Value::Object(rows)) if rows.contains_key("v_voucher") => {
            Err(blocked(reply, now, "a riddle for people instead of an answer"))
        }
        Some(Value::Object(rows)) => Ok(rows),
        // With nobody to tell of, the object becomes a list.
        Some(Value::Array(rows)) if rows.is_empty() => Ok(Map::new()),
        _ => Err(bad_answer("no data by user")),
    }
}

/// Somebody without a room, or whose room is shut, is left out without a word.
fn read_row(rows: &Map<String, Value>, uid: &str, now: Timestamp) -> Outcome {
    let Some(row) = rows.get(uid) else {
        return Outcome::NotFound;
    };
    if row.get("uid").is_some_and(|told| integer(Some(told)) != uid.parse().ok()) {
        return bad_answer("a row about somebody else");
    }
    match integer(row.get("live_status")) {
        Some(1) => Outcome::Live {
            broadcast: Broadcast {
                // The room stays the same for ever, so it does not name a broadcast.
                room_id: None,
                title: title(row.get("title")),
                started_at: start_s(row.get("live_time"), now),
                // `online` is a measure of popularity, not people.
                viewers: None,
            },
        },
        // 2 is a rerun: recordings play while the streamer is away.
        Some(0 | 2) => Outcome::Offline { last_broadcast: None },
        Some(other) => bad_answer(&format!("live_status {other}")),
        None => bad_answer("a row without live_status"),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
