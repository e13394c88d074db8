//! What the proxy's ledger answers, fast enough for years: here requests come one after the other,
//! so that what it counts is always in order.

use std::collections::VecDeque;

use almanac_wire::{Quota, QuotaState, Quotas, Span, Timestamp};

/// Counts as [`almanac_engine::budget::Ledger`] does where every request is settled before the
/// next is reserved.
#[derive(Clone, Debug)]
pub struct Allowance {
    quotas: Quotas,
    /// When each request's answer was in, in order; those of the longest window.
    settled: VecDeque<Timestamp>,
}

impl Allowance {
    /// All of it.
    #[must_use]
    pub const fn new(quotas: Quotas) -> Self {
        Self { quotas, settled: VecDeque::new() }
    }

    /// When a request can be made: `None` for now.
    #[must_use]
    pub fn retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        let frees = |quota: &Quota| {
            let held = self.held(*quota, now);
            let limit = usize::try_from(quota.limit.get()).unwrap_or(usize::MAX);
            let excess = held.checked_sub(limit)?;
            Some(self.settled[self.settled.len() - held + excess] + quota.window())
        };
        self.quotas.as_slice().iter().filter_map(frees).max()
    }

    /// Takes one request, whose answer is in now.
    pub fn spend(&mut self, now: Timestamp) {
        let longest = self.quotas.longest();
        while self.settled.front().is_some_and(|at| *at + longest <= now) {
            self.settled.pop_front();
        }
        self.settled.push_back(now);
    }

    /// What is left of every quota.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> Vec<QuotaState> {
        let state = |quota: &Quota| {
            let held = self.held(*quota, now);
            let first = self.settled.len().checked_sub(held).and_then(|at| self.settled.get(at));
            let reset = first.map_or(Span::ZERO, |at| *at + quota.window() - now);
            let used = u32::try_from(held).unwrap_or(u32::MAX);
            QuotaState {
                window_s: quota.window_s.get(),
                zone: quota.zone,
                limit: quota.limit.get(),
                remaining: quota.limit.get().saturating_sub(used),
                reset_s: u32::try_from(reset.ceil_s()).unwrap_or(u32::MAX),
            }
        };
        self.quotas.as_slice().iter().map(state).collect()
    }

    /// How many requests the window holds.
    fn held(&self, quota: Quota, now: Timestamp) -> usize {
        let outside = self.settled.partition_point(|at| *at + quota.window() <= now);
        self.settled.len() - outside
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::budget::Ledger;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_answers_as_the_proxys_ledger_does(
            steps in proptest::collection::vec((0..40_i64, 0..3_i64), 1..150),
        ) {
            let quotas: Quotas = "3/10s,5/min,20/h".parse().unwrap();
            let (mut ledger, mut allowance) = (Ledger::new(quotas.clone()), Allowance::new(quotas));
            let mut now = Timestamp::from_ms(0);
            for (wait, latency) in steps {
                now += Span::from_s(wait);
                let reserved = ledger.reserve(now);
                let refusal = reserved.as_ref().err().map(|refusal| refusal.retry_at);
                prop_assert_eq!(allowance.retry_at(now), refusal);
                prop_assert_eq!(allowance.state(now).len(), 3);
                if let Ok(ticket) = reserved {
                    now += Span::from_s(latency);
                    ledger.settle(ticket, now);
                    allowance.spend(now);
                }
                prop_assert_eq!(allowance.state(now), ledger.state(now));
            }
        }
    }
}
