//! Counts requests as an upstream would, knowing nothing of how anybody else counts.

use std::collections::VecDeque;

use almanac_wire::{Quotas, Timestamp};

use crate::error::LabError;

/// Arrivals within the longest window, oldest first.
#[derive(Clone, Debug)]
pub struct Meter {
    quotas: Quotas,
    arrivals: VecDeque<Timestamp>,
}

impl Meter {
    /// Nothing arrived yet.
    #[must_use]
    pub const fn new(quotas: Quotas) -> Self {
        Self { quotas, arrivals: VecDeque::new() }
    }

    /// Counts a request; they arrive in order.
    ///
    /// # Errors
    /// Names the quota that this arrival breaks: one window, its beginning excluded, holds more
    /// than the limit.
    pub fn arrive(&mut self, at: Timestamp) -> Result<(), LabError> {
        let longest = self.quotas.longest();
        while self.arrivals.front().is_some_and(|first| *first + longest <= at) {
            self.arrivals.pop_front();
        }
        self.arrivals.push_back(at);
        for quota in self.quotas.as_slice() {
            let limit = usize::try_from(quota.limit.get()).unwrap_or(usize::MAX);
            let Some(before) = self.arrivals.len().checked_sub(limit + 1) else { continue };
            // The arrival `limit` places back must have left the window by now.
            if self.arrivals[before] + quota.window() > at {
                let outside = self.arrivals.partition_point(|one| *one + quota.window() <= at);
                return Err(LabError::Breach {
                    quota: *quota,
                    count: self.arrivals.len() - outside,
                    at_ms: at.ms(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_s(s)
    }

    #[test]
    fn one_too_many_is_a_breach_and_a_window_later_is_none() {
        let mut meter = Meter::new("2/10s,3/min".parse().unwrap());
        for s in [0, 1, 10] {
            meter.arrive(at(s)).unwrap();
        }
        let error = meter.clone().arrive(at(59)).unwrap_err().to_string();
        assert_eq!(
            error,
            "the quota 3/min was broken: 4 requests in the window that ends at 59000 ms"
        );
        meter.arrive(at(60)).unwrap();
        let error = Meter::arrive(&mut meter, at(60)).unwrap_err().to_string();
        assert!(error.contains("3/min") && error.contains("4 requests"), "{error}");
    }

    proptest! {
        /// A breach is told exactly when some window holds too many, counted the slow way.
        #[test]
        fn agrees_with_counting_every_window(gaps in proptest::collection::vec(0..30_i64, 1..60)) {
            let quotas: Quotas = "3/20s,6/min".parse().unwrap();
            let mut meter = Meter::new(quotas.clone());
            let (mut now, mut all) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                all.push(now);
                let broken = quotas.as_slice().iter().any(|quota| {
                    let window = i64::from(quota.window_s.get());
                    let held = all.iter().filter(|one| now - **one < window).count();
                    held > usize::try_from(quota.limit.get()).unwrap()
                });
                prop_assert_eq!(meter.arrive(at(now)).is_err(), broken);
                if broken {
                    break;
                }
            }
        }
    }
}
