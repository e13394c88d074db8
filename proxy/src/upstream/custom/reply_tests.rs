//! Answers of made-up platforms.

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

fn rules(lines: &str) -> Rules {
    let base = "url = \"https://example.com/{account}\"\n";
    Rules::new(&toml::from_str(&format!("{base}{lines}")).unwrap()).unwrap()
}

fn answer(rules: &Rules, status: u16, body: &[u8]) -> Outcome {
    let headers = HeaderMap::new();
    let status = StatusCode::from_u16(status).unwrap();
    read_reply(rules, &Reply { status, headers: &headers, body: Body::Whole(body) }, NOW)
}

fn of(rules: &Rules, value: &Value) -> Outcome {
    answer(rules, 200, value.to_string().as_bytes())
}

fn because(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

const OFFLINE: Outcome = Outcome::Offline { last_broadcast: None };

fn live() -> Outcome {
    Outcome::Live { broadcast: Broadcast::default() }
}

#[test]
fn a_switch_is_live_or_offline_and_anything_else_is_unknown() {
    let rules = rules("live_at = \"/online\"");
    assert_eq!(of(&rules, &json!({"online": true})), live());
    assert_eq!(of(&rules, &json!({"online": false})), OFFLINE);
    for reply in [
        json!({"online": null}),
        json!({"online": "true"}),
        json!({"online": 1}),
        json!({"online": []}),
        json!({}),
        json!([]),
        json!(null),
        json!({"error": "too many requests"}),
    ] {
        assert_eq!(because(&of(&rules, &reply)), UnknownReason::BadAnswer, "{reply}");
    }
}

#[test]
fn words_and_numbers_mean_what_the_lists_say() {
    let rules = rules("live_at = \"/s\"\nlive_is = [2, 3, \"on\"]\noffline_is = [4, \"off\"]");
    for s in [json!(2), json!("3"), json!("on")] {
        assert_eq!(of(&rules, &json!({"s": s.clone()})), live(), "{s}");
    }
    for s in [json!(4), json!("4"), json!("off")] {
        assert_eq!(of(&rules, &json!({"s": s.clone()})), OFFLINE, "{s}");
    }
    for s in [json!(5), json!("On"), json!(2.5), json!(true), json!({"on": 1})] {
        assert_eq!(because(&of(&rules, &json!({"s": s.clone()}))), UnknownReason::BadAnswer, "{s}");
    }
}

#[test]
fn presence_counts_only_where_the_value_would_be() {
    let rules = rules("live_at = \"/data/0\"\nlive_if_present = true");
    assert_eq!(of(&rules, &json!({"data": [{"id": 1}]})), live());
    for nothing in [json!([]), json!([null]), json!([0]), json!([""]), json!([{}]), json!([false])]
    {
        assert_eq!(of(&rules, &json!({"data": nothing.clone()})), OFFLINE, "{nothing}");
    }
    for reply in [json!({}), json!({"data": null}), json!({"data": "x"}), json!({"error": 1})] {
        assert_eq!(because(&of(&rules, &reply)), UnknownReason::BadAnswer, "{reply}");
    }
}

#[test]
fn a_missing_value_means_what_the_settings_say() {
    let with = |meaning: &str| {
        rules(&format!(
            "live_at = \"/stream/state\"\nlive_is = \"live\"\noffline_is = \"over\"\nmissing_is = \"{meaning}\""
        ))
    };
    let gone = json!({"stream": {}});
    assert_eq!(of(&with("offline"), &gone), OFFLINE);
    assert_eq!(of(&with("offline"), &json!({"stream": {"state": null}})), OFFLINE);
    assert_eq!(of(&with("not_found"), &gone), Outcome::NotFound);
    assert_eq!(because(&of(&with("unknown"), &gone)), UnknownReason::BadAnswer);
    assert_eq!(because(&of(&with("offline"), &json!({}))), UnknownReason::BadAnswer);
}

#[test]
fn what_must_be_there_must_be_there() {
    let rules = rules("live_at = \"/broad\"\nlive_if_present = true\nmust_have = [\"/station\"]");
    assert_eq!(of(&rules, &json!({"station": {"id": 1}, "broad": null})), OFFLINE);
    assert_eq!(of(&rules, &json!({"station": {"id": 1}})), OFFLINE);
    assert_eq!(because(&of(&rules, &json!({"broad": null}))), UnknownReason::BadAnswer);
    let without = json!({"broad": {"id": 1}});
    assert_eq!(because(&of(&rules, &without)), UnknownReason::BadAnswer);
}

#[test]
fn an_end_wins_over_live() {
    let rules = rules("live_at = \"/live\"\nended_at = \"/end\"");
    assert_eq!(of(&rules, &json!({"live": true, "end": null})), live());
    assert_eq!(of(&rules, &json!({"live": true, "end": "2026-03-01T11:00:00Z"})), OFFLINE);
    assert_eq!(of(&rules, &json!({"live": false, "end": null})), OFFLINE);
}

#[test]
fn the_status_404_means_what_the_settings_say() {
    let with = |line: &str| rules(&format!("live_at = \"/live\"\n{line}"));
    assert_eq!(answer(&with(""), 404, b"no"), Outcome::NotFound);
    assert_eq!(answer(&with("status_404 = \"offline\""), 404, b"no"), OFFLINE);
    let unknown = answer(&with("status_404 = \"unknown\""), 404, b"no");
    assert_eq!(because(&unknown), UnknownReason::BadAnswer);
}

#[test]
fn a_broadcast_is_told_in_full() {
    let rules = rules(
        "live_at = \"/live\"\nstart_at = \"/since\"\ntitle_at = \"/t~1t\"\nviewers_at = \"/n\"\nroom_at = \"/id\"\n\
         tells_last = true\nstart_zone = \"+09:00\"",
    );
    let reply = |live: bool, since: &Value| {
        of(&rules, &json!({"live": live, "since": since, "t/t": " a\nb", "n": "7", "id": "x-1"}))
    };
    let broadcast = Broadcast {
        room_id: Some("x-1".to_owned()),
        title: Some("a b".to_owned()),
        started_at: Some(STARTED),
        viewers: Some(7),
    };
    for since in [
        json!("2026-03-01T10:13:20Z"),
        json!("2026-03-01T12:13:20+02:00"),
        json!("2026-03-01 19:13:20"),
        json!(1_772_360_000),
        json!("1772360000"),
        json!(1_772_360_000_000_i64),
    ] {
        assert_eq!(reply(true, &since), Outcome::Live { broadcast: broadcast.clone() }, "{since}");
    }
    for absurd in [json!(0), json!(null), json!("soon"), json!(i64::MAX), json!(-1), json!([1])] {
        let unstarted = Broadcast { started_at: None, ..broadcast.clone() };
        assert_eq!(reply(true, &absurd), Outcome::Live { broadcast: unstarted }, "{absurd}");
    }
    let last = Broadcast { viewers: None, ..broadcast };
    assert_eq!(
        reply(false, &json!(1_772_360_000)),
        Outcome::Offline { last_broadcast: Some(last) }
    );
}

#[test]
fn cut_off_or_refused_is_never_offline() {
    let rules = rules("live_at = \"/online\"");
    let whole = br#"{"online":false}"#;
    for length in 0..whole.len() {
        because(&answer(&rules, 200, &whole[..length]));
    }
    for status in [301, 401, 403, 429, 500] {
        because(&answer(&rules, status, whole));
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(status in 100_u16..600, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        answer(&rules("live_at = \"/a/0\"\nlive_if_present = true\nstart_at = \"/b\""), status, &body);
    }
}
