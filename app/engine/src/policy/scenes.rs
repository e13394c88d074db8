//! For tests of policies: an account with a past, made up by hand.

use almanac_wire::{AccountId, Platform, Quotas, Span, Timestamp};

use super::{Past, Planned, Policy, Subject, Surroundings};
use crate::session::{End, Interval, KnownBy, Session};
use crate::track::Track;

/// So many hours into a Thursday that begins at midnight, UTC.
pub(super) fn hour(n: i64) -> Timestamp {
    Timestamp::from_s(1_779_926_400) + Span::HOUR * n
}

/// An account, its past, and the moment.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) track: Track,
    pub(super) past: Past,
    pub(super) now: Timestamp,
    quotas: Quotas,
}

impl Scene {
    pub(super) fn new(added_at: Timestamp) -> Self {
        Self::of("mira", added_at)
    }

    pub(super) fn of(handle: &str, added_at: Timestamp) -> Self {
        let account = AccountId::new(Platform::Demo, handle).unwrap();
        Self {
            track: Track::new(account, added_at),
            past: Past::default(),
            now: added_at,
            quotas: "100/min".parse().unwrap(),
        }
    }

    /// It was live from then to then, and seen at both ends.
    pub(super) fn session(&mut self, start: Timestamp, end: Timestamp) {
        let over = End::Over(Interval::exact(end));
        self.put(start, over);
    }

    /// It has been live since then, and was asked about now.
    pub(super) fn live(&mut self, start: Timestamp, now: Timestamp) {
        let session = self.put(start, End::Open { last_seen: now });
        self.track.latest = Some(session);
        self.asked(now);
    }

    /// It was asked about now.
    pub(super) fn asked(&mut self, now: Timestamp) {
        self.track.asked_at = Some(now);
        self.now = now;
    }

    fn put(&mut self, start: Timestamp, end: End) -> Session {
        let session = Session {
            account: self.track.account.clone(),
            recorded_at: start,
            start: Interval::exact(start),
            end,
            known_by: KnownBy::Seen,
            room_id: None,
            started_at: Some(start),
            title: None,
            peak_viewers: None,
            gifts: None,
        };
        self.past.put(&session, start);
        session
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject { track: &self.track, past: &self.past, mind: None, arm: None }
    }

    pub(super) fn around(&self) -> Surroundings<'_> {
        Surroundings {
            platform: Platform::Demo,
            accounts: 1,
            batch: 1,
            quotas: &self.quotas,
            short: false,
        }
    }

    pub(super) fn next(&self, policy: &dyn Policy) -> Option<Planned> {
        policy.next_check(self.subject(), self.around(), self.now)
    }
}
