//! What the screens show, computed here so that views hold no logic.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Platform, QuotaState, Span, Timestamp};

use crate::checks::Verdict;
use crate::monitor::{ProxyFailure, Settings};
use crate::session::{End, Interval, Session};
use crate::track::TroubleKind;

/// How much of the past a day strip shows.
pub const STRIP_PAST: Span = Span::from_ms(18 * Span::HOUR.ms());
/// How much of the future a day strip shows.
pub const STRIP_AHEAD: Span = Span::from_ms(6 * Span::HOUR.ms());

/// Everything that is not about one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The moment it describes.
    pub now: Timestamp,
    /// Accounts followed.
    pub accounts: usize,
    /// Of them, live now as far as is known.
    pub live: usize,
    /// When the next check is due; `None` when none can be planned.
    pub next_check: Option<Timestamp>,
    /// The upstreams that the proxy serves, with what is left of their budgets.
    pub upstreams: Vec<UpstreamView>,
    /// What is wrong, worst first.
    pub troubles: Vec<TroubleView>,
    /// The settings in force.
    pub settings: Settings,
}

/// An upstream and its budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamView {
    /// The platform.
    pub platform: Platform,
    /// What is left of every quota, shortest window first.
    pub budget: Vec<QuotaState>,
    /// How long one round through its accounts takes, where there are rounds.
    pub interval: Option<Span>,
    /// Handles to offer to a person who has none yet.
    pub suggestions: Vec<AccountId>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleView {
    /// What.
    pub matter: Matter,
    /// Since when.
    pub since: Timestamp,
    /// When it will be tried again.
    pub retry_at: Option<Timestamp>,
    /// What exactly came back.
    pub detail: Option<String>,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// The proxy does not answer as it should.
    Proxy(ProxyFailure),
    /// An upstream as a whole does not.
    Upstream(Platform, TroubleKind),
    /// The proxy does not serve a platform that accounts are on.
    NotServed(Platform),
    /// The budget of an upstream is used up.
    OverBudget(Platform),
}

/// One account on the Now screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The account.
    pub account: AccountId,
    /// How it stands.
    pub standing: Standing,
    /// When it will be checked next, where that can be planned.
    pub next_check: Option<Timestamp>,
    /// When the latest answer was in, whatever it said.
    pub checked_at: Option<Timestamp>,
    /// The sessions that touch the strip, oldest first.
    pub bars: Vec<Bar>,
    /// The checks on the strip, oldest first.
    pub ticks: Vec<Tick>,
}

/// How an account stands, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not checked yet.
    New,
    /// On air.
    Live {
        /// When it began.
        start: Interval,
        /// The title.
        title: Option<String>,
        /// Viewers at the last check.
        viewers: Option<u32>,
    },
    /// Off air.
    Offline {
        /// The start of the latest broadcast known.
        last_start: Option<Interval>,
        /// Its end.
        last_end: Option<Interval>,
    },
    /// The upstream knows no such account.
    NotFound {
        /// Since when it says so.
        since: Timestamp,
    },
    /// Nothing is known at present.
    Unknown {
        /// What the latest check met.
        kind: TroubleKind,
        /// Since when.
        since: Timestamp,
        /// When it is worth asking again, where that is known.
        retry_at: Option<Timestamp>,
        /// It was live when last known.
        was_live: bool,
    },
}

/// A session on a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// When it began.
    pub start: Interval,
    /// Until when it was certainly on.
    pub sure_until: Timestamp,
    /// Until when it may have been on; `None` while it is not known to be over.
    pub over_by: Option<Timestamp>,
}

/// A check on a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// When.
    pub at: Timestamp,
    /// What it said.
    pub verdict: Verdict,
}

impl From<&Session> for Bar {
    fn from(session: &Session) -> Self {
        let (sure_until, over_by) = match session.end {
            End::Open { last_seen } => (last_seen, None),
            End::Over(interval) => (interval.earliest(), Some(interval.latest())),
        };
        Self { start: session.start, sure_until, over_by }
    }
}

/// The Now screen's order: live first (the latest start on top), then trouble, then by the next
/// check.
#[must_use]
pub fn order(row: &Row) -> (u8, i64, AccountId) {
    let next = row.next_check.map_or(i64::MAX, Timestamp::ms);
    let (group, within) = match &row.standing {
        Standing::Live { start, .. } => (0, start.latest().ms().saturating_neg()),
        Standing::Unknown { was_live: true, since, .. } => (1, since.ms()),
        Standing::Unknown { since, .. } => (2, since.ms()),
        Standing::New | Standing::Offline { .. } => (3, next),
        Standing::NotFound { since } => (4, since.ms()),
    };
    (group, within, row.account.clone())
}
