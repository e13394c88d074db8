//! Every row of what is known of Chzzk's answers.

use almanac_wire::UnknownReason;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::*;
use crate::upstream::reading::Body;

/// 2026-03-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

fn answer(status: u16, body: &[u8]) -> Outcome {
    let headers = HeaderMap::new();
    let status = StatusCode::from_u16(status).unwrap();
    read_reply(&Reply { status, headers: &headers, body: Body::Whole(body) }, NOW)
}

fn of(value: &Value) -> Outcome {
    answer(200, value.to_string().as_bytes())
}

fn content(status: &str) -> Value {
    let closed = if status == "OPEN" { Value::Null } else { json!("2026-03-01 20:00:00") };
    json!({
        "code": 200, "message": null,
        "content": {
            "liveId": 18281510, "liveTitle": "심야 코딩", "status": status,
            "concurrentUserCount": 786, "accumulateCount": 0, "openDate": "2026-03-01 19:13:20",
            "closeDate": closed, "adult": false, "livePlaybackJson": "{\"live\":{\"status\":\"ENDED\"}}",
        },
    })
}

fn with(mut reply: Value, path: &str, value: Value) -> Value {
    *reply.pointer_mut(path).unwrap() = value;
    reply
}

fn seen() -> Broadcast {
    Broadcast {
        room_id: Some("18281510".to_owned()),
        title: Some("심야 코딩".to_owned()),
        // 2026-03-01 10:13:20 UTC.
        started_at: Some(Timestamp::from_s(1_772_360_000)),
        viewers: Some(786),
    }
}

fn because(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

#[test]
fn open_is_live_with_its_korean_start() {
    assert_eq!(of(&content("OPEN")), Outcome::Live { broadcast: seen() });
}

#[test]
fn adults_only_is_live_too() {
    let adult = with(content("OPEN"), "/content/adult", json!(true));
    let adult = with(adult, "/content/livePlaybackJson", Value::Null);
    assert_eq!(of(&adult), Outcome::Live { broadcast: seen() });
}

#[test]
fn closed_is_offline_and_tells_the_last_broadcast_without_its_viewers() {
    let last = Broadcast { viewers: None, ..seen() };
    assert_eq!(of(&content("CLOSE")), Outcome::Offline { last_broadcast: Some(last) });
    let nothing = json!({"code": 200, "content": {"status": "CLOSE", "liveTitle": "old"}});
    assert_eq!(of(&nothing), Outcome::Offline { last_broadcast: None });
}

#[test]
fn no_content_is_an_unknown_channel_or_one_that_was_never_live() {
    assert_eq!(of(&json!({"code": 200, "message": null, "content": null})), Outcome::NotFound);
    let gone = json!({"code": 404, "message": "채널을 찾을 수 없습니다."});
    assert_eq!(of(&gone), Outcome::NotFound);
    assert_eq!(answer(404, gone.to_string().as_bytes()), Outcome::NotFound);
}

#[test]
fn a_404_in_other_words_says_nothing_of_the_channel() {
    assert_eq!(because(&answer(404, b"{}")), UnknownReason::BadAnswer);
    assert_eq!(because(&answer(404, b"not here")), UnknownReason::BadAnswer);
    assert_eq!(because(&answer(404, b"<html>")), UnknownReason::Blocked);
}

#[test]
fn other_codes_and_statuses_are_unknown() {
    let shut = json!({"code": 9004, "message": "no", "content": null});
    assert_eq!(because(&of(&shut)), UnknownReason::Blocked);
    for code in [500, 0, 403] {
        let reply = json!({"code": code, "message": "no", "content": {"status": "CLOSE"}});
        assert_eq!(because(&of(&reply)), UnknownReason::BadAnswer, "{code}");
    }
    for status in ["", "open", "ENDED", "STANDBY"] {
        assert_eq!(because(&of(&content(status))), UnknownReason::BadAnswer, "{status}");
    }
    for reply in [
        json!({}),
        json!([]),
        json!({"code": 200}),
        json!({"code": 200, "content": []}),
        json!({"code": 200, "content": {}}),
        json!({"content": {"status": "CLOSE"}}),
    ] {
        assert_eq!(because(&of(&reply)), UnknownReason::BadAnswer, "{reply}");
    }
}

#[test]
fn an_absurd_start_is_no_start() {
    for start in
        [json!(""), json!(null), json!("0001-01-01 00:00:00"), json!("2099-01-01 00:00:00")]
    {
        let reply = with(content("OPEN"), "/content/openDate", start.clone());
        let unstarted = Broadcast { started_at: None, ..seen() };
        assert_eq!(of(&reply), Outcome::Live { broadcast: unstarted }, "{start}");
    }
}

#[test]
fn cut_off_or_refused_is_never_offline() {
    let whole = content("CLOSE").to_string();
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
