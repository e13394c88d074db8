//! A channel's feed: an Atom document that names its latest videos.

use almanac_wire::{Outcome, Timestamp};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::upstream::reading::{Body, Reply, bad_answer, blocked, rate_limited, room_id};

/// Videos of a feed that are looked at; it has fifteen.
const MOST: usize = 30;

/// What a feed says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Feed {
    /// The ids of its videos, latest first.
    Videos(Vec<String>),
    /// Nothing. In waves, feeds of channels that there are cannot be found, or break.
    Failed,
}

/// The videos of a channel by its feed.
pub(crate) fn read_feed(reply: &Reply<'_>, channel: &str, now: Timestamp) -> Result<Feed, Outcome> {
    match (reply.status.as_u16(), reply.body) {
        (200..=299, Body::Whole(body)) => Ok(read_document(body, channel)),
        (200..=299, Body::CutOff) => Ok(Feed::Failed),
        (200..=299, Body::TooLarge) => Err(bad_answer("a feed larger than 1 MiB")),
        // To a page that asks for consent, or for proof of being a person.
        (300..=399, _) => Err(blocked(reply, now, "sent elsewhere instead of to the feed")),
        (403, _) => Err(blocked(reply, now, "403 Forbidden")),
        (429, _) => Err(rate_limited(reply, now, "429 Too Many Requests")),
        _ => Ok(Feed::Failed),
    }
}

/// Where the reader is: which elements are around it matters as far as this.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Outside,
    Feed,
    Entry,
    Video,
    Channel,
}

fn read_document(body: &[u8], channel: &str) -> Feed {
    let Ok(body) = std::str::from_utf8(body) else { return Feed::Failed };
    let mut reader = Reader::from_str(body);
    let (mut at, mut depth) = (At::Outside, 0_u32);
    let (mut video, mut owner) = (String::new(), String::new());
    let mut videos = Vec::new();
    let mut whole = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                at = match (at, depth, start.name().as_ref()) {
                    (At::Outside, 1, "feed") => At::Feed,
                    (At::Feed, 2, "entry") => {
                        video.clear();
                        owner.clear();
                        At::Entry
                    }
                    (At::Entry, 3, "yt:videoId") => At::Video,
                    (At::Entry, 3, "yt:channelId") => At::Channel,
                    (at, ..) => at,
                };
            }
            Ok(Event::Text(text)) => match (at, depth) {
                (At::Video, 3) => video.push_str(text.trim()),
                (At::Channel, 3) => owner.push_str(text.trim()),
                _ => {}
            },
            Ok(Event::End(_)) => {
                at = match (at, depth) {
                    (At::Feed, 1) => {
                        whole = true;
                        At::Outside
                    }
                    (At::Entry, 2) => {
                        let ours = owner.is_empty() || owner == channel;
                        let id = room_id(Some(&video.as_str().into())).filter(|_| ours);
                        videos.extend(id.filter(|_| videos.len() < MOST));
                        At::Feed
                    }
                    (At::Video | At::Channel, 3) => At::Entry,
                    (at, _) => at,
                };
                depth = depth.saturating_sub(1);
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => return Feed::Failed,
        }
    }
    if whole { Feed::Videos(videos) } else { Feed::Failed }
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
