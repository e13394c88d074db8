//! Broadcasts as we know them: with a start and an end that are intervals, not guesses.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Broadcast, Span, Timestamp};

/// A stretch of time in which something happened once; a point where it is known exactly.
///
/// Invariant: `earliest <= latest`.
///
/// In the order of the earliest moment, then of the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "RawInterval")]
pub struct Interval {
    earliest: Timestamp,
    latest: Timestamp,
}

#[derive(Deserialize)]
struct RawInterval {
    earliest: Timestamp,
    latest: Timestamp,
}

impl TryFrom<RawInterval> for Interval {
    type Error = &'static str;
    fn try_from(raw: RawInterval) -> Result<Self, Self::Error> {
        if raw.earliest <= raw.latest {
            Ok(Self { earliest: raw.earliest, latest: raw.latest })
        } else {
            Err("an interval ends before it begins")
        }
    }
}

impl Interval {
    /// A moment known exactly.
    #[must_use]
    pub const fn exact(at: Timestamp) -> Self {
        Self { earliest: at, latest: at }
    }

    /// From `earliest` to `latest`; where the two contradict each other, `earliest` holds.
    #[must_use]
    pub fn between(earliest: Timestamp, latest: Timestamp) -> Self {
        Self { earliest, latest: latest.max(earliest) }
    }

    /// The first moment it may have been.
    #[must_use]
    pub const fn earliest(self) -> Timestamp {
        self.earliest
    }

    /// The last moment it may have been.
    #[must_use]
    pub const fn latest(self) -> Timestamp {
        self.latest
    }

    /// The moment in its middle: the best guess where one is needed.
    #[must_use]
    pub fn middle(self) -> Timestamp {
        self.earliest + self.width() / 2
    }

    /// How much is not known.
    #[must_use]
    pub fn width(self) -> Span {
        self.latest - self.earliest
    }
}

/// How we know of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// At least one check found it live.
    Seen,
    /// It was over before any check found it; a later answer told of it.
    Revealed,
    /// A table that a person imported holds it.
    Imported,
    /// The platform's own list of past broadcasts holds it.
    Backfilled,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// No check has found it over.
    Open {
        /// It was still live at this moment.
        last_seen: Timestamp,
    },
    /// It is over.
    Over(Interval),
}

/// One broadcast. `account` and `recorded_at` together name it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// When the check was answered that first told us of it.
    pub recorded_at: Timestamp,
    /// When it began.
    pub start: Interval,
    /// When it ended, if it did.
    pub end: End,
    /// How we know of it.
    pub known_by: KnownBy,
    /// The upstream's identifier of the broadcast.
    #[serde(default)]
    pub room_id: Option<String>,
    /// Its start as the upstream told it: half of the broadcast's identity.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// The latest title.
    #[serde(default)]
    pub title: Option<String>,
    /// Most viewers any check saw.
    #[serde(default)]
    pub peak_viewers: Option<u32>,
    /// Gifts in diamonds, where the upstream counts them.
    #[serde(default)]
    pub gifts: Option<u64>,
}

/// Whether a session and a broadcast that an upstream tells of are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The upstream's own marks agree.
    Same,
    /// They disagree.
    Different,
    /// There are no marks to compare.
    Unmarked,
}

/// So much of a length may be a guess.
const GUESSED: Span = Span::from_ms(6 * Span::HOUR.ms());

/// Starts that the upstream tells twice may differ by this much and still be one.
const START_TOLERANCE: Span = Span::MINUTE;

impl Session {
    /// The key under which it is stored.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.account, self.recorded_at)
    }

    /// The key of the session of an account that was recorded then.
    #[must_use]
    pub fn key_of(account: &AccountId, recorded_at: Timestamp) -> String {
        format!("{account}@{}", recorded_at.ms())
    }

    /// Compares by room and start. A room alone is not enough where both tell a start:
    /// room ids have been seen to come back.
    #[must_use]
    pub fn identity(&self, broadcast: &Broadcast) -> Identity {
        let room = both(&self.room_id, &broadcast.room_id).map(|(a, b)| a == b);
        let start = both(&self.started_at, &broadcast.started_at)
            .map(|(a, b)| (*a - *b).ms().abs() <= START_TOLERANCE.ms());
        match (room, start) {
            (Some(false), _) | (_, Some(false)) => Identity::Different,
            (Some(true), _) | (_, Some(true)) => Identity::Same,
            (None, None) => Identity::Unmarked,
        }
    }

    /// Takes over what a broadcast's latest answer says, never losing what was known.
    pub(crate) fn learn(&mut self, broadcast: &Broadcast) {
        if broadcast.room_id.is_some() {
            self.room_id.clone_from(&broadcast.room_id);
        }
        if broadcast.title.as_deref().is_some_and(|title| !title.is_empty()) {
            self.title.clone_from(&broadcast.title);
        }
        if let Some(started_at) = broadcast.started_at.filter(|_| self.started_at.is_none()) {
            self.started_at = Some(started_at);
            self.start = Interval::exact(started_at.min(self.start.latest()));
        }
        self.peak_viewers = self.peak_viewers.max(broadcast.viewers);
    }

    /// How long it lasted, at least and at most, where it is over.
    #[must_use]
    pub fn length(&self) -> Option<(Span, Span)> {
        let End::Over(end) = self.end else { return None };
        let least = (end.earliest() - self.start.latest()).max(Span::ZERO);
        Some((least, (end.latest() - self.start.earliest()).max(least)))
    }

    /// Whether its length is known well enough for the middle of its bounds to tell it. That asks for
    /// how far off it may be alone: averages would be too long if long broadcasts had more leave.
    #[must_use]
    pub fn length_is_known(&self) -> bool {
        self.length().is_some_and(|(least, most)| most - least <= GUESSED)
    }

    /// From when until when it was on, as far as it can be told: by the middles of its intervals, or
    /// by what is certain where the time of its end says next to nothing.
    #[must_use]
    pub fn told(&self) -> (Timestamp, Timestamp) {
        let from = self.start.middle();
        let until = match self.end {
            End::Over(end) if self.length_is_known() => end.middle(),
            End::Open { .. } | End::Over(_) => self.last_known_live(),
        };
        (from, until.max(from))
    }

    /// From when until when it was certainly on; a point where not even that is known.
    #[must_use]
    pub fn certain(&self) -> (Timestamp, Timestamp) {
        let from = self.start.latest();
        (from, self.last_known_live().max(from))
    }

    /// The last moment at which it was certainly on.
    #[must_use]
    pub const fn last_known_live(&self) -> Timestamp {
        match self.end {
            End::Open { last_seen } => last_seen,
            End::Over(interval) => interval.earliest(),
        }
    }
}

fn both<'a, T>(a: &'a Option<T>, b: &'a Option<T>) -> Option<(&'a T, &'a T)> {
    a.as_ref().zip(b.as_ref())
}
