//! What the Plan screen shows.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::Why;

/// The coming checks, and what another budget would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanView {
    /// The moment from which it looks ahead a day.
    pub now: Timestamp,
    /// Checks in each of the next 24 hours, as planned and as far as the budgets go.
    pub hours: Vec<u16>,
    /// The coming checks, in order; the first forty.
    pub checks: Vec<ComingCheck>,
    /// What other numbers of requests would change, for each platform of which enough is known.
    pub other: Vec<OtherBudgets>,
}

/// A check to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComingCheck {
    /// Of whom.
    pub account: AccountId,
    /// When, as things stand: each answer may change it.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
    /// How long it is from there to the check after it: so much later would be found what this
    /// one finds. `None` where no further one is planned yet.
    pub until_next: Option<Span>,
}

/// What other numbers of requests would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherBudgets {
    /// The platform.
    pub platform: Platform,
    /// Accounts that this rests on: those that are offline and go by their plans.
    pub accounts: usize,
    /// Half, as many, and twice as many requests as are planned now.
    pub points: Vec<BudgetPoint>,
}

/// What so many requests are expected to come to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BudgetPoint {
    /// Against what is planned now, in percent.
    pub share: u16,
    /// Requests a day for accounts that are offline.
    pub requests: f32,
    /// Broadcasts that a check sees while they are on, in percent of all.
    pub seen: u8,
    /// How late they are seen, on average.
    pub delay: Span,
}
