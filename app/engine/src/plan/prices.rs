//! What the planner weighs against requests.

use serde::{Deserialize, Serialize};

use almanac_wire::Span;

/// An hour of a late end, by itself and in proportion to a missed session's worth.
const LATE_END: f64 = 1.5;
const LATE_SHARE: f64 = 0.006;

/// What is worth how many requests at their normal price. None is negative.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// A session that begins and ends unseen: the knob for coverage.
    pub missed: f64,
    /// An hour for which a live session is not detected.
    pub delay: f64,
    /// An hour for which an end is not noticed.
    pub late_end: f64,
    /// Starts a day that are expected everywhere on top of the model's, for planning only: without
    /// them a planner never looks where it has never looked, and believes its own blindness.
    pub floor: f64,
}

impl Prices {
    /// Prices in proportion to a missed session's: the one knob for how much is spent. The
    /// others were measured, see `docs/science.md`: an end that is noticed late counts for more
    /// where sessions do, so that checks of those who are live stay a tenth of all.
    #[must_use]
    pub fn for_missed(missed: f64) -> Self {
        Self { missed, delay: 2.0, late_end: LATE_END + LATE_SHARE * missed, floor: 0.1 }
    }

    /// The same where a check costs no more than this part of a request, `0.0..=1.0`: what a missed
    /// session is worth stands, while delays and late ends count for as much less as checks are
    /// cheaper. Otherwise cheap checks all go to live accounts and to seconds of delay.
    #[must_use]
    pub fn where_checks_cost(self, part: f64) -> Self {
        let part = part.clamp(0.0, 1.0);
        let late = |part: f64| LATE_END * part + LATE_SHARE * self.missed;
        let late_end = self.late_end * late(part) / late(1.0);
        Self { delay: self.delay * part, late_end, ..self }
    }

    /// The floor's starts within a length of time.
    pub(super) fn floor_within(&self, span: Span) -> f64 {
        (self.floor * span.days()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn cheap_checks_are_not_all_spent_on_delays() {
        let own = Prices::for_missed(100.0);
        let same = own.where_checks_cost(1.0);
        assert!(
            (same.delay - own.delay).abs() < 1e-9 && (same.late_end - own.late_end).abs() < 1e-9
        );
        let cheap = own.where_checks_cost(0.1);
        assert!((cheap.missed - own.missed).abs() < 1e-9 && (cheap.delay - 0.2).abs() < 1e-9);
        // A late end's own part falls, its part of a missed session stays.
        assert!((cheap.late_end - 0.75).abs() < 1e-9, "{}", cheap.late_end);
        assert_eq!(own.where_checks_cost(7.0).delay, own.where_checks_cost(1.0).delay);
    }
}
