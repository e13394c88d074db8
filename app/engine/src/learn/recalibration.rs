//! From the plain model to the hazard that is planned with.
//!
//! The plain model multiplies a mixture over the week by a factor for the minute of the hour, one
//! for the time since the last end, and one for how active the account is. On real traces it is
//! too sure at both ends, and it does not know that a start today makes another one today less
//! likely and one at the same time tomorrow more likely. A Poisson regression of starts on the
//! plain model's logarithms (piecewise linear in the mixture's) and on the counts of recent starts
//! corrects that. It was fitted on the tune half of the accounts of both traces in
//! `../shared/traces` (a hash of the name splits them), and held against the other half;
//! docs/science.md has the measurements. Logarithms are natural, rates are starts a day.

/// The intercept.
const INTERCEPT: f64 = -0.48;
/// Of the logarithm of `relative`: the mixture over the account's average.
const RELATIVE: f64 = 0.83;
/// `relative` is not believed to be less than this.
const LEAST_RELATIVE: f64 = 1e-4;
/// Below these logarithms of `relative`: what each unit further below adds.
const BELOW: [(f64, f64); 3] = [(-4.0, -0.52), (-2.0, 0.12), (-1.0, 0.06)];
/// Above these: what each unit further above adds.
const ABOVE: [(f64, f64); 2] = [(1.0, 0.20), (3.0, 0.06)];
/// Of the logarithm of the rate: `1 - 0.26`, for a rate is itself an estimate.
const RATE: f64 = 0.74;
/// Of the logarithm of the activity.
const ACTIVITY: f64 = 0.48;
/// Of the logarithm of the minute's factor.
const MINUTE: f64 = 1.25;
/// Of the logarithm of the factor of the time since the last end.
const SINCE: f64 = 0.67;
/// A factor of the time since the last end is not believed to be less than this.
const LEAST_SINCE: f64 = 0.02;
/// Of the logarithm of the starts that were to be expected since the last end...
const OVERDUE: f64 = 0.22;
/// ...from this one on...
const OVERDUE_FROM: f64 = 1.1;
/// ...and up to so many starts.
const MOST_OVERDUE: f64 = 50.0;

/// Days over which recent starts are counted, and what the logarithm of their number over the
/// expected number adds.
pub(super) const COUNTED: [(i64, f64); 4] = [(1, -0.35), (3, 0.10), (7, -0.05), (14, 0.08)];
/// A burst: from so many times the starts of a usual day on, and the power by which starts are likelier
/// then.
const BURST: (f64, f64) = (2.5, 2.0);
/// Starts that are added to both numbers.
const COUNT_PRIOR: f64 = 0.7;
/// Days ago, and what a start at about the same time so many days ago adds.
pub(super) const ECHOED: [(i64, f64); 4] = [(1, 0.39), (2, 0.22), (3, 0.07), (7, 0.36)];
/// About the same time: up to so many seconds earlier or later.
pub(super) const ECHO_REACH: i64 = 2700;

/// No hazard is believed to be more than this, starts a day: `exp(4.5)`.
pub(super) const MOST: f64 = 90.017_131_300_521_81;

/// What all slots of the week have in common: the rate's and the activity's part.
pub(super) fn level(rate: f64, activity: f64) -> f64 {
    (INTERCEPT + RATE * rate.ln() + ACTIVITY * activity.ln()).exp()
}

/// A slot's part, from its `relative` intensity.
pub(super) fn weekly(relative: f64) -> f64 {
    let log = relative.max(LEAST_RELATIVE).ln();
    let mut sum = RELATIVE * log;
    for (knot, slope) in BELOW {
        sum += slope * (knot - log).max(0.0);
    }
    for (knot, slope) in ABOVE {
        sum += slope * (log - knot).max(0.0);
    }
    sum.exp()
}

/// The minute's part.
pub(super) fn minute(factor: f64) -> f64 {
    (MINUTE * factor.ln()).exp()
}

/// The part of the time since the last end, as far as its factor goes.
pub(super) fn since(factor: f64) -> f64 {
    (SINCE * factor.max(LEAST_SINCE).ln()).exp()
}

/// The further part of the time since the last end, from the starts that the rate lets expect in
/// that time: an account that stays away longer than usual is due.
pub(super) fn overdue(expected: f64) -> f64 {
    // exp(1.1) = 3.004: most of the time nothing is overdue.
    if expected < 3.0 {
        return 1.0;
    }
    (OVERDUE * (expected.min(MOST_OVERDUE).ln() - OVERDUE_FROM).max(0.0)).exp()
}

/// The part of the recent starts: `counts` in the days of [`COUNTED`] (at a rate a day) and which
/// of [`ECHOED`] there were.
pub(super) fn recurrence(rate: f64, counts: [usize; 4], echoes: [bool; 4]) -> f64 {
    let mut sum = 0.0;
    for ((days, coefficient), count) in COUNTED.into_iter().zip(counts) {
        let expected = rate * days as f64 + COUNT_PRIOR;
        sum += coefficient * ((count as f64 + COUNT_PRIOR) / expected).ln();
    }
    for ((_, addend), there) in ECHOED.into_iter().zip(echoes) {
        sum += if there { addend } else { 0.0 };
    }
    sum.exp()
}

/// The further part of the starts of the last day where they come thick and fast: a broadcast that
/// breaks off and begins again, again and again.
pub(super) fn burst(rate: f64, starts: usize) -> f64 {
    let usual = rate + COUNT_PRIOR;
    ((starts as f64 + COUNT_PRIOR) / usual / BURST.0).max(1.0).powf(BURST.1)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_most_is_what_it_says() {
        assert!((MOST - 4.5_f64.exp()).abs() < 1e-9);
    }

    #[test]
    fn more_in_the_week_is_never_less_in_the_hazard() {
        let parts: Vec<_> = (-120..60).map(|i| weekly((f64::from(i) / 10.0).exp())).collect();
        assert!(parts.is_sorted(), "{parts:?}");
        assert_eq!(weekly(1.0), 1.0, "the average stays the average");
    }

    #[test]
    fn only_starts_that_come_thick_and_fast_are_a_burst() {
        // Of an account that starts every other day: in one of its days of one to two starts none.
        assert!((0..=2).all(|starts| burst(0.5, starts) == 1.0));
        assert!(burst(0.5, 4) < 3.0 && burst(0.5, 6) > 4.0);
        // Of one with four a day five are nothing.
        assert_eq!(burst(4.0, 8), 1.0);
    }

    #[test]
    fn being_overdue_sets_in_without_a_step_and_ends() {
        assert_eq!(overdue(0.0), 1.0);
        assert!((overdue(3.01) - 1.0).abs() < 1e-3);
        assert!(overdue(20.0) > overdue(10.0));
        assert_eq!(overdue(50.0), overdue(1e9));
    }
}
