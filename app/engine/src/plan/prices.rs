//! What the planner weighs against requests.

use serde::{Deserialize, Serialize};

use almanac_wire::Span;

/// An hour of a late end, by itself and in proportion to a missed session's worth.
const LATE_END: f64 = 1.8;
const LATE_SHARE: f64 = 0.006;

/// An hour of delay; and no less than this part of a missed session's worth.
const DELAY: f64 = 7.0;
const DELAY_SHARE: f64 = 0.03;
/// What part of that is left where all that a budget gives is spent.
const DELAY_OF_BUDGET: f64 = 0.3;
/// What part of the floor is left where none goes unnoticed.
const TOLD: f64 = 0.2;

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
        Self { missed, delay: delay(missed, 1.0), late_end: late_end(missed, 1.0), floor: 0.1 }
    }

    /// The same where a check costs no more than this part of a request, `0.0..=1.0`: what a missed
    /// session is worth stands, while delays and late ends count for as much less as checks are
    /// cheaper. Otherwise cheap checks all go to live accounts and to seconds of delay.
    #[must_use]
    pub fn where_checks_cost(self, part: f64) -> Self {
        let part = part.clamp(0.0, 1.0);
        let of = |price: fn(f64, f64) -> f64| price(self.missed, part) / price(self.missed, 1.0);
        Self { delay: self.delay * of(delay), late_end: self.late_end * of(late_end), ..self }
    }

    /// The same where a budget is spent to its end: to be seen at all comes before being seen soon.
    #[must_use]
    pub fn where_all_is_spent(self) -> Self {
        Self { delay: self.delay * DELAY_OF_BUDGET, ..self }
    }

    /// The same where the upstream tells of the last session, so that none goes unnoticed for good:
    /// nobody's blindness is believed, and surprises are about as rare as they seem.
    #[must_use]
    pub fn where_all_is_told(self) -> Self {
        Self { floor: self.floor * TOLD, ..self }
    }

    /// The floor's starts within a length of time.
    pub(super) fn floor_within(&self, span: Span) -> f64 {
        (self.floor * span.days()).max(0.0)
    }
}

/// An hour of delay where a check costs so much of a request. A part of a session's worth is only what
/// it is where checks cost their full price: it makes plans restless where they are cheap.
fn delay(missed: f64, part: f64) -> f64 {
    DELAY.max(DELAY_SHARE * missed * part) * part
}

/// An hour of a late end, likewise.
fn late_end(missed: f64, part: f64) -> f64 {
    LATE_END * part + LATE_SHARE * missed
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn an_hour_of_delay_is_worth_a_part_of_a_session() {
        let delay = |missed| Prices::for_missed(missed).delay;
        assert!((delay(100.0) - DELAY).abs() < 1e-9 && (delay(1.0) - DELAY).abs() < 1e-9);
        assert!((delay(1000.0) - 30.0).abs() < 1e-9, "{}", delay(1000.0));
        let cheap = Prices::for_missed(1000.0).where_checks_cost(0.1);
        assert!((cheap.delay - DELAY / 10.0).abs() < 1e-9, "{}", cheap.delay);
    }

    #[test]
    fn cheap_checks_are_not_all_spent_on_delays() {
        let own = Prices::for_missed(100.0);
        let same = own.where_checks_cost(1.0);
        assert!(
            (same.delay - own.delay).abs() < 1e-9 && (same.late_end - own.late_end).abs() < 1e-9
        );
        let cheap = own.where_checks_cost(0.1);
        assert!(
            (cheap.missed - own.missed).abs() < 1e-9 && (cheap.delay - DELAY / 10.0).abs() < 1e-9
        );
        // A late end's own part falls, its part of a missed session stays.
        assert!((cheap.late_end - 0.6 - LATE_END / 10.0).abs() < 1e-9, "{}", cheap.late_end);
        assert!(own.where_all_is_spent().delay < own.delay / 2.0);
        assert!(own.where_all_is_told().floor < own.floor / 2.0);
        assert_eq!(own.where_checks_cost(7.0).delay, own.where_checks_cost(1.0).delay);
    }
}
