//! The same interval for every account at every hour: what most tools do, and our fallback.

use almanac_wire::{Span, Timestamp};

use super::{Planned, Policy, Reason, Subject, Surroundings};
use crate::settings::{Rule, Settings};

/// Nobody is asked about more often than this, whatever the budget allows.
const SHORTEST: Span = Span::MINUTE;

/// Checks every account at one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The interval; `None` for the shortest that the budget sustains.
    pub interval: Option<Span>,
}

impl Fixed {
    /// The interval in force among these surroundings.
    #[must_use]
    pub fn interval(self, around: Surroundings<'_>) -> Span {
        self.interval.unwrap_or_else(|| Self::sustained(around)).max(SHORTEST)
    }

    /// The shortest interval at which every account can be checked for ever within all quotas.
    fn sustained(around: Surroundings<'_>) -> Span {
        let batch = usize::try_from(around.batch.max(1)).unwrap_or(1);
        let requests = i64::try_from(around.accounts.div_ceil(batch)).unwrap_or(i64::MAX);
        let round =
            |quota: &almanac_wire::Quota| quota.window() * requests / i64::from(quota.limit.get());
        around.quotas.as_slice().iter().map(round).max().unwrap_or(SHORTEST)
    }
}

impl Policy for Fixed {
    fn name(&self) -> &'static str {
        "fixed"
    }

    fn set(&mut self, settings: &Settings) {
        if let Rule::Fixed { interval } = settings.rule {
            self.interval = interval;
        }
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        Some(match subject.track.asked_at {
            None => Planned { at: subject.track.added_at, reason: Reason::First },
            Some(asked_at) => {
                let at = asked_at + Self::interval(*self, around);
                Planned { at, reason: Reason::Interval }
            }
        })
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        let batch = i64::from(around.batch.max(1));
        let accounts = i64::try_from(around.accounts.max(1)).unwrap_or(i64::MAX);
        // Four fifths: enough slack to catch up within a few rounds, no burst.
        Self::interval(*self, around) * batch * 4 / 5 / accounts.max(batch)
    }

    fn round(&self, around: Surroundings<'_>) -> Option<Span> {
        Some(Self::interval(*self, around))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use almanac_wire::{Platform, Quotas};

    use super::*;

    fn around(quotas: &Quotas, accounts: usize, batch: u32) -> Surroundings<'_> {
        Surroundings { platform: Platform::Demo, accounts, batch, quotas }
    }

    #[test]
    fn the_automatic_interval_is_what_the_tightest_quota_sustains() {
        let quotas: Quotas = "10/min,60/h,120/day".parse().unwrap();
        let auto = Fixed { interval: None };
        assert_eq!(auto.interval(around(&quotas, 10, 1)), Span::HOUR * 2);
        assert_eq!(auto.interval(around(&quotas, 1, 1)), Span::MINUTE * 12);
        assert_eq!(auto.interval(around(&quotas, 150, 100)), Span::MINUTE * 24);
    }

    #[test]
    fn a_set_interval_holds() {
        let quotas: Quotas = "10/min".parse().unwrap();
        let half_hour = Fixed { interval: Some(Span::MINUTE * 30) };
        assert_eq!(half_hour.interval(around(&quotas, 500, 1)), Span::MINUTE * 30);
        assert_eq!(half_hour.pace(around(&quotas, 20, 1)), Span::from_s(72));
    }
}
