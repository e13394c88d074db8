//! What the screens show, computed here so that views hold no logic.

mod account;
mod finding;
mod nobody;
mod plan;

pub use account::{
    AHEAD_DAYS, AccountView, CALENDAR_DAYS, Day, DayAhead, HALF_HOURS, Held, HeldPoint, Week,
};
pub use plan::{BudgetPoint, ComingCheck, OtherBudgets, PlanView};

pub use finding::{Search, Show, Sort};
pub(crate) use nobody::suggestions;

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Platform, QuotaState, Span, Timestamp};

use crate::alerts::{Alert, AlertRules};
use crate::checks::Verdict;
use crate::monitor::ProxyFailure;
use crate::session::{End, Interval, Session};
use crate::settings::Settings;
use crate::track::TroubleKind;
use crate::trial::TrialsView;

/// How much of the past a day strip shows.
pub const STRIP_PAST: Span = Span::from_ms(18 * Span::HOUR.ms());
/// How much of the past a row has the checks of: a day, as quotas count them.
pub const TICKS_PAST: Span = Span::DAY;
/// How much of the future a day strip shows.
pub const STRIP_AHEAD: Span = Span::from_ms(6 * Span::HOUR.ms());
/// Steps of that for which the probability to be live is told: half hours.
pub const AHEAD_STEPS: i64 = 12;

/// Everything that is not about one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The moment it describes.
    pub now: Timestamp,
    /// Accounts followed.
    pub accounts: usize,
    /// When the next check is due; `None` when none can be planned.
    pub next_check: Option<Timestamp>,
    /// The upstreams that the proxy serves, with what is left of their budgets.
    pub upstreams: Vec<UpstreamView>,
    /// What is wrong, worst first.
    pub troubles: Vec<TroubleView>,
    /// The settings in force.
    pub settings: Settings,
    /// What trials have come to.
    pub trials: TrialsView,
    /// What alerts are wanted, and which nobody has seen.
    pub alerts: AlertsView,
    /// Accounts followed no more, which can still be taken back.
    pub leaving: Vec<AccountId>,
    /// Whether anything kept of those will be deleted.
    pub leaving_records: bool,
}

/// What alerts are wanted, and which nobody has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertsView {
    /// What is wanted.
    pub rules: AlertRules,
    /// Those that nobody has seen, oldest first.
    pub unseen: Vec<Alert>,
}

impl Overview {
    /// Whether another one tells a person the same, though it is of another moment.
    #[must_use]
    pub fn tells_the_same(&self, other: &Self) -> bool {
        let timeless = |one: &Self| {
            let mut one = Self { now: other.now, ..one.clone() };
            for quota in one.upstreams.iter_mut().flat_map(|upstream| &mut upstream.budget) {
                quota.reset_s = 0;
            }
            one
        };
        timeless(self) == timeless(other)
    }
}

/// An upstream and its budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamView {
    /// The platform.
    pub platform: Platform,
    /// What is left of every quota, shortest window first.
    pub budget: Vec<QuotaState>,
    /// Whether that was told: else it is what would be left if nothing was used.
    pub told: bool,
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
    /// The proxy does not serve its platform, so that none can be.
    pub unserved: bool,
    /// Why it will be.
    pub why: Option<Why>,
    /// What is to be expected of it; `None` while too little is known.
    pub expected: Option<Expected>,
    /// When the latest answer was in, whatever it said.
    pub checked_at: Option<Timestamp>,
    /// The sessions that touch the strip, oldest first.
    pub bars: Vec<Bar>,
    /// The checks of [`TICKS_PAST`], oldest first.
    pub ticks: Vec<Tick>,
    /// Its tags.
    pub tags: Vec<String>,
    /// A person wants no checks for now.
    pub paused: bool,
    /// Broadcasts that began within the last four weeks.
    pub recent: u16,
}

/// Why an account will be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is new.
    First,
    /// Its interval will have passed.
    Interval {
        /// Which.
        every: Span,
    },
    /// It is on air: has it ended?
    End {
        /// The probability that it is off air by then, in percent.
        over: Option<u8>,
    },
    /// It is when a check is worth most.
    Plan {
        /// The probability that it is on air by then, in percent.
        live: Option<u8>,
    },
    /// A person asked for it.
    Asked,
    /// A person pinned the interval.
    Pinned,
    /// The upstream knows no such account: does it by now?
    Missing,
    /// No account waits longer.
    LongestGap,
    /// Chance alone decides: only such checks tell of what plans miss.
    Audit,
}

/// What is to be expected of an account. Probabilities are in percent; 0 and 100 are certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// That a broadcast begins within 24 hours.
    pub within_day: u8,
    /// When the next one most probably begins.
    pub window: Option<Likely>,
    /// When the one that is on has ended, as likely before as after.
    pub likely_end: Option<Timestamp>,
    /// To be live, in the middle of each of the [`AHEAD_STEPS`] of [`STRIP_AHEAD`].
    pub ahead: Vec<u8>,
}

/// A stretch of time in which the next broadcast begins with a probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likely {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
    /// The probability, in percent.
    pub percent: u8,
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
        /// What the latest check met; `None` where it was too long ago to hold.
        kind: Option<TroubleKind>,
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

impl Likely {
    /// Below this, in percent, it is no more than one guess among many.
    const WORTH_TELLING: u8 = 25;
    /// And if it is wider than this, it says little about when.
    const WIDEST: Span = Span::from_ms(5 * Span::HOUR.ms());

    /// Whether it is likely and narrow enough to be told in a line.
    #[must_use]
    pub fn is_worth_telling(&self) -> bool {
        self.percent >= Self::WORTH_TELLING && self.to - self.from <= Self::WIDEST
    }
}

impl Expected {
    /// When the next broadcast most probably begins, unless that is over.
    #[must_use]
    pub fn window_at(&self, now: Timestamp) -> Option<Likely> {
        self.window.filter(|window| window.to > now)
    }
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
/// likely start, then by the next check; last whoever was never checked, and who is not there.
#[must_use]
pub fn order(row: &Row) -> (u8, i64, AccountId) {
    let next = row.next_check.map_or(i64::MAX, Timestamp::ms);
    let window = row.expected.as_ref().and_then(|expected| expected.window);
    let (group, within) = match &row.standing {
        Standing::Live { start, .. } => (0, start.latest().ms().saturating_neg()),
        Standing::Unknown { was_live: true, since, .. } => (1, since.ms()),
        Standing::Unknown { since, .. } => (2, since.ms()),
        Standing::Offline { .. } => match window.filter(Likely::is_worth_telling) {
            Some(window) => (3, window.from.ms()),
            None => (4, next),
        },
        Standing::New => (5, next),
        Standing::NotFound { since } => (6, since.ms()),
    };
    (group, within, row.account.clone())
}
