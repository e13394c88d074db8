//! What Twitch's answers mean.

use std::collections::HashMap;

use almanac_wire::{Broadcast, Outcome, Timestamp};
use serde_json::Value;

use crate::upstream::reading::{Reply, bad_answer, data, room_id, start_rfc3339, title, viewers};

/// An answer about a batch of logins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Streams {
    /// What is said of those who are listed, by login. Whoever is not listed is not live.
    Rows(HashMap<String, Outcome>),
    /// Not one of them was looked at, for one of them is no login.
    Malformed,
}

/// Who of a batch is live.
pub(crate) fn read_streams(reply: &Reply<'_>, now: Timestamp) -> Result<Streams, Outcome> {
    if reply.status.as_u16() == 400 {
        return Ok(Streams::Malformed);
    }
    let rows = data(reply, now)?;
    let rows = rows.iter().map(|row| {
        let login =
            word(row.get("user_login")).ok_or_else(|| bad_answer("a stream that is nobody's"))?;
        Ok((login, read_stream(row, now)))
    });
    Ok(Streams::Rows(rows.collect::<Result<_, Outcome>>()?))
}

/// The ids of those there are, by login.
pub(crate) fn read_users(
    reply: &Reply<'_>,
    now: Timestamp,
) -> Result<HashMap<String, String>, Outcome> {
    let rows = data(reply, now)?;
    let users = rows.iter().map(|row| {
        let login = word(row.get("login"));
        let user = login.zip(room_id(row.get("id")));
        user.ok_or_else(|| bad_answer("a user without a login or an id"))
    });
    users.collect()
}

fn read_stream(row: &Value, now: Timestamp) -> Outcome {
    match row.get("type").and_then(Value::as_str) {
        Some("live") => Outcome::Live {
            broadcast: Broadcast {
                room_id: room_id(row.get("id")),
                title: title(row.get("title")),
                started_at: start_rfc3339(row.get("started_at"), now),
                viewers: viewers(row.get("viewer_count")),
            },
        },
        // Twitch's way to say that it does not know.
        Some("") => bad_answer("a stream of no type"),
        Some(_) | None => bad_answer("a stream that is not live"),
    }
}

fn word(value: Option<&Value>) -> Option<String> {
    let word = value?.as_str()?.to_ascii_lowercase();
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
