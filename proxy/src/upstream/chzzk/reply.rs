//! What Chzzk's answers mean. They tell of the last broadcast after its end, too.

use almanac_wire::{Broadcast, Outcome, Span, Timestamp};
use serde_json::Value;

use crate::upstream::reading::{
    Reply, bad_answer, blocked, integer, json, refused, room_id, start_local, title, viewers,
};

/// Times are written by Korean clocks, without a zone.
const KOREA: Span = Span::from_s(9 * 3600);

/// What an answer says of the channel that was asked about.
pub(crate) fn read_reply(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    match reply.status.as_u16() {
        200..=299 => match json(reply, now) {
            Ok(body) => read_body(reply, &body, now),
            Err(outcome) => outcome,
        },
        // Only its own words count: a gateway's 404 tells nothing of the channel.
        404 if json(reply, now).is_ok_and(|body| integer(body.get("code")) == Some(404)) => {
            Outcome::NotFound
        }
        _ => refused(reply, now),
    }
}

fn read_body(reply: &Reply<'_>, body: &Value, now: Timestamp) -> Outcome {
    match integer(body.get("code")) {
        Some(200) => {}
        Some(404) => return Outcome::NotFound,
        // Seen where a route is shut to programs; the next request would fare no better.
        Some(9004) => return blocked(reply, now, "code 9004, turned away"),
        Some(code) => {
            let message = body.get("message").and_then(Value::as_str).unwrap_or_default();
            return bad_answer(&format!("code {code} {message}"));
        }
        None => return bad_answer("JSON without a code"),
    }
    match body.get("content") {
        Some(content @ Value::Object(_)) => read_content(content, now),
        // An unknown channel, or one that was never live: it does not tell them apart.
        Some(Value::Null) => Outcome::NotFound,
        _ => bad_answer("no content"),
    }
}

fn read_content(content: &Value, now: Timestamp) -> Outcome {
    let broadcast = Broadcast {
        room_id: room_id(content.get("liveId")),
        title: title(content.get("liveTitle")),
        started_at: start_local(content.get("openDate"), KOREA, now),
        viewers: viewers(content.get("concurrentUserCount")),
    };
    match content.get("status").and_then(Value::as_str) {
        Some("OPEN") => Outcome::Live { broadcast },
        Some("CLOSE") => {
            // The count of viewers stays behind as well; nobody watches what is over.
            let last = Broadcast { viewers: None, ..broadcast };
            let known = last.room_id.is_some() || last.started_at.is_some();
            Outcome::Offline { last_broadcast: known.then_some(last) }
        }
        Some(other) => bad_answer(&format!("status {other}")),
        None => bad_answer("content without a status"),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
