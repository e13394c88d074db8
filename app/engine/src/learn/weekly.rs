//! The fitted week in hours, to be shown.

use serde::{Deserialize, Serialize};

use super::clock::{DAY_SLOTS, HOUR_SLOTS, WEEK_HOURS};
use super::experts::{RATE_PRIOR, SHAPE_PRIOR, weekday_prior};
use super::pool::Pool;
use super::record::Record;
use super::smoothing::smooth_one;

/// Hours of a day.
const DAY_HOURS: usize = 24;
/// The learner's week begins on a Thursday: Sunday is its fourth day, counted from 0 to 3.
const SUNDAY: usize = 3 * DAY_HOURS;
/// Reach of the smoothing of starts, in slots: a standard deviation of 25 minutes.
const REACH: usize = 2;
/// The hours over which the smoothing and the counting by hours average: the inverse of the sum of
/// the squares of their kernel, `2 sqrt(pi)` of its standard deviations for a Gaussian.
const WINDOW: f64 = 1.76;
/// What is usual in an hour of the local week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HourOfWeek {
    /// Starts in it, a week: starts over time watched, live or not. A Gamma-Poisson posterior mean
    /// in which this weekday is pulled towards the same time on any day, and that towards the pool.
    pub expected: f64,
    /// The standard error of `expected`. Both are Gamma posteriors, whose relative variance is one
    /// over their shape; by the law of total variance they add up.
    pub standard_error: f64,
}

impl HourOfWeek {
    /// Every hour from Sunday 00:00 on.
    pub(super) fn all(record: &Record, pool: &Pool) -> Vec<Self> {
        Self::with_prior(record, pool, weekday_prior(record))
    }

    /// The same where the same time on any day is worth so many weeks to a weekday.
    fn with_prior(record: &Record, pool: &Pool, weekday_prior: f64) -> Vec<Self> {
        let mut slots = record.week.seen.doubles();
        smooth_one(&mut slots, REACH);
        let mut starts = [0.0; WEEK_HOURS];
        for (slot, share) in slots.iter().enumerate() {
            starts[slot / HOUR_SLOTS] += share;
        }
        let watched = record.watched.doubles();
        let days = watched.iter().sum::<f64>() / DAY_HOURS as f64;
        let rate = (f64::from(record.starts) + RATE_PRIOR) / (days + RATE_PRIOR / pool.rate());
        let (mut any_day, mut any_day_watched) = ([0.0; DAY_HOURS], [SHAPE_PRIOR; DAY_HOURS]);
        for (slot, shape) in pool.shape.values().enumerate() {
            any_day[slot / HOUR_SLOTS] += SHAPE_PRIOR * rate * shape / DAY_SLOTS as f64;
        }
        for hour in 0..WEEK_HOURS {
            any_day[hour % DAY_HOURS] += starts[hour];
            any_day_watched[hour % DAY_HOURS] += watched[hour];
        }
        let hour = |hour: usize| {
            let time = hour % DAY_HOURS;
            let lent = weekday_prior * any_day[time] / any_day_watched[time];
            let shape = starts[hour] + lent;
            let expected = shape / (watched[hour] + weekday_prior);
            let share_lent = lent / shape;
            let variance = (1.0 / shape + share_lent * share_lent / any_day[time]) / WINDOW;
            Self { expected, standard_error: expected * variance.sqrt() }
        };
        (0..WEEK_HOURS).map(|i| hour((SUNDAY + i) % WEEK_HOURS)).collect()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::column::Column;
    use super::*;

    /// Ten weeks watched whole, a start every Sunday (by the learner's week) at 00:25.
    fn record() -> Record {
        let mut record = Record::new();
        record.watched = Column::filled(10.0);
        record.week.seen.add(SUNDAY * HOUR_SLOTS + 2, 10.0);
        record.starts = 10.0;
        record
    }

    #[test]
    fn expected_and_error_are_those_of_the_posteriors() {
        let week = HourOfWeek::with_prior(&record(), &Pool::default(), 2.0);
        assert_eq!(week.len(), WEEK_HOURS);
        // Nearly all of the smoothed start stays within its hour.
        let mut slots = [0.0; DAY_SLOTS];
        slots[50] = 10.0;
        smooth_one(&mut slots, REACH);
        let starts: f64 = slots[48..54].iter().sum();
        let rate = 10.8 / (70.0 + 0.8 / 0.4);
        let any_day = starts + 1.5 * rate / 24.0;
        let lent = 2.0 * any_day / 71.5;
        let shape = starts + lent;
        let HourOfWeek { expected, standard_error } = week[0];
        assert!((expected - shape / 12.0).abs() < 1e-6, "{expected}");
        let variance = 1.0 / (WINDOW * shape) + (lent / shape).powi(2) / (WINDOW * any_day);
        assert!((standard_error - expected * variance.sqrt()).abs() < 1e-6, "{standard_error}");
        // On another day nothing is known but what is lent.
        let HourOfWeek { expected, standard_error } = week[24];
        assert!((expected - lent / 12.0).abs() < 1e-6, "{expected}");
        let variance = 1.0 / (WINDOW * lent) + 1.0 / (WINDOW * any_day);
        assert!((standard_error - expected * variance.sqrt()).abs() < 1e-6, "{standard_error}");
    }

    #[test]
    fn the_window_is_that_of_the_smoothing() {
        let mut slots = [0.0; DAY_SLOTS];
        slots[72] = 1.0;
        smooth_one(&mut slots, REACH);
        // A start at any slot of an hour, in shares by hours: the window is the inverse of the
        // sum of the squares, averaged over the slots.
        let squares = (0..HOUR_SLOTS).map(|shift| {
            let hours = (0..DAY_HOURS).map(|hour| {
                let first = hour * HOUR_SLOTS + shift;
                (first..first + HOUR_SLOTS).map(|slot| slots[slot % DAY_SLOTS]).sum::<f64>()
            });
            hours.map(|share| share * share).sum::<f64>()
        });
        let window = HOUR_SLOTS as f64 / squares.sum::<f64>();
        assert!((window - WINDOW).abs() < 0.1, "{window}");
    }
}
