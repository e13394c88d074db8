//! What the monitor knows of the proxy and of each upstream behind it, and when to leave them be.

use std::collections::BTreeSet;

use almanac_wire::{
    AccountId, CheckResult, Outcome, QuotaState, Quotas, Span, Timestamp, UnknownReason,
    UpstreamInfo,
};

use super::message::ProxyFailure;
use super::spending::Spending;
use crate::policy::{Planned, Reason, Surroundings};
use crate::settings::Share;

/// The first wait after a failure; it doubles with each further one.
const FIRST_WAIT: Span = Span::from_ms(15 * Span::SECOND.ms());
/// The longest wait after failures.
const LONGEST_WAIT: Span = Span::from_ms(15 * Span::MINUTE.ms());

/// A quota of which less than one part in so many is left is nearly gone.
const NEARLY_GONE: u32 = 30;

/// For so long all that a day gives may be spent when somebody has to be asked.
const LUMPS: Span = Span::from_ms(30 * Span::MINUTE.ms());

pub(super) fn wait_after(strikes: u32) -> Span {
    let doubled = 1_i64.checked_shl(strikes.saturating_sub(1)).unwrap_or(i64::MAX);
    (FIRST_WAIT * doubled).min(LONGEST_WAIT)
}

/// The proxy as a whole.
#[derive(Clone, Debug)]
pub(super) enum Link {
    /// Nothing was heard yet, or something failed: it is greeted before anything else is asked.
    Lost {
        /// Not before this.
        greet_at: Timestamp,
        /// A greeting is under way.
        greeting: bool,
        /// What failed, since when, how often; `None` at the start.
        failing: Option<(ProxyFailure, Timestamp, u32)>,
    },
    /// It answers.
    Up,
}

impl Link {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self::Lost { greet_at: now, greeting: false, failing: None }
    }

    pub(super) fn answered(&mut self) {
        *self = Self::Up;
    }

    /// As it goes on under another monitor: a greeting under way is not that one's.
    pub(super) fn succeeded(&self) -> Self {
        let mut link = self.clone();
        if let Self::Lost { greeting, .. } = &mut link {
            *greeting = false;
        }
        link
    }

    /// Greets at once where it would have waited; one that is under way is asked again after it.
    pub(super) fn try_again(&mut self, now: Timestamp) {
        match self {
            Self::Lost { greet_at, greeting, .. } => {
                *greet_at = now;
                *greeting = false;
            }
            Self::Up => {}
        }
    }

    pub(super) fn failed(&mut self, failure: ProxyFailure, now: Timestamp) {
        let (since, strikes) = match self {
            Self::Lost { failing: Some((_, since, strikes)), .. } => (*since, *strikes + 1),
            Self::Lost { failing: None, .. } | Self::Up => (now, 1),
        };
        *self = Self::Lost {
            greet_at: now + wait_after(strikes),
            greeting: false,
            failing: Some((failure, since, strikes)),
        };
    }
}

/// An unbroken run of answers that concern the upstream as a whole.
#[derive(Clone, Debug)]
pub(super) struct Failing {
    pub(super) reason: UnknownReason,
    pub(super) since: Timestamp,
    pub(super) detail: Option<String>,
    strikes: u32,
}

/// Whether a batch is worth a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weighing {
    /// It is.
    Worth,
    /// It was not when last weighed.
    Again {
        /// When to weigh again.
        at: Timestamp,
    },
}

/// One upstream.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) info: UpstreamInfo,
    /// How much of its budget checks may use.
    pub(super) share: Share,
    /// That much of its quotas.
    pub(super) quotas: Quotas,
    /// As last reported, and when; whole until then.
    budget: Vec<QuotaState>,
    reported_at: Timestamp,
    /// Whether anything was reported.
    pub(super) told: bool,
    /// The request under way, and why it was made.
    pub(super) in_flight: Option<(u64, Reason)>,
    /// Not before this: it is in trouble.
    pub(super) hold_until: Option<Timestamp>,
    /// Not before this: its budget is used up.
    pub(super) broke_until: Option<Timestamp>,
    pub(super) failing: Option<Failing>,
    /// When the last request went out.
    pub(super) asked_at: Option<Timestamp>,
    /// Those of the last day.
    pub(super) spending: Spending,
    /// Accounts on it.
    pub(super) accounts: usize,
    /// The planned check of every account that has one.
    pub(super) due: BTreeSet<(Timestamp, AccountId)>,
    /// Of these, those that a person asked for.
    pub(super) asked: BTreeSet<(Timestamp, AccountId)>,
    /// By when every account that may not wait for ever has to be asked about.
    pub(super) bounds: BTreeSet<(Timestamp, AccountId)>,
    /// Whether a batch goes by its worth, and if so, how that stands.
    pub(super) weighing: Option<Weighing>,
    /// When the policy wants to look at all accounts again.
    pub(super) refresh_at: Option<Timestamp>,
}

impl Upstream {
    pub(super) fn new(
        info: UpstreamInfo,
        share: Share,
        asked_at: Option<Timestamp>,
        spending: Spending,
        now: Timestamp,
    ) -> Self {
        let mut upstream = Self {
            budget: info.quotas.as_slice().iter().map(QuotaState::whole).collect(),
            reported_at: now,
            told: false,
            share,
            quotas: info.quotas.share(share.percent()),
            info,
            in_flight: None,
            hold_until: None,
            broke_until: None,
            failing: None,
            asked_at,
            spending,
            accounts: 0,
            due: BTreeSet::new(),
            asked: BTreeSet::new(),
            bounds: BTreeSet::new(),
            weighing: None,
            refresh_at: Some(now),
        };
        upstream.greeted(now);
        upstream
    }

    /// As it goes on under another monitor: nothing is planned or on its way there.
    pub(super) fn succeeded(&self, share: Share, now: Timestamp) -> Self {
        Self {
            budget: self.budget.clone(),
            reported_at: self.reported_at,
            told: self.told,
            hold_until: self.hold_until,
            broke_until: self.broke_until,
            failing: self.failing.clone(),
            ..Self::new(self.info.clone(), share, self.asked_at, self.spending.clone(), now)
        }
    }

    /// The proxy tells of it again.
    pub(super) fn set(&mut self, info: UpstreamInfo, share: Share, now: Timestamp) {
        self.info = info;
        self.lend(share);
        self.greeted(now);
    }

    /// A person says what checks may use.
    pub(super) fn lend(&mut self, share: Share) {
        self.quotas = self.info.quotas.share(share.percent());
        self.share = share;
    }

    /// Takes what a greeting says of the budget: it is true now and not for ever.
    fn greeted(&mut self, now: Timestamp) {
        let budget = std::mem::take(&mut self.info.budget);
        if !budget.is_empty() {
            self.budget_reported(budget, now);
        }
    }

    /// As a greeting would tell of it now.
    pub(super) fn greeting(&self, now: Timestamp) -> UpstreamInfo {
        let budget = if self.told { self.budget(now) } else { Vec::new() };
        UpstreamInfo { budget, ..self.info.clone() }
    }

    /// As policies see it.
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        let hour = u32::try_from(Span::HOUR.ceil_s()).unwrap_or(u32::MAX);
        let nearly_gone = |quota: &QuotaState| {
            quota.window_s > hour && quota.remaining < quota.limit.div_ceil(NEARLY_GONE)
        };
        Surroundings {
            short: self.budget.iter().any(nearly_gone),
            platform: self.info.platform,
            accounts: self.accounts.max(1),
            batch: self.info.batch,
            quotas: &self.quotas,
        }
    }

    /// Puts an account's plan in the place of the one before.
    pub(super) fn plan(
        &mut self,
        account: &AccountId,
        before: Option<Planned>,
        now: Option<Planned>,
    ) {
        let asked = |plan: &Planned| plan.reason == Reason::Asked;
        let at = |plan: Option<Planned>| plan.map(|plan| plan.at);
        replace(&mut self.due, account, at(before), at(now));
        replace(&mut self.asked, account, at(before.filter(asked)), at(now.filter(asked)));
    }

    /// Puts an account's bound in the place of the one before.
    pub(super) fn bind(
        &mut self,
        account: &AccountId,
        before: Option<Timestamp>,
        now: Option<Timestamp>,
    ) {
        replace(&mut self.bounds, account, before, now);
    }

    /// The moment from which on requests must go to those whose bounds come first, or somebody
    /// waits beyond one; `None` where no bound is near enough to matter.
    pub(super) fn pressed_from(&self) -> Option<Timestamp> {
        let quotas = self.quotas.as_slice().iter();
        let gap = quotas.map(|quota| quota.window() / i64::from(quota.limit.get())).max()?;
        let batch = usize::try_from(self.info.batch.max(1)).unwrap_or(1);
        // What comes back of a day's quota comes back in lumps, as it was spent.
        let long = self.quotas.as_slice().iter().any(|quota| quota.window() > Span::HOUR);
        let lumps = if long { LUMPS } else { Span::ZERO };
        let needs =
            |place: usize| gap * i64::try_from(place / batch + 1).unwrap_or(i64::MAX) + lumps;
        let (first, _) = self.bounds.first()?;
        // Beyond the first bound and a whole round nobody can be pressed before the first is.
        let last = *first + needs(self.bounds.len());
        let near = self.bounds.iter().take_while(|(bound, _)| *bound <= last).enumerate();
        near.map(|(place, (bound, _))| *bound - needs(place)).min()
    }

    /// Why this request was made, if it was under way; now it is no more.
    pub(super) fn landed(&mut self, ticket: u64) -> Option<Reason> {
        self.in_flight.take_if(|(under_way, _)| *under_way == ticket).map(|(_, reason)| reason)
    }

    pub(super) fn budget_reported(&mut self, budget: Vec<QuotaState>, now: Timestamp) {
        let spent = budget.iter().filter(|quota| quota.remaining == 0);
        self.broke_until = spent.map(|quota| now + Span::from_s(i64::from(quota.reset_s))).max();
        self.budget = budget;
        self.reported_at = now;
        self.told = true;
    }

    pub(super) fn out_of_budget(&mut self, retry_after: Span, now: Timestamp) {
        self.broke_until = Some(now + retry_after.max(Span::SECOND));
    }

    /// Not before this can it be asked, by what it and its budget last said.
    pub(super) fn not_before(&self) -> Option<Timestamp> {
        let again = self.asked_at.filter(|_| self.failing.is_some());
        let paced = again.map(|at| at + self.quotas.even_gap());
        self.hold_until.max(self.broke_until).max(paced)
    }

    /// The budget as it stands now as far as can be told: a window whose reset has passed has at
    /// least one request again, a zone's day all of them.
    pub(super) fn budget(&self, now: Timestamp) -> Vec<QuotaState> {
        let passed = now - self.reported_at;
        let later = |quota: &QuotaState| {
            let left = Span::from_s(i64::from(quota.reset_s)) - passed;
            let passed = quota.reset_s > 0 && left <= Span::ZERO;
            let freed = if quota.zone.is_some() { quota.limit } else { 1 };
            let freed = if passed { freed } else { 0 };
            QuotaState {
                remaining: quota.remaining.saturating_add(freed).min(quota.limit),
                reset_s: u32::try_from(left.ceil_s()).unwrap_or(0),
                ..*quota
            }
        };
        self.budget.iter().map(later).collect()
    }

    /// The least time between two requests for which the day's budget lasts.
    pub(super) fn lasting_pace(&self, now: Timestamp) -> Span {
        self.spending.pace(&self.quotas, &self.budget(now), now)
    }

    /// Whether of every quota longer than an hour at least half is left.
    pub(super) fn is_half_left(&self) -> bool {
        let hour = u32::try_from(Span::HOUR.ceil_s()).unwrap_or(u32::MAX);
        let mut long = self.budget.iter().filter(|quota| quota.window_s > hour);
        long.all(|quota| quota.remaining >= quota.limit.div_ceil(2))
    }

    /// Learns from a reply whether the upstream as a whole is in trouble.
    pub(super) fn judge(&mut self, results: &[CheckResult], now: Timestamp) {
        let mut worst: Option<(UnknownReason, Option<Timestamp>, Option<String>)> = None;
        let mut any_fact = false;
        for result in results {
            match &result.outcome {
                Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => {
                    any_fact = true;
                }
                Outcome::Unknown { reason: UnknownReason::OverBudget, retry_at, .. } => {
                    self.broke_until = self.broke_until.max(*retry_at);
                }
                Outcome::Unknown { reason, retry_at, detail } if reason.concerns_upstream() => {
                    worst = Some((*reason, *retry_at, detail.clone()));
                }
                Outcome::Unknown { .. } => {}
            }
        }
        match worst {
            Some((reason, retry_at, detail)) => {
                let (since, strikes) = self
                    .failing
                    .as_ref()
                    .map_or((now, 1), |before| (before.since, before.strikes + 1));
                self.failing = Some(Failing { reason, since, detail, strikes });
                self.hold_until = Some(retry_at.unwrap_or(now).max(now + wait_after(strikes)));
            }
            None if any_fact => {
                self.failing = None;
                self.hold_until = None;
            }
            None => {}
        }
    }
}

/// Puts an account's moment in the place of the one before.
fn replace(
    moments: &mut BTreeSet<(Timestamp, AccountId)>,
    account: &AccountId,
    before: Option<Timestamp>,
    now: Option<Timestamp>,
) {
    if before != now {
        if let Some(before) = before {
            moments.remove(&(before, account.clone()));
        }
        if let Some(now) = now {
            moments.insert((now, account.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn waits_double_up_to_a_bound() {
        let waits: Vec<i64> = (1..9).map(|n| wait_after(n).ms() / 1000).collect();
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }
}
