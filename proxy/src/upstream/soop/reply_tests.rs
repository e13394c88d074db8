//! Every row of what is known of SOOP's answers.

use almanac_wire::UnknownReason;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::*;
use crate::upstream::reading::Body;

/// 2026-03-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_772_366_400);
/// 2026-03-01 10:13:20 UTC.
const STARTED: Timestamp = Timestamp::from_s(1_772_360_000);

fn answer(status: u16, body: &[u8]) -> Outcome {
    let headers = HeaderMap::new();
    let status = StatusCode::from_u16(status).unwrap();
    read_reply(&Reply { status, headers: &headers, body: Body::Whole(body) }, NOW)
}

fn of(value: &Value) -> Outcome {
    answer(200, value.to_string().as_bytes())
}

fn station(broad: &Value) -> Value {
    json!({
        "profile_image": "//profile.img.example/mira.jpg",
        "station": {
            "user_id": "mira", "user_nick": "Mira", "station_no": 7,
            "broad_start": "2026-03-01 19:13:20", "total_broad_time": 44_356_096,
        },
        "broad": broad,
        "current_timestamp": "2026-03-01 21:00:00",
    })
}

fn broad() -> Value {
    json!({
        "user_id": "mira", "broad_no": 253_930_757, "broad_title": "심야 코딩",
        "current_sum_viewer": 10, "broad_grade": 0, "is_password": false,
    })
}

fn with(mut reply: Value, path: &str, value: Value) -> Value {
    *reply.pointer_mut(path).unwrap() = value;
    reply
}

fn seen() -> Broadcast {
    Broadcast {
        room_id: Some("253930757".to_owned()),
        title: Some("심야 코딩".to_owned()),
        started_at: Some(STARTED),
        viewers: Some(10),
    }
}

fn because(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

#[test]
fn a_broadcast_is_live_with_the_stations_korean_start() {
    assert_eq!(of(&station(&broad())), Outcome::Live { broadcast: seen() });
    let as_text = with(station(&broad()), "/broad/broad_no", json!("253930757"));
    assert_eq!(of(&as_text), Outcome::Live { broadcast: seen() });
}

#[test]
fn a_broadcast_for_adults_or_with_a_password_is_live_too() {
    let locked = with(station(&broad()), "/broad/is_password", json!(true));
    let locked = with(locked, "/broad/broad_grade", json!(19));
    assert_eq!(of(&locked), Outcome::Live { broadcast: seen() });
}

#[test]
fn no_broadcast_is_offline_and_the_station_tells_the_last_start() {
    let last = Broadcast { started_at: Some(STARTED), ..Broadcast::default() };
    let offline = Outcome::Offline { last_broadcast: Some(last) };
    assert_eq!(of(&station(&Value::Null)), offline);
    let mut missing = station(&Value::Null);
    missing.as_object_mut().unwrap().remove("broad");
    assert_eq!(of(&missing), offline);
    for never in [json!(""), json!(null), json!("0000-00-00 00:00:00")] {
        let reply = with(station(&Value::Null), "/station/broad_start", never);
        assert_eq!(of(&reply), Outcome::Offline { last_broadcast: None });
    }
}

#[test]
fn without_a_station_a_missing_broadcast_proves_nothing() {
    for reply in [
        json!({}),
        json!({"broad": null}),
        json!({"station": null, "broad": null}),
        json!({"station": [], "broad": null}),
        json!({"code": 9001, "message": "?"}),
        json!([]),
        json!(null),
    ] {
        assert_eq!(because(&of(&reply)), UnknownReason::BadAnswer, "{reply}");
    }
}

#[test]
fn a_broadcast_that_is_none_is_unknown() {
    for broad in [json!([]), json!(false), json!(1), json!({}), json!({"broad_no": 0})] {
        assert_eq!(because(&of(&station(&broad))), UnknownReason::BadAnswer, "{broad}");
    }
}

#[test]
fn no_such_station_in_its_own_words_alone() {
    let gone = json!({"code": 9000, "message": "존재하지 않는 방송국입니다."});
    assert_eq!(of(&gone), Outcome::NotFound);
    assert_eq!(answer(404, gone.to_string().as_bytes()), Outcome::NotFound);
    assert_eq!(because(&answer(404, b"{}")), UnknownReason::BadAnswer);
    assert_eq!(because(&answer(404, b"<!DOCTYPE html>")), UnknownReason::Blocked);
}

#[test]
fn cut_off_or_refused_is_never_offline() {
    let whole = station(&Value::Null).to_string();
    for length in 0..whole.len() {
        because(&answer(200, &whole.as_bytes()[..length]));
    }
    for status in [301, 403, 404, 429, 500] {
        because(&answer(status, whole.as_bytes()));
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(status in 100_u16..600, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        answer(status, &body);
    }
}
