//! Counting requests against nested quotas, so that no window is ever exceeded.
//!
//! Invariant: as long as every request is reserved before it is sent and settled after its answer
//! (or its failure) is in, the upstream sees at most `limit` arrivals in any window of each quota.
//! A request arrives somewhere between the two, so it counts from the moment it is reserved until
//! a whole window after it was settled; whatever the network does in between, two arrivals that
//! share a slot are at least a window apart.

use std::collections::VecDeque;

use almanac_wire::{Quota, QuotaState, Quotas, Span, Timestamp};

/// A sliding log of requests under nested quotas.
#[derive(Clone, Debug)]
pub struct Ledger {
    quotas: Quotas,
    /// In the order reserved.
    spends: VecDeque<Spend>,
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
    /// The quota that refused; where several do, the one that frees last.
    pub quota: Quota,
    /// The earliest moment at which it may be worth trying again.
    pub retry_at: Timestamp,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub const fn new(quotas: Quotas) -> Self {
        Self { quotas, spends: VecDeque::new(), next: 0 }
    }

    /// A ledger with requests from before a restart.
    ///
    /// A request that was under way then counts as settled now: nobody knows when it arrived.
    /// Times after `now` (the clock was set back) count as now.
    #[must_use]
    pub fn restore(
        quotas: Quotas,
        spends: impl IntoIterator<Item = Spend>,
        now: Timestamp,
    ) -> Self {
        let mut ledger = Self::new(quotas);
        for spend in spends {
            ledger.next = ledger.next.max(spend.ticket.0.saturating_add(1));
            ledger.spends.push_back(Spend {
                ticket: spend.ticket,
                reserved_at: spend.reserved_at.min(now),
                settled_at: Some(spend.settled_at.map_or(now, |at| at.min(now))),
            });
        }
        ledger.forget(now);
        ledger
    }

    /// The quotas it counts against.
    #[must_use]
    pub const fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// The requests it still counts, in the order reserved.
    pub fn spends(&self) -> impl Iterator<Item = Spend> + '_ {
        self.spends.iter().copied()
    }

    /// Takes a request out of every quota at once, or out of none.
    ///
    /// # Errors
    /// Names the quota that has none left, and when to come back.
    pub fn reserve(&mut self, now: Timestamp) -> Result<Ticket, OverBudget> {
        self.forget(now);
        let refusals = self.quotas.as_slice().iter().filter_map(|quota| {
            let retry_at = self.frees_at(*quota, now)?;
            Some(OverBudget { quota: *quota, retry_at })
        });
        if let Some(refusal) = refusals.max_by_key(|refusal| refusal.retry_at) {
            return Err(refusal);
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.spends.push_back(Spend { ticket, reserved_at: now, settled_at: None });
        Ok(ticket)
    }

    /// Notes that a request's answer or failure is in. Settling twice keeps the later time.
    pub fn settle(&mut self, ticket: Ticket, now: Timestamp) {
        if let Some(spend) = self.spends.iter_mut().rev().find(|spend| spend.ticket == ticket) {
            spend.settled_at = Some(spend.settled_at.map_or(now, |before| before.max(now)));
        }
    }

    /// What is left of every quota, shortest window first.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> Vec<QuotaState> {
        let state = |quota: &Quota| {
            let mut frees: Vec<Timestamp> = self.held(*quota, now).collect();
            frees.sort_unstable();
            let used = u32::try_from(frees.len()).unwrap_or(u32::MAX);
            let reset = frees.first().map_or(Span::ZERO, |at| *at - now);
            QuotaState {
                window_s: quota.window_s.get(),
                limit: quota.limit.get(),
                remaining: quota.limit.get().saturating_sub(used),
                reset_s: u32::try_from(reset.ceil_s()).unwrap_or(u32::MAX),
            }
        };
        self.quotas.as_slice().iter().map(state).collect()
    }

    /// When each request that the window still holds leaves it; a request under way is taken
    /// to be settled now.
    fn held(&self, quota: Quota, now: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        self.spends
            .iter()
            .map(move |spend| spend.settled_at.unwrap_or(now) + quota.window())
            .filter(move |frees| *frees > now)
    }

    /// `None` when the quota has a request left, else when it will.
    fn frees_at(&self, quota: Quota, now: Timestamp) -> Option<Timestamp> {
        let mut frees: Vec<Timestamp> = self.held(quota, now).collect();
        let limit = usize::try_from(quota.limit.get()).unwrap_or(usize::MAX);
        let excess = frees.len().checked_sub(limit)?;
        let (_, at, _) = frees.select_nth_unstable(excess);
        Some(*at)
    }

    fn forget(&mut self, now: Timestamp) {
        let longest = self.quotas.longest();
        self.spends.retain(|spend| spend.settled_at.is_none_or(|at| at + longest > now));
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_s(s)
    }

    fn classic() -> Ledger {
        Ledger::new("10/min,60/h,120/day".parse().unwrap())
    }

    #[test]
    fn a_window_refuses_and_says_when_to_come_back() {
        let mut ledger = classic();
        for s in 0..10 {
            let ticket = ledger.reserve(at(s)).unwrap();
            ledger.settle(ticket, at(s));
        }
        let refusal = ledger.reserve(at(10)).unwrap_err();
        assert_eq!(refusal.quota.to_string(), "10/min");
        assert_eq!(refusal.retry_at, at(60));
        assert!(ledger.reserve(at(59)).is_err());
        assert!(ledger.reserve(at(60)).is_ok());
    }

    #[test]
    fn a_request_under_way_holds_its_slot_until_a_window_after_its_answer() {
        let mut ledger = Ledger::new("1/min".parse().unwrap());
        let ticket = ledger.reserve(at(0)).unwrap();
        assert!(ledger.reserve(at(1000)).is_err());
        ledger.settle(ticket, at(1000));
        assert!(ledger.reserve(at(1059)).is_err());
        assert!(ledger.reserve(at(1060)).is_ok());
    }

    #[test]
    fn a_restart_forgets_nothing_and_doubts_what_was_under_way() {
        let mut before = Ledger::new("2/h".parse().unwrap());
        let settled = before.reserve(at(0)).unwrap();
        before.settle(settled, at(1));
        before.reserve(at(2)).unwrap();
        let mut after = Ledger::restore(before.quotas().clone(), before.spends(), at(100));
        assert_eq!(after.reserve(at(200)).unwrap_err().retry_at, at(3601));
        assert!(after.reserve(at(3601)).is_ok());
        assert_eq!(after.reserve(at(3602)).unwrap_err().retry_at, at(3700));
    }

    #[test]
    fn state_tells_what_is_left() {
        let mut ledger = classic();
        let ticket = ledger.reserve(at(0)).unwrap();
        ledger.settle(ticket, at(0));
        let state = ledger.state(at(30));
        assert_eq!(state.iter().map(|q| q.remaining).collect::<Vec<_>>(), [9, 59, 119]);
        assert_eq!(state[0].reset_s, 30);
        assert_eq!(
            ledger.state(at(60))[0],
            QuotaState { window_s: 60, limit: 10, remaining: 10, reset_s: 0 }
        );
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        /// Whatever the times between reserving, arriving and settling, and wherever a restart
        /// falls, no half-open window ever holds more arrivals than its limit.
        #[test]
        fn no_window_is_ever_exceeded(
            steps in proptest::collection::vec((0..20_i64, 0..30_i64, 0..30_i64, proptest::bool::weighted(0.02)), 1..300),
        ) {
            let quotas: Quotas = "3/10s,5/min,20/h".parse().unwrap();
            let mut ledger = Ledger::new(quotas.clone());
            let mut now = 0;
            let mut under_way: Vec<(i64, Ticket)> = Vec::new();
            let mut arrivals: Vec<i64> = Vec::new();
            for (wait, travel, answer, restart) in steps {
                now += wait;
                under_way.sort_unstable();
                while let Some(&(done, ticket)) = under_way.first().filter(|(done, _)| *done <= now) {
                    ledger.settle(ticket, at(done));
                    under_way.remove(0);
                }
                if restart {
                    // A killed process sends nothing more: what had not arrived by now never does.
                    arrivals.retain(|arrival| *arrival <= now);
                    under_way.clear();
                    ledger = Ledger::restore(quotas.clone(), ledger.spends().collect::<Vec<_>>(), at(now));
                }
                if let Ok(ticket) = ledger.reserve(at(now)) {
                    arrivals.push(now + travel);
                    under_way.push((now + travel + answer, ticket));
                }
            }
            arrivals.sort_unstable();
            for quota in quotas.as_slice() {
                let limit = quota.limit.get() as usize;
                for pair in arrivals.windows(limit + 1) {
                    proptest::prop_assert!(pair[limit] - pair[0] >= i64::from(quota.window_s.get()));
                }
            }
        }
    }
}
