//! What Euler Stream's answers mean. It tells of TikTok's rooms, and adds its own refusals.

use almanac_wire::{Broadcast, Outcome, Span, Timestamp, UnknownReason};
use serde_json::Value;

use crate::upstream::reading::{
    Reply, bad_answer, blocked, integer, json, refused, room_id, start_s, title, viewers,
};
use crate::upstream::retry::retry_at;

/// What an answer says of the account that was asked about.
pub(crate) fn read_reply(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    match reply.status.as_u16() {
        200..=299 => match json(reply, now) {
            Ok(body) => read_body(&body, now),
            Err(outcome) => outcome,
        },
        // Nothing of these answers is shown: who knows what it repeats.
        401 => blocked(reply, now, "401, it refuses the key"),
        402 | 403 => blocked(reply, now, "the key's plan does not have this route"),
        // Only its own words count, not the page of whoever stands before it.
        404 if json(reply, now).is_ok_and(|body| body.get("code").is_some()) => Outcome::NotFound,
        429 => limited(reply, now),
        _ => refused(reply, now),
    }
}

/// Refused requests count as well: whoever comes back too soon stays out.
fn limited(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    let label = json(reply, now)
        .ok()
        .and_then(|body| body.get("limit_label").and_then(Value::as_str).map(str::to_owned));
    let (wait, detail) = match label.as_deref() {
        Some("rate_limit_account_day") => (Span::HOUR, "429, the day's requests are used up"),
        Some("rate_limit_account_hour") => {
            (Span::from_s(600), "429, the hour's requests are used up")
        }
        Some("rate_limit_account_minute") => {
            (Span::MINUTE, "429, the minute's requests are used up")
        }
        Some(_) | None => (Span::from_s(600), "429 Too Many Requests"),
    };
    Outcome::Unknown {
        reason: UnknownReason::RateLimited,
        retry_at: Some(retry_at(reply.headers, now).unwrap_or(now + wait)),
        detail: Some(detail.to_owned()),
    }
}

fn read_body(body: &Value, now: Timestamp) -> Outcome {
    let Some(data) = body.get("data").filter(|data| data.is_object()) else {
        let code = integer(body.get("code")).map(|code| format!(", code {code}"));
        return bad_answer(&format!("no data{}", code.unwrap_or_default()));
    };
    match data.get("room_info") {
        Some(room @ Value::Object(_)) => read_room(room, now),
        // Somebody it knows, who has no room.
        None | Some(Value::Null) if data.get("user").is_some_and(Value::is_object) => {
            Outcome::Offline { last_broadcast: None }
        }
        None | Some(_) => bad_answer("neither a room nor a user"),
    }
}

fn read_room(room: &Value, now: Timestamp) -> Outcome {
    let is_live = room.get("is_live").and_then(Value::as_bool);
    match (is_live, integer(room.get("status"))) {
        // TikTok's 3 is a pause, in the middle of a broadcast.
        (Some(true) | None, Some(2 | 3)) | (Some(true), None) | (Some(false), Some(3)) => {
            match room_id(room.get("id")) {
                Some(id) => Outcome::Live {
                    broadcast: Broadcast {
                        room_id: Some(id),
                        title: title(room.get("title")),
                        started_at: start_s(room.get("start_time"), now),
                        viewers: viewers(room.get("current_viewers")),
                    },
                },
                None => bad_answer("a broadcast without its room"),
            }
        }
        (Some(false) | None, Some(4)) | (Some(false), None) => {
            Outcome::Offline { last_broadcast: None }
        }
        (Some(_), Some(status)) => bad_answer(&format!("live and not live, status {status}")),
        (None, Some(status)) => bad_answer(&format!("status {status}")),
        (None, None) => bad_answer("a room that is neither live nor not"),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
