//! Policies: when an account should be checked next.

mod adaptive;
mod by_rule;
mod clock;
mod entry_frequency;
mod fixed;
mod habit_queue;
mod jitter;
mod market;
mod misses;
mod past;
mod poisson;
mod roadmap;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod scenes;

pub(crate) use adaptive::FIRST_WORTH;
pub use adaptive::{Adaptive, Aim, PolicyMemory};
pub use by_rule::ByRule;
pub use entry_frequency::EntryFrequency;
pub use fixed::Fixed;
pub use habit_queue::HabitQueue;
pub use jitter::jitter;
pub use past::{Broadcasted, Past};
pub use poisson::Poisson;
pub use roadmap::Roadmap;

use std::fmt;

use serde::{Deserialize, Serialize};

use almanac_wire::{Platform, Quotas, Span, Timestamp};

use crate::mind::{Mind, Prospect};
use crate::plan::Plan;
use crate::settings::Settings;
use crate::track::Track;
use crate::trial::Arm;

/// What a policy may know besides the account itself.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The upstream.
    pub platform: Platform,
    /// Accounts that share the upstream's budget; at least one.
    pub accounts: usize,
    /// Most accounts in one request.
    pub batch: u32,
    /// The upstream's quotas.
    pub quotas: &'a Quotas,
    /// Whether of a quota longer than an hour nearly nothing was left when last told.
    pub short: bool,
}

/// An account as a policy sees it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What its checks have said.
    pub track: &'a Track,
    /// Its sessions of the last months.
    pub past: &'a Past,
    /// What is believed of it, where minds are kept.
    pub mind: Option<&'a Mind>,
    /// Whom it follows, where a trial has drawn it or everything has gone back.
    pub arm: Option<Arm>,
}

/// Why a check is made, in words that a person understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The account is new: nothing is known of it.
    First,
    /// Its interval has passed.
    Interval,
    /// It is on air: has it ended?
    End,
    /// By its plan.
    Plan,
    /// A person asked for it.
    Asked,
    /// A person pinned the interval.
    Pinned,
    /// No account waits longer.
    LongestGap,
    /// At a moment that chance alone decides: only such checks tell of what plans miss.
    Audit,
    /// Nobody is due, and a request that is not used now is lost.
    Spare,
}

/// A planned check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// When it is due.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// Decides when an account is checked next.
///
/// The monitor asks after each answer about an account, and about all of them after
/// [`Policy::refresh`] or when what surrounds them has changed. In between, a plan stands.
/// A policy reads no clock and draws no random numbers: asked the same twice, it says the same.
pub trait Policy {
    /// The word for it in settings and reports.
    fn name(&self) -> &'static str;

    /// Takes over what the person set.
    fn set(&mut self, _settings: &Settings) {}

    /// Which arm of a trial it is where nothing is drawn; `None` where it can be no part of one.
    fn arm(&self) -> Option<Arm> {
        None
    }

    /// Told whether accounts are drawn to different arms.
    fn mix(&mut self, _mixed: bool) {}

    /// What it has worked out and wants back after a restart, byte for byte.
    fn remember(&self) -> Option<PolicyMemory> {
        None
    }

    /// Takes back what it had worked out.
    fn recall(&mut self, _memory: PolicyMemory) {}

    /// Whether it goes by what is learned of accounts.
    fn learns(&self) -> bool {
        false
    }

    /// Whether a batch goes out when what it could find is worth a request, rather than when an
    /// account is due.
    fn weighs_batches(&self) -> bool {
        false
    }

    /// Plans the checks of an account for as long as it is offline.
    fn draft(
        &self,
        _prospect: Prospect<'_>,
        _around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Plan> {
        None
    }

    /// The next check of an account; a time in the past means: as soon as can be. `None` where
    /// the policy would not check it at all as things stand.
    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Planned>;

    /// Works out anew what concerns all accounts of an upstream, and says when it wants to do so
    /// again; `None` for a policy that looks at each account by itself.
    fn refresh(
        &mut self,
        _roster: &mut dyn Iterator<Item = Subject<'_>>,
        _around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Timestamp> {
        None
    }

    /// Whom to ask first when more are due than can be asked: the account with the most. By
    /// default the one that has been due for longest.
    fn urgency(
        &self,
        _subject: Subject<'_>,
        _around: Surroundings<'_>,
        due: Timestamp,
        now: Timestamp,
    ) -> f64 {
        (now - due).minutes()
    }

    /// The least time between two requests to an upstream, so that checks spread evenly
    /// and nothing comes in bursts after a pause.
    fn pace(&self, around: Surroundings<'_>) -> Span;

    /// So long after a request there is one to spare although nobody is due, which would be lost;
    /// `None` where all that is planned is all that is wanted.
    fn spare_after(&self, _around: Surroundings<'_>) -> Option<Span> {
        None
    }

    /// How long a round through all accounts takes, where that can be said.
    fn round(&self, _around: Surroundings<'_>) -> Option<Span> {
        None
    }
}

/// By name alone: whatever every policy can do is in the app's download.
impl fmt::Debug for dyn Policy + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
