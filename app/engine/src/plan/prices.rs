//! What the planner weighs against requests.

use serde::{Deserialize, Serialize};

use almanac_wire::Span;

/// An hour of a late end, where a missed session is worth one request, and the power of that worth
/// with which it grows: who wants to miss half as much wants ends noticed about as much sooner as
/// a fixed interval that misses half as much would.
const LATE_END: f64 = 0.42;
const LATE_POWER: f64 = 0.35;

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
    /// where sessions do.
    #[must_use]
    pub fn for_missed(missed: f64) -> Self {
        Self {
            missed,
            delay: 2.0,
            late_end: LATE_END * missed.max(0.0).powf(LATE_POWER),
            floor: 0.1,
        }
    }

    /// The same where a check costs no more than this part of a request, `0.0..=1.0`: what a missed
    /// session is worth stands, while delays and late ends count for as much less as they would
    /// if it was worth more checks. Otherwise cheap checks all go to live accounts and to seconds
    /// of delay.
    #[must_use]
    pub fn where_checks_cost(self, part: f64) -> Self {
        let part = part.clamp(0.0, 1.0);
        let late_end = self.late_end * part.powf(1.0 - LATE_POWER);
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
        // As if a session was worth 1000 checks, each of the tenth of a request.
        let late_end = Prices::for_missed(1000.0).late_end / 10.0;
        assert!((cheap.late_end - late_end).abs() < 1e-9, "{}", cheap.late_end);
        assert_eq!(own.where_checks_cost(7.0).delay, own.where_checks_cost(1.0).delay);
    }
}
