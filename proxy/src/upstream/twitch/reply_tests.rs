//! Every row of what is known of Twitch's answers.

use almanac_wire::UnknownReason;
use serde_json::json;

use super::*;
use crate::upstream::testing::{NOW, because, data, reading, reading_with, wait_s};

fn stream(login: &str) -> Value {
    json!({
        "id": "40952121085", "user_id": "101051819", "user_login": login, "user_name": "Mira",
        "game_id": "32982", "type": "live", "title": " late night \n code ", "tags": ["English"],
        "viewer_count": 78_365, "started_at": "2026-03-01T10:13:20Z", "language": "en",
    })
}

fn streams(status: u16, body: &str) -> Result<Streams, Outcome> {
    reading(status, body, |reply| read_streams(reply, NOW))
}

fn rows(rows: &[Value]) -> HashMap<String, Outcome> {
    match streams(200, &data(rows)) {
        Ok(Streams::Rows(rows)) => rows,
        other => panic!("{other:?}"),
    }
}

#[test]
fn those_who_are_live_are_listed_and_nobody_else() {
    let live = rows(&[stream("mira"), stream("Tomo_2")]);
    let broadcast = Broadcast {
        room_id: Some("40952121085".to_owned()),
        title: Some("late night   code".to_owned()),
        started_at: Some(Timestamp::from_s(1_772_360_000)),
        viewers: Some(78_365),
    };
    assert_eq!(live["mira"], Outcome::Live { broadcast });
    assert!(live.contains_key("tomo_2") && live.len() == 2, "by login, in lower case");
    assert_eq!(rows(&[]), HashMap::new());
}

#[test]
fn a_stream_of_another_type_is_neither_live_nor_offline() {
    for kind in [json!(""), json!("rerun"), json!(null)] {
        let mut row = stream("mira");
        row["type"] = kind;
        assert_eq!(because(&rows(&[row])["mira"]), UnknownReason::BadAnswer);
    }
}

#[test]
fn one_that_is_no_login_spoils_the_batch_and_it_shows() {
    let malformed =
        json!({"error": "Bad Request", "status": 400, "message": "Malformed query params."});
    assert_eq!(streams(400, &malformed.to_string()), Ok(Streams::Malformed));
}

#[test]
fn what_is_no_list_makes_nobody_offline() {
    for (status, body, reason) in [
        (200, "{}", UnknownReason::BadAnswer),
        (200, r#"{"data":{}}"#, UnknownReason::BadAnswer),
        (200, r#"{"data":[7]}"#, UnknownReason::BadAnswer),
        (200, r#"{"data":[{"type":"live"}]}"#, UnknownReason::BadAnswer),
        (200, "", UnknownReason::Blocked),
        (200, "<html>", UnknownReason::Blocked),
        (403, "", UnknownReason::Blocked),
        (404, "{}", UnknownReason::BadAnswer),
        (500, "", UnknownReason::UpstreamFailed),
    ] {
        assert_eq!(because(&streams(status, body).unwrap_err()), reason, "{status} {body}");
    }
}

#[test]
fn an_empty_bucket_says_when_it_is_full() {
    let fields = [
        ("ratelimit-limit", "800"),
        ("ratelimit-remaining", "0"),
        ("ratelimit-reset", "1772366442"),
    ];
    let limited = reading_with(429, &fields, "{}", |reply| read_streams(reply, NOW)).unwrap_err();
    assert_eq!((because(&limited), wait_s(&limited)), (UnknownReason::RateLimited, Some(42)));
}

#[test]
fn users_are_those_there_are() {
    let users = |body: &str| reading(200, body, |reply| read_users(reply, NOW));
    let two = data(&[json!({"id": "1", "login": "mira"}), json!({"id": "22", "login": "TOMO"})]);
    let users_of_two = users(&two).unwrap();
    assert_eq!((&*users_of_two["mira"], &*users_of_two["tomo"]), ("1", "22"));
    assert_eq!(users(&data(&[])), Ok(HashMap::new()));
    assert!(users(&data(&[json!({"login": "mira"})])).is_err());
}
