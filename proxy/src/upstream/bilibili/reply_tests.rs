//! Every row of what is known of Bilibili's answers.

use almanac_wire::{Span, UnknownReason};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::*;
use crate::upstream::reading::Body;

/// 2026-03-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_772_366_400);
const STARTED_S: i64 = 1_772_360_000;

fn answer(status: u16, body: Body<'_>, uids: &[&str]) -> Vec<Outcome> {
    let headers = HeaderMap::new();
    let status = StatusCode::from_u16(status).unwrap();
    read_reply(&Reply { status, headers: &headers, body }, uids, NOW)
}

fn of(value: &Value, uids: &[&str]) -> Vec<Outcome> {
    answer(200, Body::Whole(value.to_string().as_bytes()), uids)
}

fn row(uid: i64, live_status: i64) -> Value {
    let live_time = if live_status == 1 { STARTED_S } else { 0 };
    json!({
        "title": "晚上好", "room_id": 21452505, "uid": uid, "online": 99_012, "live_time": live_time,
        "live_status": live_status, "short_id": 0, "uname": "mira", "area_v2_name": "虚拟主播",
    })
}

fn rows() -> Value {
    json!({
        "code": 0, "msg": "success", "message": "success",
        "data": {"11": row(11, 1), "22": row(22, 0), "33": row(33, 2)},
    })
}

fn because(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

#[test]
fn everybody_gets_their_own_row_in_the_order_asked() {
    let outcomes = of(&rows(), &["33", "99", "22", "11"]);
    let live = Broadcast {
        room_id: None,
        title: Some("晚上好".to_owned()),
        started_at: Some(Timestamp::from_s(STARTED_S)),
        viewers: None,
    };
    assert_eq!(
        outcomes,
        [
            Outcome::Offline { last_broadcast: None },
            Outcome::NotFound,
            Outcome::Offline { last_broadcast: None },
            Outcome::Live { broadcast: live },
        ]
    );
}

#[test]
fn nobody_found_is_a_list_and_not_found() {
    let nobody = json!({"code": 0, "message": "success", "data": []});
    assert_eq!(of(&nobody, &["1", "2"]), [Outcome::NotFound, Outcome::NotFound]);
    assert_eq!(of(&nobody, &[]), []);
}

#[test]
fn a_rerun_is_not_live_whatever_its_start_says() {
    let mut rerun = row(5, 2);
    rerun["live_time"] = json!(STARTED_S);
    let reply = json!({"code": 0, "data": {"5": rerun}});
    assert_eq!(of(&reply, &["5"]), [Outcome::Offline { last_broadcast: None }]);
}

#[test]
fn a_live_row_with_nothing_else_is_still_live() {
    let reply = json!({"code": 0, "data": {"5": {"live_status": 1}}});
    assert_eq!(of(&reply, &["5"]), [Outcome::Live { broadcast: Broadcast::default() }]);
    let absurd = NOW + Span::DAY * 2;
    let mut late = row(5, 1);
    late["live_time"] = json!(absurd.ms() / 1000);
    let reply = json!({"code": 0, "data": {"5": late}});
    assert!(matches!(&of(&reply, &["5"])[0],
        Outcome::Live { broadcast } if broadcast.started_at.is_none()));
}

#[test]
fn rows_that_say_nothing_certain_are_unknown() {
    for row in [json!({}), json!(null), json!([]), row(5, 3), row(5, -1), row(6, 0), row(6, 1)] {
        let reply = json!({"code": 0, "data": {"5": row.clone()}});
        assert_eq!(because(&of(&reply, &["5"])[0]), UnknownReason::BadAnswer, "{row}");
    }
}

#[test]
fn codes() {
    use UnknownReason::{BadAnswer, Blocked, RateLimited};
    for (code, reason) in [
        (-412, Blocked),
        (-352, Blocked),
        (-509, RateLimited),
        (-799, RateLimited),
        (-400, BadAnswer),
        (1, BadAnswer),
    ] {
        let reply = json!({"code": code, "message": "请求被拦截", "data": null});
        let outcomes = of(&reply, &["1", "2"]);
        assert_eq!(outcomes.len(), 2);
        assert!(outcomes.iter().all(|outcome| because(outcome) == reason), "{code}");
    }
    let voucher = json!({"code": 0, "data": {"v_voucher": "voucher_1"}});
    assert_eq!(because(&of(&voucher, &["1"])[0]), Blocked);
    let cut = answer(412, Body::Whole(b"<!DOCTYPE html>"), &["1"]);
    assert_eq!(because(&cut[0]), Blocked);
}

#[test]
fn json_of_another_shape_is_unknown() {
    for body in [
        "{}",
        "[]",
        "null",
        "{\"code\":0}",
        "{\"code\":0,\"data\":null}",
        "{\"code\":0,\"data\":[1]}",
        "{\"code\":\"no\",\"data\":[]}",
        "{\"data\":{\"1\":{\"live_status\":0}}}",
    ] {
        let outcomes = answer(200, Body::Whole(body.as_bytes()), &["1"]);
        assert_eq!(because(&outcomes[0]), UnknownReason::BadAnswer, "{body}");
    }
}

#[test]
fn cut_off_or_refused_is_never_offline() {
    let whole = rows().to_string();
    for length in 0..whole.len() {
        because(&answer(200, Body::Whole(&whole.as_bytes()[..length]), &["22"])[0]);
    }
    for status in [301, 403, 404, 429, 500] {
        because(&answer(status, Body::Whole(whole.as_bytes()), &["22"])[0]);
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(status in 100_u16..600, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        proptest::prop_assert_eq!(answer(status, Body::Whole(&body), &["1", "x"]).len(), 2);
    }

    #[test]
    fn only_off_and_rerun_are_offline(live_status in -10_i64..10) {
        let reply = json!({"code": 0, "data": {"5": row(5, live_status)}});
        if let Outcome::Offline { .. } = of(&reply, &["5"])[0] {
            proptest::prop_assert!(live_status == 0 || live_status == 2);
        }
    }
}
