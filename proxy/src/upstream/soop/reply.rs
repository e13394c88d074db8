//! What SOOP's answers mean. A station tells when its last broadcast began, on air or not.

use almanac_wire::{Broadcast, Outcome, Span, Timestamp};
use serde_json::Value;

use crate::upstream::reading::{
    Reply, bad_answer, integer, json, refused, room_id, start_local, title, viewers,
};

/// Times are written by Korean clocks, without a zone.
const KOREA: Span = Span::from_s(9 * 3600);
/// Its code for a station that is not there.
const NO_SUCH_STATION: i64 = 9000;

/// What an answer says of the station that was asked about.
pub(crate) fn read_reply(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    match reply.status.as_u16() {
        200..=299 => match json(reply, now) {
            Ok(body) => read_body(&body, now),
            Err(outcome) => outcome,
        },
        // Only its own words count: whoever looks like a machine is shown a page with 404.
        404 if json(reply, now).is_ok_and(|body| is_no_station(&body)) => Outcome::NotFound,
        _ => refused(reply, now),
    }
}

fn is_no_station(body: &Value) -> bool {
    integer(body.get("code")) == Some(NO_SUCH_STATION)
}

fn read_body(body: &Value, now: Timestamp) -> Outcome {
    if is_no_station(body) {
        return Outcome::NotFound;
    }
    // Without the station, a missing broadcast proves nothing.
    let Some(station) = body.get("station").filter(|station| station.is_object()) else {
        let code = integer(body.get("code")).map(|code| format!(", code {code}"));
        return bad_answer(&format!("no station{}", code.unwrap_or_default()));
    };
    let started_at = start_local(station.get("broad_start"), KOREA, now);
    match body.get("broad") {
        Some(broad @ Value::Object(_)) => match room_id(broad.get("broad_no")) {
            Some(room_id) => Outcome::Live {
                broadcast: Broadcast {
                    room_id: Some(room_id),
                    title: title(broad.get("broad_title")),
                    started_at,
                    viewers: viewers(broad.get("current_sum_viewer")),
                },
            },
            None => bad_answer("a broadcast without its number"),
        },
        None | Some(Value::Null) => Outcome::Offline {
            last_broadcast: started_at
                .map(|start| Broadcast { started_at: Some(start), ..Broadcast::default() }),
        },
        Some(_) => bad_answer("a broadcast of another shape"),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
