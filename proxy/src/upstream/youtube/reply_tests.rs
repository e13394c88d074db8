//! Every row of what is known of the Data API's answers.

use serde_json::json;

use super::*;
use crate::upstream::testing::{NOW, because, reading, wait_s};

const CHANNEL: &str = "UCaaaaaaaaaaaaaaaaaaaaaa";

fn video(content: &str, details: &Value) -> Value {
    json!({
        "id": "dQw4w9WgXcQ",
        "snippet": {"channelId": CHANNEL, "title": "late night code", "liveBroadcastContent": content},
        "liveStreamingDetails": details,
    })
}

fn read(items: &[Value]) -> Result<HashMap<String, Video>, Outcome> {
    reading(200, &json!({ "items": items }).to_string(), |reply| read_videos(reply, NOW))
}

fn air(content: &str, details: &Value) -> Air {
    read(&[video(content, details)]).unwrap()["dQw4w9WgXcQ"].air
}

#[test]
fn a_video_is_live_planned_over_or_none_of_these() {
    let began = json!({"actualStartTime": "2026-03-01T10:13:20Z", "concurrentViewers": "1234"});
    let over = json!({
        "actualStartTime": "2026-03-01T10:13:20Z", "actualEndTime": "2026-03-01T11:13:20Z",
    });
    let planned = json!({"scheduledStartTime": "2026-03-01T19:00:00Z"});
    for (content, details, expected) in [
        ("live", &began, Air::On),
        ("live", &over, Air::Over),
        ("none", &over, Air::Over),
        ("upcoming", &planned, Air::Planned),
        ("none", &json!(null), Air::Never),
        ("none", &planned, Air::Never),
        ("completed", &over, Air::Unclear),
    ] {
        assert_eq!(air(content, details), expected, "{content} {details}");
    }
    let videos = read(&[video("live", &began)]).unwrap();
    let broadcast = Broadcast {
        room_id: Some("dQw4w9WgXcQ".to_owned()),
        title: Some("late night code".to_owned()),
        started_at: Some(Timestamp::from_s(1_772_360_000)),
        viewers: Some(1234),
    };
    assert_eq!(videos["dQw4w9WgXcQ"].broadcast, broadcast);
    assert_eq!(videos["dQw4w9WgXcQ"].channel, CHANNEL);
    let hidden = json!({"actualStartTime": "2026-03-01T10:13:20Z"});
    let videos = read(&[video("live", &hidden)]).unwrap();
    assert_eq!(videos["dQw4w9WgXcQ"].broadcast.viewers, None, "hidden by the streamer");
}

#[test]
fn what_is_left_out_is_not_there() {
    assert_eq!(read(&[]), Ok(HashMap::new()));
    let nothing = reading(200, "{}", |reply| read_videos(reply, NOW));
    assert_eq!(nothing, Ok(HashMap::new()), "`fields` leaves out empty lists");
    for body in ["[]", "7", r#"{"items":{}}"#, r#"{"items":[{}]}"#, r#"{"error":{}}"#] {
        let read = reading(200, body, |reply| read_videos(reply, NOW));
        assert_eq!(because(&read.unwrap_err()), UnknownReason::BadAnswer, "{body}");
    }
}

#[test]
fn channels_and_uploads_are_ids() {
    let channels = |body: &str| reading(200, body, |reply| read_channels(reply, NOW));
    let body = json!({"items": [{"id": CHANNEL}]}).to_string();
    assert_eq!(channels(&body), Ok(vec![CHANNEL.to_owned()]));
    assert_eq!(channels("{}"), Ok(vec![]));
    assert!(channels(r#"{"items":[{"id":"UC/../../x"}]}"#).is_err());
    let uploads = |status, body: &str| reading(status, body, |reply| read_uploads(reply, NOW));
    let body = json!({"items": [{"contentDetails": {"videoId": "dQw4w9WgXcQ"}}]}).to_string();
    assert_eq!(uploads(200, &body), Ok(vec!["dQw4w9WgXcQ".to_owned()]));
    let gone = refusal("playlistNotFound");
    assert_eq!(uploads(404, &gone), Err(Outcome::NotFound));
    assert_eq!(because(&uploads(404, "{}").unwrap_err()), UnknownReason::BadAnswer);
}

fn refusal(reason: &str) -> String {
    let error = json!({"message": "hush-hush", "domain": "usageLimits", "reason": reason});
    json!({"error": {"code": 403, "message": "hush-hush", "errors": [error]}}).to_string()
}

#[test]
fn refusals_are_told_and_repeat_nothing() {
    for (status, reason, why) in [
        (403, "quotaExceeded", UnknownReason::RateLimited),
        (429, "quotaExceeded", UnknownReason::RateLimited),
        (403, "rateLimitExceeded", UnknownReason::RateLimited),
        (400, "badRequest", UnknownReason::Blocked),
        (400, "keyInvalid", UnknownReason::Blocked),
        (403, "accessNotConfigured", UnknownReason::Blocked),
        (403, "forbidden", UnknownReason::Blocked),
        (404, "notFound", UnknownReason::BadAnswer),
        (503, "backendError", UnknownReason::UpstreamFailed),
    ] {
        let read = reading(status, &refusal(reason), |reply| read_videos(reply, NOW));
        let outcome = read.unwrap_err();
        assert_eq!(because(&outcome), why, "{status} {reason}");
        assert!(!format!("{outcome:?}").contains("hush"), "{outcome:?}");
    }
}

#[test]
fn the_day_ends_at_midnight_in_california() {
    let read = reading(403, &refusal("quotaExceeded"), |reply| read_videos(reply, NOW));
    // Noon in Greenwich: the next eight o'clock is twenty hours away.
    assert_eq!(wait_s(&read.unwrap_err()), Some(20 * 3600));
    for (hour, wait) in [(7, 1), (8, 24), (9, 23)] {
        let now = NOW - Span::HOUR * (12 - hour);
        assert_eq!(next_day(now) - now, Span::HOUR * wait, "{hour}:00");
    }
}
