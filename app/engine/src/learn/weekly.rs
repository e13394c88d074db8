//! The fitted week in hours, to be shown.

use serde::{Deserialize, Serialize};

use super::clock::{DAY_SLOTS, WEEK_SLOTS};
use super::experts::Experts;

/// Slots of an hour.
const HOUR_SLOTS: usize = 6;
/// The learner's week begins on a Thursday: Sunday is its fourth day, counted from 0 to 3.
const SUNDAY: usize = 3 * DAY_SLOTS;
/// The slots over which a Gaussian kernel with a standard deviation of 5.5 slots averages: the
/// inverse of the sum of its squares, `2 sqrt(pi)` standard deviations.
const WINDOW: f64 = 19.4;

/// What is usual in an hour of the local week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HourOfWeek {
    /// Starts in it, on average over the weeks in which the account is as active as it used to be.
    pub expected: f64,
    /// The standard error of `expected`. The estimate is a Gamma posterior, starts over time at
    /// risk, whose shape is the starts within some hundred minutes on either side, on this weekday and,
    /// as far as other days count, on those; its relative error is `1 / sqrt(shape)`.
    pub standard_error: f64,
}

impl HourOfWeek {
    /// Every hour from Sunday 00:00 on.
    pub(super) fn all(experts: &Experts) -> Vec<Self> {
        let hour = |first: usize| {
            let slots = first..first + HOUR_SLOTS;
            let expected: f64 = experts.mixture[slots.clone()].iter().sum();
            let shape = experts.shape[slots].iter().sum::<f64>() / HOUR_SLOTS as f64 * WINDOW;
            Self { expected, standard_error: expected / shape.sqrt() }
        };
        let first = |hour: usize| (SUNDAY + hour * HOUR_SLOTS) % WEEK_SLOTS;
        (0..WEEK_SLOTS / HOUR_SLOTS).map(|i| hour(first(i))).collect()
    }
}
