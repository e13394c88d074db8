//! What the answers of a platform from the settings file mean.

use almanac_wire::{Broadcast, Outcome, Timestamp};
use serde_json::Value;

use super::rules::{Live, Rules};
use super::settings::{Meaning, Scalar};
use crate::upstream::reading::{
    Reply, bad_answer, json, plausible, refused, room_id, start_local, start_rfc3339, title,
    viewers,
};

/// Numbers above this are milliseconds since the Unix epoch, below it seconds.
const MS_ABOVE: i64 = 100_000_000_000;

/// What an answer says of the account that was asked about.
pub(crate) fn read_reply(rules: &Rules, reply: &Reply<'_>, now: Timestamp) -> Outcome {
    match (reply.status.as_u16(), rules.status_404) {
        (200..=299, _) => match json(reply, now) {
            Ok(body) => read_body(rules, &body, now),
            Err(outcome) => outcome,
        },
        (404, Meaning::Offline) => Outcome::Offline { last_broadcast: None },
        (404, Meaning::NotFound) => Outcome::NotFound,
        _ => refused(reply, now),
    }
}

fn read_body(rules: &Rules, body: &Value, now: Timestamp) -> Outcome {
    if let Some(at) = rules.must_have.iter().find(|at| !is_present(body.pointer(at))) {
        return bad_answer(&format!("nothing at {at}"));
    }
    let told = body.pointer(&rules.live_at).filter(|value| !value.is_null());
    match (&rules.live, told) {
        (Live::Present, told) if is_present(told) => on_air(rules, body, now),
        (Live::Present, None) if !has_place(body, &rules.live_at) => missing(rules),
        (Live::Present, _) => off_air(rules, body, now),
        (Live::Is(..), None) => match rules.missing_is {
            Meaning::NotFound => Outcome::NotFound,
            // A missing value proves something only where its neighbours are.
            Meaning::Offline if has_place(body, &rules.live_at) => off_air(rules, body, now),
            Meaning::Offline | Meaning::Unknown => missing(rules),
        },
        (Live::Is(live, _), Some(told)) if is_one_of(live, told) => on_air(rules, body, now),
        (Live::Is(_, offline), Some(told)) if is_one_of(offline, told) => off_air(rules, body, now),
        (Live::Is(..), Some(told)) => bad_answer(&format!("{} is {told}", rules.live_at)),
    }
}

fn missing(rules: &Rules) -> Outcome {
    bad_answer(&format!("nothing at {}", rules.live_at))
}

fn is_one_of(scalars: &[Scalar], value: &Value) -> bool {
    scalars.iter().any(|scalar| scalar.is(value))
}

/// Whether what would hold a value is there.
fn has_place(body: &Value, at: &str) -> bool {
    let parent = at.rsplit_once('/').map_or("", |(parent, _)| parent);
    body.pointer(parent).is_some_and(|parent| parent.is_object() || parent.is_array())
}

fn is_present(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
    }
}

fn on_air(rules: &Rules, body: &Value, now: Timestamp) -> Outcome {
    if rules.ended_at.as_ref().is_some_and(|at| is_present(body.pointer(at))) {
        return off_air(rules, body, now);
    }
    Outcome::Live { broadcast: broadcast(rules, body, now) }
}

fn off_air(rules: &Rules, body: &Value, now: Timestamp) -> Outcome {
    let last = Broadcast { viewers: None, ..broadcast(rules, body, now) };
    let known = last.started_at.is_some() || last.room_id.is_some();
    Outcome::Offline { last_broadcast: (rules.tells_last && known).then_some(last) }
}

fn broadcast(rules: &Rules, body: &Value, now: Timestamp) -> Broadcast {
    let at = |place: &Option<String>| body.pointer(place.as_deref()?);
    Broadcast {
        room_id: room_id(at(&rules.room_at)),
        title: title(at(&rules.title_at)),
        started_at: start(rules, at(&rules.start_at), now),
        viewers: viewers(at(&rules.viewers_at)),
    }
}

fn start(rules: &Rules, value: Option<&Value>, now: Timestamp) -> Option<Timestamp> {
    let number = match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    match number {
        Some(ms @ MS_ABOVE..) => plausible(Timestamp::from_ms(ms), now),
        Some(s) => plausible(Timestamp::from_s(s), now),
        None => start_rfc3339(value, now).or_else(|| start_local(value, rules.start_zone, now)),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
