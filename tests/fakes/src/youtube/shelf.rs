//! A channel's videos: its broadcasts, those planned, and plain ones between them.

use almanac_wire::{Span, Timestamp};

use crate::rng::number_of;
use crate::trace::Session;
use crate::world::Person;

/// How long before it begins a broadcast is announced.
const ANNOUNCED: Span = Span::from_s(6 * 3600);
/// How long after it began a plain video follows.
const CLIP_AFTER: Span = Span::from_s(1800);

/// A video.
pub(super) struct Video {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) title: &'static str,
    pub(super) published: Timestamp,
    /// When it is live; a plain one never is.
    pub(super) session: Option<Session>,
    pub(super) viewers: i64,
}

/// `UC` and twenty-two characters, whose case matters.
pub(crate) fn channel_id(person: &Person) -> String {
    format!("UC{}", letters(&person.account, 22))
}

/// What a channel shows at a moment, latest first.
pub(super) fn shelf(person: &Person, at: Timestamp) -> Vec<Video> {
    let channel = channel_id(person);
    let shown = person.broadcasts.iter().filter(|one| one.session.start - ANNOUNCED <= at);
    let videos = shown.flat_map(|broadcast| {
        let video = |what: &str| Video {
            id: letters(&format!("{}{what}", broadcast.room_id), 11),
            channel: channel.clone(),
            title: broadcast.title,
            published: broadcast.session.start,
            session: Some(broadcast.session),
            viewers: 0,
        };
        let viewers = if broadcast.session.covers(at) { broadcast.viewers(at) } else { 0 };
        let clip = Video {
            published: broadcast.session.start + CLIP_AFTER,
            session: None,
            ..video("clip")
        };
        [Some(Video { viewers, ..video("live") }), Some(clip).filter(|clip| clip.published <= at)]
    });
    let mut videos: Vec<Video> = videos.flatten().collect();
    videos.reverse();
    videos
}

/// The ids of its latest two videos, with a comma between them.
pub(crate) fn latest(person: &Person, at: Timestamp) -> String {
    let ids: Vec<String> = shelf(person, at).into_iter().take(2).map(|video| video.id).collect();
    ids.join(",")
}

fn letters(text: &str, many: u64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |nth| {
        let place = usize::try_from(number_of(text, 100 + nth) % 64).unwrap_or_default();
        char::from(ALPHABET.get(place).copied().unwrap_or(b'A'))
    };
    (0..many).map(letter).collect()
}
