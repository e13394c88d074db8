//! What TikTok's answers mean. A pure function, since this is where Unknown must not become
//! Offline.

use almanac_wire::{Broadcast, Outcome, Timestamp, UnknownReason};
use serde_json::Value;

use crate::upstream::reading::{
    Body, Reply, bad_answer, blocked, integer, json, refused, room_id, start_s, title, viewers,
};

/// What an answer says of the account that was asked about.
pub(crate) fn read_reply(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    // A block page may come with any status that is not a failure of the server's own.
    let page = matches!(reply.body, Body::Whole(body) if looks_blocked(body));
    match reply.status.as_u16() {
        200..=299 => match json(reply, now) {
            Ok(value) => read_json(&value, now),
            Err(_) if page || reply.headers.contains_key("x-tt-system-error") => {
                blocked(reply, now, "a block page")
            }
            Err(outcome) => outcome,
        },
        400..=428 | 430..=499 if page => blocked(reply, now, "a block page"),
        _ => refused(reply, now),
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
    Broadcast {
        room_id: room_id(reply.pointer("/data/user/roomId")),
        title: title(reply.pointer("/data/liveRoom/title")),
        started_at: start_s(reply.pointer("/data/liveRoom/startTime"), now),
        viewers: viewers(reply.pointer("/data/liveRoom/liveRoomStats/userCount")),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
