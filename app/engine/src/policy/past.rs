//! An account's sessions of the last months, kept small.

use std::collections::VecDeque;

use almanac_wire::{Span, Timestamp};

use crate::session::{End, Interval, KnownBy, Session};

/// A session, reduced to what policies look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broadcasted {
    /// Names it within its account: when the check was answered that first told of it.
    pub recorded_at: Timestamp,
    /// When it began.
    pub start: Interval,
    /// When it ended; `None` while it is not known to be over.
    pub end: Option<Interval>,
    /// Whether it was over before any check found it.
    pub missed: bool,
}

impl From<&Session> for Broadcasted {
    fn from(session: &Session) -> Self {
        let end = match session.end {
            End::Open { .. } => None,
            End::Over(interval) => Some(interval),
        };
        let missed = session.known_by == KnownBy::Revealed;
        Self { recorded_at: session.recorded_at, start: session.start, end, missed }
    }
}

/// Sessions of the last [`Past::KEPT`], oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    sessions: VecDeque<Broadcasted>,
}

impl Past {
    /// How far back it reaches.
    pub const KEPT: Span = Span::from_ms(90 * Span::DAY.ms());

    /// The sessions, oldest first.
    pub fn sessions(&self) -> impl DoubleEndedIterator<Item = &Broadcasted> + ExactSizeIterator {
        self.sessions.iter()
    }

    /// Sessions that began at a moment or later, oldest first.
    pub fn since(&self, from: Timestamp) -> impl DoubleEndedIterator<Item = &Broadcasted> {
        let first = self.sessions.partition_point(|session| session.start.earliest() < from);
        self.sessions.range(first..)
    }

    pub(crate) fn strike(&mut self, recorded_at: Timestamp) {
        self.sessions.retain(|known| known.recorded_at != recorded_at);
    }

    pub(crate) fn put(&mut self, session: &Session, now: Timestamp) {
        let session = Broadcasted::from(session);
        let known =
            self.sessions.iter().rposition(|known| known.recorded_at == session.recorded_at);
        match known.and_then(|place| self.sessions.get_mut(place)) {
            Some(known) if known.start == session.start => *known = session,
            Some(_) | None => {
                self.sessions.retain(|known| known.recorded_at != session.recorded_at);
                let before = |known: &Broadcasted| known.start <= session.start;
                let place = self.sessions.partition_point(before);
                self.sessions.insert(place, session);
            }
        }
        let horizon = now - Self::KEPT;
        while self.sessions.front().is_some_and(|first| first.start.latest() < horizon) {
            self.sessions.pop_front();
        }
    }
}
