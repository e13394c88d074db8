//! Every row of what is known of TikTok's answers.

use almanac_wire::Span;
use reqwest::StatusCode;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::json;

use super::*;

/// 2026-03-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_772_366_400);
const STARTED_S: i64 = 1_772_360_000;

fn answer(status: u16, headers: &[(&'static str, &'static str)], body: Body<'_>) -> Outcome {
    let headers = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    read_reply(
        &Reply { status: StatusCode::from_u16(status).unwrap(), headers: &headers, body },
        NOW,
    )
}

fn page(status: u16, body: &str) -> Outcome {
    answer(status, &[], Body::Whole(body.as_bytes()))
}

fn json(value: &Value) -> Outcome {
    page(200, &value.to_string())
}

fn room(room_status: i64, user_status: i64) -> Value {
    json!({
        "statusCode": 0,
        "message": "",
        "data": {
            "user": {"id": "6800000000000000001", "roomId": "7300000000000000001", "status": user_status, "secret": false},
            "liveRoom": {
                "status": room_status, "title": "late night code", "startTime": STARTED_S, "streamId": "1",
                "liveRoomStats": {"userCount": 321, "enterCount": 4000}, "liveSubOnly": 0,
            },
        },
    })
}

fn with(mut reply: Value, path: &str, value: Value) -> Value {
    *reply.pointer_mut(path).unwrap() = value;
    reply
}

fn seen() -> Broadcast {
    Broadcast {
        room_id: Some("7300000000000000001".to_owned()),
        title: Some("late night code".to_owned()),
        started_at: Some(Timestamp::from_s(STARTED_S)),
        viewers: Some(321),
    }
}

fn because(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

fn retry_in_s(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Unknown { retry_at, .. } => retry_at.map(|at| (at - NOW).ceil_s()),
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

#[test]
fn on_air_or_paused_is_live() {
    assert_eq!(json(&room(2, 2)), Outcome::Live { broadcast: seen() });
    assert_eq!(json(&room(3, 2)), Outcome::Live { broadcast: seen() });
}

#[test]
fn ended_is_offline_and_tells_the_last_broadcast() {
    let last = Broadcast { viewers: None, ..seen() };
    assert_eq!(json(&room(4, 4)), Outcome::Offline { last_broadcast: Some(last) });
}

#[test]
fn the_rooms_status_wins_over_the_users() {
    assert!(matches!(json(&room(4, 2)), Outcome::Offline { .. }));
    assert!(matches!(json(&room(2, 4)), Outcome::Live { .. }));
    assert!(matches!(json(&room(3, 4)), Outcome::Live { .. }));
    assert_eq!(because(&json(&room(1, 4))), UnknownReason::BadAnswer);
}

#[test]
fn without_a_room_only_the_end_is_certain() {
    let no_room = |status: i64, id: &str| {
        json(&json!({"statusCode": 0, "data": {"user": {"status": status, "roomId": id}}}))
    };
    for id in ["", "0"] {
        assert_eq!(no_room(4, id), Outcome::Offline { last_broadcast: None });
    }
    let last = Broadcast { room_id: Some("73".to_owned()), ..Broadcast::default() };
    assert_eq!(no_room(4, "73"), Outcome::Offline { last_broadcast: Some(last) });
    assert_eq!(because(&no_room(2, "73")), UnknownReason::BadAnswer);
    assert_eq!(because(&no_room(1, "73")), UnknownReason::BadAnswer);
    let null = with(room(2, 4), "/data/liveRoom", Value::Null);
    assert!(matches!(json(&null), Outcome::Offline { .. }));
}

#[test]
fn someone_who_was_never_live_has_no_last_broadcast() {
    for id in [json!(""), json!("0"), json!(0), Value::Null] {
        let reply = with(room(4, 4), "/data/user/roomId", id);
        let reply = with(reply, "/data/liveRoom/startTime", json!(0));
        assert_eq!(json(&reply), Outcome::Offline { last_broadcast: None });
    }
}

#[test]
fn an_absurd_start_is_no_start() {
    let in_two_days = NOW + Span::DAY * 2;
    for start in [
        json!(0),
        json!(-62_135_596_800_i64),
        json!(1_167_609_599),
        json!(in_two_days.ms() / 1000),
        json!(NOW.ms()),
        json!("soon"),
        Value::Null,
    ] {
        let reply = with(room(2, 2), "/data/liveRoom/startTime", start.clone());
        assert_eq!(
            json(&reply),
            Outcome::Live { broadcast: Broadcast { started_at: None, ..seen() } },
            "{start}"
        );
    }
    let as_text = with(room(2, 2), "/data/liveRoom/startTime", json!(STARTED_S.to_string()));
    assert_eq!(json(&as_text), Outcome::Live { broadcast: seen() });
}

#[test]
fn a_live_reply_with_nothing_else_is_still_live() {
    let bare = json!({"statusCode": 0, "data": {"liveRoom": {"status": 2}}});
    assert_eq!(json(&bare), Outcome::Live { broadcast: Broadcast::default() });
}

#[test]
fn titles_and_room_ids_are_data() {
    let long = "x".repeat(10_000);
    let reply = with(room(2, 2), "/data/liveRoom/title", json!(format!(" a\n\u{0}b {long}")));
    let reply = with(reply, "/data/user/roomId", json!("<img src=x>"));
    let Outcome::Live { broadcast } = json(&reply) else { panic!("not live") };
    let title = broadcast.title.unwrap();
    assert!(title.starts_with("a  b xxx") && title.chars().count() <= 300);
    assert_eq!(broadcast.room_id, None);
    let blank = with(room(2, 2), "/data/liveRoom/title", json!("  "));
    assert_eq!(json(&blank), Outcome::Live { broadcast: Broadcast { title: None, ..seen() } });
}

#[test]
fn other_room_statuses_are_unknown() {
    for status in [0, 1, 5, -1, 99] {
        assert_eq!(because(&json(&room(status, 4))), UnknownReason::BadAnswer, "{status}");
    }
}

#[test]
fn codes() {
    let code = |code: i64, message: &str| {
        json(&json!({"statusCode": code, "message": message, "data": {}}))
    };
    assert_eq!(code(19_881_007, "user_not_found"), Outcome::NotFound);
    assert_eq!(because(&code(4_003_110, "")), UnknownReason::Restricted);
    let restricted = json!({"status_code": 4_003_110, "data": {"prompts": ""}});
    assert_eq!(because(&json(&restricted)), UnknownReason::Restricted);
    for (other, message) in [(10_101, "params_error"), (404_000, "user_not_found"), (1, "")] {
        assert_eq!(because(&code(other, message)), UnknownReason::BadAnswer, "{other}");
    }
    let Outcome::Unknown { detail, .. } = code(10_101, &"\u{7}params_error".repeat(50)) else {
        panic!()
    };
    let detail = detail.unwrap();
    assert!(detail.starts_with("code 10101  params_error") && detail.len() <= 80, "{detail}");
}

#[test]
fn json_of_another_shape_is_unknown() {
    for body in [
        "{}",
        "[]",
        "null",
        "4",
        "\"offline\"",
        "{\"statusCode\":0}",
        "{\"statusCode\":0,\"data\":{}}",
        "{\"statusCode\":null}",
        "{\"data\":{\"liveRoom\":{\"status\":4}}}",
    ] {
        assert_eq!(because(&page(200, body)), UnknownReason::BadAnswer, "{body}");
    }
    assert_eq!(because(&page(200, &"[".repeat(100_000))), UnknownReason::BadAnswer);
}

#[test]
fn block_pages_are_blocks_and_say_when_to_come_back() {
    for body in [
        "",
        " \r\n",
        "<!DOCTYPE html><html><head><title>Please wait...</title><script>SlardarWAF</script></head></html>",
        "\u{feff}\n<html></html>",
        "var _wafchallengeid = 1;",
        "We regret to inform you that we have discontinued operating TikTok",
    ] {
        let outcome = page(200, body);
        assert_eq!(because(&outcome), UnknownReason::Blocked, "{body}");
        assert_eq!(retry_in_s(&outcome), Some(600));
    }
    for status in [301, 302, 307, 403] {
        assert_eq!(
            because(&page(status, "{\"statusCode\":0}")),
            UnknownReason::Blocked,
            "{status}"
        );
    }
    let flagged = answer(200, &[("x-tt-system-error", "3")], Body::Whole(b"?"));
    assert_eq!(because(&flagged), UnknownReason::Blocked);
    let longer = answer(403, &[("retry-after", "3600")], Body::CutOff);
    assert_eq!(retry_in_s(&longer), Some(3600));
    let shorter = answer(403, &[("retry-after", "1")], Body::CutOff);
    assert_eq!(retry_in_s(&shorter), Some(600));
}

#[test]
fn too_many_requests_is_a_limit() {
    let limited = |headers| {
        let outcome = answer(429, headers, Body::Whole(b"{\"message\":\"slow down\"}"));
        assert_eq!(because(&outcome), UnknownReason::RateLimited);
        retry_in_s(&outcome)
    };
    assert_eq!(limited(&[("retry-after", "90")]), Some(90));
    assert_eq!(limited(&[("retry-after", "Sun, 01 Mar 2026 12:30:00 GMT")]), Some(1800));
    assert_eq!(limited(&[("x-ratelimit-reset", "1772366460")]), Some(60));
    assert_eq!(limited(&[("ratelimit-reset", "45")]), Some(45));
    assert_eq!(limited(&[]), Some(600));
}

#[test]
fn failures_are_failures_whatever_the_body() {
    for status in [500, 502, 503, 504, 599] {
        assert_eq!(because(&page(status, "<html>")), UnknownReason::UpstreamFailed, "{status}");
    }
    let outcome = answer(503, &[("retry-after", "30")], Body::TooLarge);
    assert_eq!(
        (because(&outcome), retry_in_s(&outcome)),
        (UnknownReason::UpstreamFailed, Some(30))
    );
    assert_eq!(retry_in_s(&page(500, "")), None);
}

#[test]
fn other_statuses_are_unknown() {
    for status in [400, 401, 404, 410, 418] {
        assert_eq!(
            because(&page(status, "{\"statusCode\":0}")),
            UnknownReason::BadAnswer,
            "{status}"
        );
    }
    assert_eq!(because(&page(404, "<html>")), UnknownReason::Blocked);
}

#[test]
fn cut_off_or_huge_is_a_bad_answer() {
    let whole = room(4, 4).to_string();
    for length in 1..whole.len() {
        assert_eq!(because(&page(200, &whole[..length])), UnknownReason::BadAnswer, "{length}");
    }
    assert_eq!(because(&answer(200, &[], Body::CutOff)), UnknownReason::BadAnswer);
    assert_eq!(because(&answer(200, &[], Body::TooLarge)), UnknownReason::BadAnswer);
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(status in 100_u16..600, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        answer(status, &[], Body::Whole(&body));
    }

    /// Only the one status word may end a session.
    #[test]
    fn nothing_but_status_4_is_offline(room_status in -10_i64..10, user_status in -10_i64..10) {
        if let Outcome::Offline { .. } = json(&room(room_status, user_status)) {
            proptest::prop_assert_eq!(room_status, 4);
        }
    }
}
