//! What the Data API's answers mean.

use std::collections::HashMap;

use almanac_wire::{Broadcast, Outcome, Span, Timestamp, UnknownReason};
use serde_json::Value;

use crate::upstream::reading::{
    Reply, bad_answer, blocked, json, rate_limited, refused, room_id, start_rfc3339, title, viewers,
};

/// A video, as far as broadcasts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Video {
    pub(crate) channel: String,
    pub(crate) air: Air,
    pub(crate) broadcast: Broadcast,
    /// When its broadcast ended.
    pub(crate) ended_at: Option<Timestamp>,
}

/// How a video stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Air {
    /// Live.
    On,
    /// To be live some time.
    Planned,
    /// It was live.
    Over,
    /// A plain video.
    Never,
    /// The answer does not say.
    Unclear,
}

/// What an answer means that does not tell how a video stands.
pub(super) fn unclear() -> Outcome {
    bad_answer("a video that is neither live nor not")
}

/// The ids of the channels that there are.
pub(crate) fn read_channels(reply: &Reply<'_>, now: Timestamp) -> Result<Vec<String>, Outcome> {
    let items = read_items(reply, now)?;
    let ids = items.iter().map(|item| {
        let id = room_id(item.get("id")).filter(|id| almanac_wire::is_channel_id(id));
        id.ok_or_else(|| bad_answer("a channel without its id"))
    });
    ids.collect()
}

/// The ids of a channel's latest videos.
pub(crate) fn read_uploads(reply: &Reply<'_>, now: Timestamp) -> Result<Vec<String>, Outcome> {
    let no_list = reply.status.as_u16() == 404
        && json(reply, now).is_ok_and(|body| reason(&body) == Some("playlistNotFound"));
    if no_list {
        return Err(Outcome::NotFound);
    }
    let items = read_items(reply, now)?;
    let ids = items.iter().map(|item| {
        room_id(item.pointer("/contentDetails/videoId"))
            .ok_or_else(|| bad_answer("an upload without its id"))
    });
    ids.collect()
}

/// What there is to know of videos, by id.
pub(crate) fn read_videos(
    reply: &Reply<'_>,
    now: Timestamp,
) -> Result<HashMap<String, Video>, Outcome> {
    let items = read_items(reply, now)?;
    let videos = items.iter().map(|item| {
        let id = room_id(item.get("id")).ok_or_else(|| bad_answer("a video without its id"))?;
        let video = read_video(item, &id, now);
        Ok((id, video))
    });
    videos.collect()
}

fn read_video(item: &Value, id: &str, now: Timestamp) -> Video {
    let details = |name: &str| item.pointer(&format!("/liveStreamingDetails/{name}"));
    let started_at = start_rfc3339(details("actualStartTime"), now);
    let ended_at = start_rfc3339(details("actualEndTime"), now);
    let air = match item.pointer("/snippet/liveBroadcastContent").and_then(Value::as_str) {
        // It may lag behind the end.
        Some("live") if ended_at.is_none() => Air::On,
        Some("upcoming") => Air::Planned,
        Some("live" | "none") if started_at.is_some() => Air::Over,
        Some("live" | "none") => Air::Never,
        Some(_) | None => Air::Unclear,
    };
    let broadcast = Broadcast {
        room_id: Some(id.to_owned()),
        title: title(item.pointer("/snippet/title")),
        started_at,
        // A number as a text, and missing where the streamer hides it.
        viewers: viewers(details("concurrentViewers")).filter(|_| air == Air::On),
    };
    let channel = item.pointer("/snippet/channelId").and_then(Value::as_str).unwrap_or_default();
    Video { channel: channel.to_owned(), air, broadcast, ended_at }
}

fn read_items(reply: &Reply<'_>, now: Timestamp) -> Result<Vec<Value>, Outcome> {
    if !reply.status.is_success() {
        return Err(read_refusal(reply, now));
    }
    let mut body = json(reply, now)?;
    match body.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        // With `fields`, a list of nothing is left out as well.
        None if body.as_object().is_some() && body.get("error").is_none() => Ok(Vec::new()),
        Some(_) | None => Err(bad_answer("no list of items")),
    }
}

/// Nothing of the message is shown: it may repeat the key.
fn read_refusal(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    let body = json(reply, now).unwrap_or_default();
    match (reply.status.as_u16(), reason(&body)) {
        (403 | 429, Some("quotaExceeded" | "dailyLimitExceeded")) => Outcome::Unknown {
            reason: UnknownReason::RateLimited,
            retry_at: Some(next_day(now)),
            detail: Some("the day's units are used up, until midnight in California".to_owned()),
        },
        (403 | 429, Some("rateLimitExceeded" | "userRateLimitExceeded")) => {
            rate_limited(reply, now, "too many requests at once")
        }
        (400 | 401, Some("badRequest" | "keyInvalid" | "authError" | "API_KEY_INVALID")) => {
            blocked(reply, now, "it refuses the key")
        }
        (403, Some("accessNotConfigured" | "SERVICE_DISABLED")) => {
            blocked(reply, now, "the key's project has not enabled the YouTube Data API")
        }
        _ => refused(reply, now),
    }
}

fn reason(body: &Value) -> Option<&str> {
    body.pointer("/error/errors/0/reason")?.as_str()
}

/// Midnight in California, or in summer an hour later: eight o'clock in Greenwich is in a new day
/// there all year round.
fn next_day(now: Timestamp) -> Timestamp {
    let eight = Span::HOUR * 8;
    let since = Span::from_ms((now - eight).ms().rem_euclid(Span::DAY.ms()));
    now - since + Span::DAY
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
