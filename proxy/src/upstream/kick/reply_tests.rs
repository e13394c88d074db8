//! Every row of what is known of Kick's answers.

use almanac_wire::UnknownReason;
use serde_json::json;

use super::*;
use crate::upstream::testing::{NOW, because, data, reading};

fn stream(user: i64) -> Value {
    json!({
        "id": "019a-7c3e", "title": "just chatting", "started_at": "2026-03-01T10:13:20Z",
        "viewer_count": 412, "language_code": "en", "tags": [], "channel": {"slug": "mira"},
        "broadcaster_user": {"id": user, "username": "Mira", "profile_picture": ""},
    })
}

fn live(status: u16, body: &str) -> Result<HashMap<i64, Outcome>, Outcome> {
    reading(status, body, |reply| read_live(reply, NOW))
}

#[test]
fn those_who_are_live_are_listed_by_number() {
    let listed = live(200, &data(&[stream(7), stream(1 << 40)])).unwrap();
    let broadcast = Broadcast {
        room_id: Some("019a-7c3e".to_owned()),
        title: Some("just chatting".to_owned()),
        started_at: Some(Timestamp::from_s(1_772_360_000)),
        viewers: Some(412),
    };
    assert_eq!(listed[&7], Outcome::Live { broadcast });
    assert_eq!(listed.len(), 2);
    assert_eq!(live(200, &data(&[])), Ok(HashMap::new()));
    let older = json!({"broadcaster_user_id": 9, "started_at": "2026-03-01T10:13:20Z"});
    assert!(live(200, &data(&[older])).unwrap().contains_key(&9));
}

#[test]
fn the_year_1_is_no_start() {
    let mut row = stream(7);
    row["started_at"] = json!("0001-01-01T00:00:00Z");
    let listed = live(200, &data(&[row])).unwrap();
    let Outcome::Live { broadcast } = &listed[&7] else { panic!("{listed:?}") };
    assert_eq!(broadcast.started_at, None);
}

#[test]
fn what_is_no_list_makes_nobody_offline() {
    for (status, body, reason) in [
        (200, "{}", UnknownReason::BadAnswer),
        (200, r#"{"data":null,"message":"OK"}"#, UnknownReason::BadAnswer),
        (200, r#"{"data":[{"title":"x"}]}"#, UnknownReason::BadAnswer),
        (200, "", UnknownReason::Blocked),
        (403, r#"{"error":"Request blocked by security policy."}"#, UnknownReason::Blocked),
        (429, "", UnknownReason::RateLimited),
        (502, "<html>", UnknownReason::UpstreamFailed),
    ] {
        assert_eq!(because(&live(status, body).unwrap_err()), reason, "{status} {body}");
    }
}

/// Half of a list of fifty has been shown as offline while live: nothing of that is read.
#[test]
fn of_channels_only_the_number_counts() {
    let row = |slug: &str, user: Value| {
        json!({
            "slug": slug, "broadcaster_user_id": user, "stream_title": "",
            "stream": {"is_live": false, "start_time": "0001-01-01T00:00:00Z", "viewer_count": 0},
        })
    };
    let channels = |rows: &[Value]| reading(200, &data(rows), |reply| read_channels(reply, NOW));
    let two = channels(&[row("mira", json!(7)), row("Tomo-2", json!("8"))]).unwrap();
    assert_eq!((two["mira"], two["tomo-2"]), (7, 8));
    assert_eq!(channels(&[]), Ok(HashMap::new()));
    for user in [json!(null), json!(0), json!(-4), json!("x")] {
        assert!(channels(&[row("mira", user)]).is_err());
    }
}
