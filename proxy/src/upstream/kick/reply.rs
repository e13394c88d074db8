//! What Kick's answers mean.

use std::collections::HashMap;

use almanac_wire::{Broadcast, Outcome, Timestamp};
use serde_json::Value;

use crate::upstream::reading::{
    Reply, bad_answer, data, integer, room_id, start_rfc3339, title, viewers,
};

/// Who of a batch is live, by user number. Whoever is not in it is not live.
pub(crate) fn read_live(
    reply: &Reply<'_>,
    now: Timestamp,
) -> Result<HashMap<i64, Outcome>, Outcome> {
    let rows = data(reply, now)?;
    let rows = rows.iter().map(|row| {
        let user = row.pointer("/broadcaster_user/id").or_else(|| row.get("broadcaster_user_id"));
        let user = integer(user).ok_or_else(|| bad_answer("a stream that is nobody's"))?;
        Ok((user, read_stream(row, now)))
    });
    rows.collect()
}

/// The users' numbers of slugs. What else the answer says of them has been wrong.
pub(crate) fn read_channels(
    reply: &Reply<'_>,
    now: Timestamp,
) -> Result<HashMap<String, i64>, Outcome> {
    let rows = data(reply, now)?;
    let rows = rows.iter().map(|row| {
        let slug = row.get("slug").and_then(Value::as_str).map(str::to_ascii_lowercase);
        let user = integer(row.get("broadcaster_user_id")).filter(|user| *user > 0);
        slug.zip(user).ok_or_else(|| bad_answer("a channel without a slug or a user"))
    });
    rows.collect()
}

fn read_stream(row: &Value, now: Timestamp) -> Outcome {
    Outcome::Live {
        broadcast: Broadcast {
            room_id: room_id(row.get("id")),
            title: title(row.get("title")),
            // Of the year 1 where it has none: that is none.
            started_at: start_rfc3339(row.get("started_at"), now),
            viewers: viewers(row.get("viewer_count")),
        },
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
