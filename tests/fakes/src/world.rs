//! What is true: the trace, furnished with all that a site would know of it.

use std::collections::{BTreeMap, HashMap};

use almanac_wire::{Span, Timestamp};
use serde::Serialize;

use crate::rng::number_of;
use crate::site::Site;
use crate::trace::{Session, Trace};

/// One broadcast, as `GET /_fake/trace` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broadcast {
    /// When it is on.
    #[serde(flatten)]
    pub session: Session,
    /// Nineteen digits: more than a JavaScript number holds.
    pub room_id: String,
    /// When it rests in the middle; it is still going then.
    pub pause: Option<Session>,
    /// As the streamer typed it.
    pub title: &'static str,
    /// What its made-up numbers follow from.
    #[serde(skip)]
    number: u64,
}

/// Somebody who streams, as `GET /_fake/trace` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    pub(crate) account: String,
    /// What the site calls them.
    pub(crate) handle: String,
    pub(crate) user_id: String,
    #[serde(rename = "sessions")]
    pub(crate) broadcasts: Vec<Broadcast>,
}

/// How a broadcast stands once it has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Air {
    /// On.
    Live,
    /// Resting; still going.
    Paused,
    /// Over.
    Ended,
}

/// Everybody, by handle and by room.
pub(crate) struct World {
    people: BTreeMap<String, Person>,
    /// Accounts by the site's names for them.
    handles: HashMap<String, String>,
    rooms: HashMap<String, (String, usize)>,
}

/// Typed by people, so data, never markup: some try.
const TITLES: [&str; 7] = [
    "late night chat",
    "Drawing with you 🎨 day 41",
    "NEW DROPS!! everything -20 %",
    "</script><b>big</b> & \"quoted\" 'title'",
    "夜のまったり雑談 ♪",
    "ranked until I win",
    "",
];

const PAUSE_AFTER: Span = Span::from_ms(20 * Span::MINUTE.ms());
const PAUSE_LENGTH: Span = Span::from_ms(5 * Span::MINUTE.ms());

impl World {
    pub(crate) fn new(site: Site, trace: &Trace) -> Self {
        let mut world =
            Self { people: BTreeMap::new(), handles: HashMap::new(), rooms: HashMap::new() };
        for (account, sessions) in trace.iter() {
            let mut broadcasts = Vec::with_capacity(sessions.len());
            for (nth, session) in sessions.iter().enumerate() {
                let broadcast =
                    Broadcast::new(account, nth, *session, |id| !world.rooms.contains_key(id));
                world.rooms.insert(broadcast.room_id.clone(), (account.to_owned(), nth));
                broadcasts.push(broadcast);
            }
            let user_id = identifier(6, number_of(account, 0));
            let handle = site.handle(account, &user_id);
            world.handles.insert(handle.clone(), account.to_owned());
            let person = Person { account: account.to_owned(), handle, user_id, broadcasts };
            world.people.insert(account.to_owned(), person);
        }
        world
    }

    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    pub(crate) fn person(&self, account: &str) -> Option<&Person> {
        self.people.get(account)
    }

    /// By the site's name.
    pub(crate) fn person_called(&self, handle: &str) -> Option<&Person> {
        self.people.get(self.handles.get(handle)?)
    }

    /// The broadcast of a room, where it has begun.
    pub(crate) fn room(&self, room_id: &str, at: Timestamp) -> Option<(&Person, &Broadcast)> {
        let (account, nth) = self.rooms.get(room_id)?;
        let person = self.people.get(account)?;
        let broadcast = person.broadcasts.get(*nth)?;
        (broadcast.session.start <= at).then_some((person, broadcast))
    }
}

impl Person {
    /// The broadcast that is on, or else the one before; `None` before the first.
    pub(crate) fn latest(&self, at: Timestamp) -> Option<&Broadcast> {
        let begun = self.broadcasts.partition_point(|broadcast| broadcast.session.start <= at);
        self.broadcasts.get(begun.checked_sub(1)?)
    }
}

impl Broadcast {
    /// Every third broadcast that is long enough has a pause.
    fn new(account: &str, nth: usize, session: Session, is_free: impl Fn(&str) -> bool) -> Self {
        let number = number_of(&format!("{account}/{nth}"), 1);
        let room_id = (0..)
            .map(|shift: u64| identifier(7, number.wrapping_add(shift)))
            .find(|id| is_free(id))
            .unwrap_or_default();
        let rest = Session {
            start: session.start + PAUSE_AFTER,
            end: session.start + PAUSE_AFTER + PAUSE_LENGTH,
        };
        let pause = (nth % 3 == 2 && rest.end < session.end).then_some(rest);
        let title = TITLES.iter().cycle().nth(digits(number, 7)).copied().unwrap_or_default();
        Self { session, room_id, pause, title, number }
    }

    /// How it stands at a moment after its start.
    #[must_use]
    pub fn air(&self, at: Timestamp) -> Air {
        if at >= self.session.end {
            Air::Ended
        } else if self.pause.is_some_and(|pause| pause.covers(at)) {
            Air::Paused
        } else {
            Air::Live
        }
    }

    /// People watching: a crowd gathers for a quarter of an hour, then comes and goes.
    pub(crate) fn viewers(&self, at: Timestamp) -> i64 {
        let minutes = self.minutes(at);
        let gathered = self.crowd() * (minutes.min(15) + 1) / 16;
        let minute = u64::try_from(minutes).unwrap_or_default();
        let sway = i64::try_from(number_of(&self.room_id, minute) % 21).unwrap_or_default();
        gathered * (90 + sway) / 100
    }

    /// People who have entered so far.
    pub(crate) fn entered(&self, at: Timestamp) -> i64 {
        self.crowd() * (self.minutes(at) + 6) / 4
    }

    fn crowd(&self) -> i64 {
        i64::try_from(20 + self.number % 4000).unwrap_or_default()
    }

    /// Whole minutes of it, up to a moment or to its end.
    fn minutes(&self, at: Timestamp) -> i64 {
        (at.min(self.session.end) - self.session.start).ms().max(0) / Span::MINUTE.ms()
    }
}

/// Nineteen digits with a given first: TikTok's are as long, and above 2^53.
fn identifier(first: u64, number: u64) -> String {
    format!("{first}{:018}", number % 1_000_000_000_000_000_000)
}

fn digits(number: u64, below: u64) -> usize {
    usize::try_from((number >> 20) % below).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const FROM: Timestamp = Timestamp::from_s(1_780_272_000);
    const MS: Span = Span::from_ms(1);

    #[test]
    fn a_session_includes_its_start_and_excludes_its_end() {
        let world = World::new(Site::Tiktok, &Trace::generate(5, 30, 1, FROM));
        for person in world.people() {
            let first = &person.broadcasts[0];
            assert_eq!(person.latest(first.session.start - MS), None);
            for (nth, broadcast) in person.broadcasts.iter().enumerate() {
                let Session { start, end } = broadcast.session;
                assert_eq!(person.latest(start), Some(broadcast));
                assert_eq!(broadcast.air(start), Air::Live);
                assert_eq!(broadcast.air(end - MS), Air::Live);
                assert_eq!(broadcast.air(end), Air::Ended);
                assert_eq!(person.latest(end), Some(broadcast), "the last one stays");
                assert!(world.room(&broadcast.room_id, start - MS).is_none(), "no room before");
                let pause = broadcast.pause.filter(|_| nth % 3 == 2);
                assert_eq!(pause, broadcast.pause);
                if let Some(pause) = pause {
                    assert_eq!(broadcast.air(pause.start - MS), Air::Live);
                    assert_eq!(broadcast.air(pause.start), Air::Paused);
                    assert_eq!(broadcast.air(pause.end), Air::Live);
                }
            }
        }
    }

    #[test]
    fn identifiers_are_unique_lasting_and_too_long_for_javascript() {
        let world = World::new(Site::Tiktok, &Trace::generate(60, 90, 1, FROM));
        let ids: Vec<_> = (world.people())
            .flat_map(|p| p.broadcasts.iter().map(|b| &b.room_id).chain([&p.user_id]))
            .collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 19 && id.parse::<i64>().unwrap() > 1 << 53));
        let alone = World::new(Site::Tiktok, &Trace::generate(1, 90, 1, FROM));
        assert_eq!(alone.person("gen_aster"), world.person("gen_aster"));
    }

    #[test]
    fn a_taken_room_id_makes_way() {
        let session = Session { start: FROM, end: FROM + Span::HOUR };
        let usual = Broadcast::new("a", 0, session, |_| true);
        let other = Broadcast::new("a", 0, session, |id| id != usual.room_id);
        assert_ne!(usual.room_id, other.room_id);
    }

    #[test]
    fn a_crowd_gathers_and_the_entered_only_grow() {
        let session = Session { start: FROM, end: FROM + Span::HOUR * 2 };
        let broadcast = Broadcast::new("a", 0, session, |_| true);
        let at = |minutes: i64| FROM + Span::MINUTE * minutes;
        assert!(broadcast.viewers(at(0)) < broadcast.viewers(at(30)));
        assert!((0..130).all(|m| broadcast.viewers(at(m)) >= 0));
        assert!((0..130).all(|m| broadcast.entered(at(m)) <= broadcast.entered(at(m + 1))));
        assert_eq!(broadcast.entered(at(120)), broadcast.entered(at(500)), "frozen at the end");
    }
}
