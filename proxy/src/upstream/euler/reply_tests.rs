//! Every row of what is known of Euler Stream's answers.

use almanac_wire::UnknownReason;
use serde_json::json;

use super::*;
use crate::upstream::testing::{NOW, because, reading, reading_with, wait_s};

fn read(status: u16, body: &Value) -> Outcome {
    reading(status, &body.to_string(), |reply| read_reply(reply, NOW))
}

fn room(is_live: Value, status: Value) -> Value {
    json!({
        "code": 200, "ok": true, "routes_attempted": [],
        "data": {
            "unique_id": "mira.codes", "raw": {"_note": ""}, "user": {"numeric_uid": "1"},
            "room_info": {
                "status": status, "is_live": is_live, "id": "7300000000000000001",
                "title": "late night code", "start_time": 1_772_360_000, "current_viewers": 321,
                "total_viewers": 9000,
            },
        },
    })
}

#[test]
fn a_room_is_live_paused_or_over() {
    let broadcast = Broadcast {
        room_id: Some("7300000000000000001".to_owned()),
        title: Some("late night code".to_owned()),
        started_at: Some(Timestamp::from_s(1_772_360_000)),
        viewers: Some(321),
    };
    let live = Outcome::Live { broadcast };
    let offline = Outcome::Offline { last_broadcast: None };
    for (is_live, status, outcome) in [
        (json!(true), json!(2), &live),
        (json!(null), json!(2), &live),
        (json!(true), json!(null), &live),
        // A pause is in the middle of a broadcast, whatever else is said.
        (json!(true), json!(3), &live),
        (json!(false), json!(3), &live),
        (json!(false), json!(4), &offline),
        (json!(null), json!(4), &offline),
        (json!(false), json!(null), &offline),
    ] {
        assert_eq!(
            read(200, &room(is_live.clone(), status.clone())),
            *outcome,
            "{is_live} {status}"
        );
    }
}

#[test]
fn what_contradicts_itself_is_not_believed() {
    for (is_live, status) in [
        (json!(true), json!(4)),
        (json!(false), json!(2)),
        (json!(true), json!(1)),
        (json!(null), json!(null)),
        (json!("true"), json!(7)),
    ] {
        let outcome = read(200, &room(is_live, status));
        assert_eq!(because(&outcome), UnknownReason::BadAnswer);
    }
    let mut nowhere = room(json!(true), json!(2));
    nowhere["data"]["room_info"]["id"] = json!("0");
    assert_eq!(because(&read(200, &nowhere)), UnknownReason::BadAnswer);
}

#[test]
fn somebody_without_a_room_is_offline_and_nobody_is_not() {
    let mut without = room(json!(true), json!(2));
    without["data"]["room_info"] = json!(null);
    assert_eq!(read(200, &without), Outcome::Offline { last_broadcast: None });
    without["data"]["user"] = json!(null);
    assert_eq!(because(&read(200, &without)), UnknownReason::BadAnswer);
    let none = json!({"code": 200, "ok": false, "routes_attempted": [], "data": null});
    assert_eq!(because(&read(200, &none)), UnknownReason::BadAnswer);
    let nobody = json!({"code": 404, "message": "user_not_found", "ok": false, "data": null});
    assert_eq!(read(404, &nobody), Outcome::NotFound);
    let page = reading(404, "<html>", |reply| read_reply(reply, NOW));
    assert_eq!(because(&page), UnknownReason::Blocked);
}

#[test]
fn refusals_are_told_and_repeat_nothing() {
    let echo = json!({"code": 401, "message": "hush-hush is no key", "limit_label": "hush-hush"});
    for (status, reason) in [
        (401, UnknownReason::Blocked),
        (402, UnknownReason::Blocked),
        (403, UnknownReason::Blocked),
        (429, UnknownReason::RateLimited),
        (500, UnknownReason::UpstreamFailed),
        (400, UnknownReason::BadAnswer),
        (200, UnknownReason::BadAnswer),
    ] {
        let outcome = read(status, &echo);
        assert_eq!(because(&outcome), reason, "{status}");
        assert!(!format!("{outcome:?}").contains("hush"), "{outcome:?}");
    }
}

#[test]
fn the_wait_is_as_long_as_the_window_that_is_used_up() {
    for (label, s) in [
        ("rate_limit_account_minute", 60),
        ("rate_limit_account_hour", 600),
        ("rate_limit_account_day", 3600),
        ("another", 600),
    ] {
        let outcome = read(429, &json!({"message": "x", "limit_label": label}));
        assert_eq!(wait_s(&outcome), Some(s), "{label}");
    }
    for field in
        [("x-ratelimit-reset", "1772366490"), ("ratelimit-reset", "90"), ("retry-after", "90")]
    {
        let outcome = reading_with(429, &[field], "{}", |reply| read_reply(reply, NOW));
        assert_eq!(wait_s(&outcome), Some(90), "{field:?}");
    }
}
