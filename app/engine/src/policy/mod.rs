//! Policies: when an account should be checked next.

mod fixed;

pub use fixed::Fixed;

use serde::{Deserialize, Serialize};

use almanac_wire::{Quotas, Span, Timestamp};

use crate::track::Track;

/// What a policy may know besides the account itself.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Accounts that share the upstream's budget; at least one.
    pub accounts: usize,
    /// Most accounts in one request.
    pub batch: u32,
    /// The upstream's quotas.
    pub quotas: &'a Quotas,
}

/// Why a check is made, in words that a person understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The account is new: nothing is known of it.
    First,
    /// Its interval has passed.
    Interval,
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
/// A policy is a pure function of what it is shown: called twice it answers the same.
pub trait Policy {
    /// The word for it in settings and reports.
    fn name(&self) -> &'static str;

    /// The next check of an account. A time in the past means: as soon as can be.
    fn next_check(&self, track: &Track, around: Surroundings<'_>, now: Timestamp) -> Planned;

    /// The least time between two requests to an upstream, so that checks spread evenly
    /// and nothing comes in bursts after a pause.
    fn pace(&self, around: Surroundings<'_>) -> Span;
}
