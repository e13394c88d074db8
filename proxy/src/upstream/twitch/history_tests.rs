use serde_json::json;

use super::*;
use crate::upstream::testing::{NOW, data, reading};

fn video(created_at: &str, duration: &str) -> Value {
    json!({
        "id": "335921245", "stream_id": "40952121085", "user_id": "1", "user_login": "mira",
        "title": "late night code", "created_at": created_at, "published_at": created_at,
        "url": "https://www.twitch.tv/videos/335921245", "type": "archive", "duration": duration,
    })
}

fn videos(rows: &[Value]) -> Result<History, Outcome> {
    reading(200, &data(rows), |reply| read_videos(reply, NOW))
}

#[test]
fn a_recording_tells_when_a_broadcast_was() {
    let rows = [
        video("2026-02-20T10:00:00Z", "33s"),
        video("2026-02-28T20:00:00Z", "3h8m33s"),
        // Goes on: its end is now.
        video("2026-03-01T11:00:00Z", "59m10s"),
    ];
    let Ok(History::Listed { sessions, complete_from }) = videos(&rows) else { panic!("no list") };
    assert_eq!(complete_from, None);
    assert_eq!(sessions.len(), 2);
    let start = Timestamp::from_s(1_772_308_800);
    let latest = PastSession {
        start,
        end: Some(start + Span::from_s(3 * 3600 + 8 * 60 + 33)),
        title: Some("late night code".to_owned()),
        id: Some("40952121085".to_owned()),
        known: HowKnown::Recording,
    };
    assert_eq!(sessions[0], latest, "latest first");
}

#[test]
fn highlights_and_uploads_are_no_broadcasts() {
    let mut highlight = video("2026-02-20T10:00:00Z", "33s");
    highlight["type"] = json!("highlight");
    let Ok(History::Listed { sessions, .. }) = videos(&[highlight]) else { panic!("no list") };
    assert_eq!(sessions, []);
}

#[test]
fn durations_are_read_strictly() {
    let s = |text| duration(text).map(Span::ceil_s);
    for (text, seconds) in [("3h8m33s", 11_313), ("8m33s", 513), ("0s", 0), ("47h59m59s", 172_799)]
    {
        assert_eq!(s(text), Some(seconds), "{text}");
    }
    for text in [
        "",
        "h",
        "3",
        "3d",
        "3h8",
        "-3s",
        "99h",
        "9223372036854775807h",
        "1h9223372036854775807s",
        "3 s",
    ] {
        assert_eq!(s(text), None, "{text}");
    }
    assert!(videos(&[video("2026-02-28T20:00:00Z", "soon")]).is_err());
    assert!(videos(&[video("0001-01-01T00:00:00Z", "3s")]).is_err());
}
