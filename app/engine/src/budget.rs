//! Counting requests against nested quotas, so that no window is ever exceeded.
//!
//! Invariant: as long as every request is reserved before it is sent and settled after its answer
//! (or its failure) is in, the upstream sees at most `limit` arrivals in any window of each quota.
//! A request arrives somewhere between the two, so it counts from the moment it is reserved until
//! a whole window after it was settled; whatever the network does in between, two arrivals that
//! share a slot are at least a window apart. Of a zone's day it counts in every day it may have
//! arrived in.

mod told;

use std::collections::VecDeque;
use std::fmt;

use almanac_wire::{Quota, QuotaState, Quotas, Span, Timestamp, ZoneName};

pub use told::{Told, Word};

/// The first midnight of a zone after a moment.
pub type Midnight = fn(ZoneName, Timestamp) -> Timestamp;

/// The upstream's clock and ours agree to within this much: so long before and after a zone's
/// midnight, a request counts in both days.
pub const CLOCKS_APART: Span = Span::from_s(30);

/// Where no zone is known: no day is longer.
fn at_the_latest(_: ZoneName, at: Timestamp) -> Timestamp {
    at + Span::HOUR * 25
}

/// A log of requests under nested quotas.
#[derive(Clone, Debug)]
pub struct Ledger {
    quotas: Quotas,
    midnight: Midnight,
    /// In the order settled.
    settled: VecDeque<(Timestamp, Spend)>,
    /// In the order reserved.
    under_way: Vec<Spend>,
    told: Told,
    next: u64,
}

/// One request: reserved, perhaps settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spend {
    /// Names the request within its ledger.
    pub ticket: Ticket,
    /// When it was reserved.
    pub reserved_at: Timestamp,
    /// When its answer or failure was in; `None` while under way.
    pub settled_at: Option<Timestamp>,
}

/// Proof that a request was reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// A request that cannot be afforded now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverBudget {
    /// What refused; where several do, the one that frees last.
    pub by: Refuser,
    /// The earliest moment at which it may be worth trying again.
    pub retry_at: Timestamp,
}

/// What has no request left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refuser {
    /// One of the quotas.
    Quota(Quota),
    /// What the upstream's own answers said.
    Upstream,
}

impl fmt::Display for Refuser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quota(quota) => write!(f, "the quota of {quota}"),
            Self::Upstream => f.write_str("the upstream's own quota"),
        }
    }
}

impl Ledger {
    /// An empty ledger. Without zones, their days are taken to be as long as days can be.
    #[must_use]
    pub const fn new(quotas: Quotas) -> Self {
        Self {
            quotas,
            midnight: at_the_latest,
            settled: VecDeque::new(),
            under_way: Vec::new(),
            told: Told::new(),
            next: 0,
        }
    }

    /// With zones whose midnights are known.
    #[must_use]
    pub fn with_midnight(self, midnight: Midnight) -> Self {
        Self { midnight, ..self }
    }

    /// With requests from before a restart, and what the upstream last said of its own quotas.
    ///
    /// A request that was under way then counts as settled now: nobody knows when it arrived.
    /// Times after `now` (the clock was set back) count as now.
    #[must_use]
    pub fn restore(
        mut self,
        spends: impl IntoIterator<Item = Spend>,
        told: Told,
        now: Timestamp,
    ) -> Self {
        for spend in spends {
            self.next = self.next.max(spend.ticket.0.saturating_add(1));
            let settled_at = spend.settled_at.map_or(now, |at| at.min(now));
            let reserved_at = spend.reserved_at.min(now);
            self.add_settled(Spend { reserved_at, ..spend }, settled_at);
        }
        self.told = told;
        self.forget(now);
        self
    }

    /// The quotas it counts against.
    #[must_use]
    pub const fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// The requests it still counts: those settled in that order, then those under way.
    pub fn spends(&self) -> impl Iterator<Item = Spend> + '_ {
        self.settled.iter().map(|(_, spend)| *spend).chain(self.under_way.iter().copied())
    }

    /// What the upstream said of its own quotas.
    #[must_use]
    pub const fn told(&self) -> &Told {
        &self.told
    }

    /// Takes a request out of every quota at once, or out of none.
    ///
    /// # Errors
    /// Names the quota that has none left, and when to come back.
    pub fn reserve(&mut self, now: Timestamp) -> Result<Ticket, OverBudget> {
        self.forget(now);
        let own = self.quotas.as_slice().iter().filter_map(|quota| {
            let retry_at = self.frees_at(*quota, now)?;
            Some(OverBudget { by: Refuser::Quota(*quota), retry_at })
        });
        let windows = self.told.windows().iter().filter_map(|quota| self.frees_at(*quota, now));
        let theirs = windows
            .chain(self.told.frees_at(now))
            .map(|retry_at| OverBudget { by: Refuser::Upstream, retry_at });
        if let Some(refusal) = theirs.chain(own).max_by_key(|refusal| refusal.retry_at) {
            return Err(refusal);
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.told.spend();
        self.under_way.push(Spend { ticket, reserved_at: now, settled_at: None });
        Ok(ticket)
    }

    /// Takes back a reservation whose request was not and will not be sent.
    pub fn withdraw(&mut self, ticket: Ticket) {
        self.under_way.retain(|spend| spend.ticket != ticket);
    }

    /// Notes that a request's answer or failure is in. Settling twice keeps the later time.
    pub fn settle(&mut self, ticket: Ticket, now: Timestamp) {
        if let Some(place) = self.under_way.iter().position(|spend| spend.ticket == ticket) {
            let spend = self.under_way.remove(place);
            self.add_settled(spend, now);
        } else if let Some(place) =
            self.settled.iter().rposition(|(at, spend)| spend.ticket == ticket && *at < now)
            && let Some((_, spend)) = self.settled.remove(place)
        {
            self.add_settled(spend, now);
        }
    }

    /// Heeds what the answer to a request says of the upstream's own quotas; called before that
    /// request is settled. An answer to a later request knows better, and is not overruled.
    pub fn heed(&mut self, ticket: Ticket, words: &[Word], now: Timestamp) {
        // These may have arrived after the upstream wrote its answer.
        let unseen = self.spends().filter(|spend| {
            spend.ticket > ticket || (spend.ticket < ticket && spend.settled_at.is_none())
        });
        let unseen = u32::try_from(unseen.count()).unwrap_or(u32::MAX);
        self.told.heed(ticket, words, unseen, now);
    }

    /// What is left of every quota, shortest window first.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> Vec<QuotaState> {
        let state = |quota: &Quota| {
            let outside = self.outside(*quota, now);
            let held = self.settled.len() - outside + self.under_way.len();
            let first = self.settled.get(outside).map(|(at, _)| *at);
            let first = first.or((held > 0).then_some(now));
            let reset = first.map_or(Span::ZERO, |at| self.frees(*quota, at) - now);
            let used = u32::try_from(held).unwrap_or(u32::MAX);
            QuotaState {
                remaining: quota.limit.get().saturating_sub(used),
                reset_s: u32::try_from(reset.ceil_s()).unwrap_or(u32::MAX),
                ..QuotaState::whole(quota)
            }
        };
        self.quotas.as_slice().iter().map(state).collect()
    }

    /// When a request settled then leaves the window.
    fn frees(&self, quota: Quota, settled_at: Timestamp) -> Timestamp {
        match quota.zone {
            None => settled_at + quota.window(),
            Some(zone) => (self.midnight)(zone, settled_at + CLOCKS_APART) + CLOCKS_APART,
        }
    }

    /// How many of the settled requests, the earliest ones, have left the window.
    fn outside(&self, quota: Quota, now: Timestamp) -> usize {
        self.settled.partition_point(|(at, _)| self.frees(quota, *at) <= now)
    }

    /// `None` when the quota has a request left, else when it will. A request under way is taken
    /// to be settled now.
    fn frees_at(&self, quota: Quota, now: Timestamp) -> Option<Timestamp> {
        let outside = self.outside(quota, now);
        let held = self.settled.len() - outside + self.under_way.len();
        let limit = usize::try_from(quota.limit.get()).unwrap_or(usize::MAX);
        let excess = held.checked_sub(limit)?;
        let at = self.settled.get(outside + excess).map_or(now, |(at, _)| *at);
        Some(self.frees(quota, at))
    }

    fn add_settled(&mut self, spend: Spend, at: Timestamp) {
        let place = self.settled.partition_point(|(before, _)| *before <= at);
        self.settled.insert(place, (at, Spend { settled_at: Some(at), ..spend }));
    }

    fn forget(&mut self, now: Timestamp) {
        self.told.forget(now);
        let quotas = self.quotas.as_slice().iter().chain(self.told.windows());
        let outside = quotas.map(|quota| self.outside(*quota, now)).min();
        self.settled.drain(..outside.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests;
