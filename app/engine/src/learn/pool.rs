//! What all accounts have in common: the prior of each.

use serde::{Deserialize, Serialize};

use super::ahead::Class;
use super::clock::{DAY_SLOTS, HOUR_PIECES};
use super::column::{Column, Tally, single};
use super::endings::{BANDS, FACTORS, GROUPS};
use super::factors::SINCE;
use super::learner::Learner;
use super::smoothing::smooth_one;

/// Starts a day of an account of which nothing is known.
const RATE: f64 = 0.4;
/// What that is worth, in days.
const RATE_DAYS: f64 = 10.0;
/// Reach of the smoothing of the shape: a standard deviation of 45 minutes.
const SHAPE_REACH: usize = 4;
/// What an even shape is worth, in days.
const SHAPE_DAYS: f64 = 20.0;
/// The hazard of ending of which nothing is known, a minute: four hours on average.
const ENDING: f64 = 1.0 / 240.0;
/// Younger sessions than this, in minutes, are half as likely to end.
const YOUNG: f64 = 60.0;
/// What that is worth, in sessions that pass through a band; the last band counts so many minutes.
const ENDING_SESSIONS: f64 = 3.0;
const LAST_BAND: f64 = 400.0;
/// How many times as likely as others sessions of a class are to end, in each group of ages.
const CLASSES: [[f64; GROUPS]; Class::ALL.len()] =
    [[2.5, 1.8, 1.2, 1.0], [1.3, 1.3, 1.1, 1.0], [1.0, 1.0, 1.0, 1.0], [0.5, 0.7, 0.9, 1.0]];
/// What these are worth, in endings.
const CLASS_ENDINGS: f64 = 6.0;
/// What a factor of 1 is worth, in starts.
const FACTOR_STARTS: f64 = 20.0;

/// The accounts' common prior. Gather it anew when a day has passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// Starts a day of an account's time at risk.
    pub(super) rate: f32,
    /// For each slot of the day, how many times as likely as on average a start is.
    pub(super) shape: Column<DAY_SLOTS>,
    /// The hazard of ending in each band of age, a minute.
    pub(super) ending: Column<{ BANDS.len() }>,
    /// How many times as likely to end sessions of a class are, in each group of ages.
    pub(super) class: Column<FACTORS>,
    /// The factor of each piece of the hour.
    pub(super) minute: Column<HOUR_PIECES>,
    /// The factor of the time since the last end.
    pub(super) since: Column<{ SINCE.len() }>,
}

impl Default for Pool {
    /// The prior where there are no accounts.
    fn default() -> Self {
        Self::gather(std::iter::empty())
    }
}

impl Pool {
    /// What the accounts' sums, as far as these have faded, say together. Each is a Gamma-Poisson
    /// posterior mean: events plus the events of the prior, over their due plus that of the prior.
    #[must_use]
    pub fn gather<'a>(learners: impl IntoIterator<Item = &'a Learner>) -> Self {
        let (mut starts, mut exposure) = ([0.0; DAY_SLOTS], [0.0; DAY_SLOTS]);
        let mut ending = Sums::new();
        let mut class = Sums::new();
        let mut minute = Sums::new();
        let mut since = Sums::new();
        for record in learners.into_iter().map(|learner| &learner.record) {
            fold(&mut starts, &record.week.seen);
            fold(&mut exposure, &record.week.due);
            ending.add(&record.endings);
            class.add(&record.classes);
            minute.add(&record.minute);
            since.add(&record.since);
        }
        let slots = DAY_SLOTS as f64;
        let days = exposure.iter().sum::<f64>() / slots;
        let rate = (starts.iter().sum::<f64>() + RATE * RATE_DAYS) / (days + RATE_DAYS);
        smooth_one(&mut starts, SHAPE_REACH);
        smooth_one(&mut exposure, SHAPE_REACH);
        let shape = |slot: usize| {
            (starts[slot] * slots + SHAPE_DAYS * rate) / (exposure[slot] + SHAPE_DAYS) / rate
        };
        Self {
            rate: single(rate),
            shape: Column::from_fn(shape),
            ending: ending.ratio(|band| {
                let begin = BANDS[band];
                let width = BANDS.get(band + 1).map_or(LAST_BAND, |end| end - begin);
                let hazard = if begin < YOUNG { ENDING / 2.0 } else { ENDING };
                (hazard, width.min(LAST_BAND) * ENDING_SESSIONS)
            }),
            class: class.ratio(|i| (CLASSES[i / GROUPS][i % GROUPS], CLASS_ENDINGS)),
            minute: minute.ratio(|_| (1.0, FACTOR_STARTS)),
            since: since.ratio(|_| (1.0, FACTOR_STARTS)),
        }
    }

    /// Starts a day of an account's time at risk.
    pub(super) fn rate(&self) -> f64 {
        f64::from(self.rate)
    }
}

/// Adds up a week by slots of the day.
pub(super) fn fold<const N: usize>(day: &mut [f64; DAY_SLOTS], week: &Column<N>) {
    for (i, value) in week.values().enumerate() {
        day[i % DAY_SLOTS] += value;
    }
}

/// Tallies of all accounts, added up.
struct Sums<const N: usize> {
    seen: [f64; N],
    due: [f64; N],
}

impl<const N: usize> Sums<N> {
    const fn new() -> Self {
        Self { seen: [0.0; N], due: [0.0; N] }
    }

    fn add(&mut self, tally: &Tally<N>) {
        for (sum, column) in [(&mut self.seen, &tally.seen), (&mut self.due, &tally.due)] {
            for (sum, value) in sum.iter_mut().zip(column.values()) {
                *sum += value;
            }
        }
    }

    /// The posterior means; `prior` tells for each place its mean and what that is worth, in due.
    fn ratio(&self, prior: impl Fn(usize) -> (f64, f64)) -> Column<N> {
        Column::from_fn(|i| {
            let (mean, due) = prior(i);
            (self.seen[i] + mean * due) / (self.due[i] + due)
        })
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn without_accounts_it_is_the_prior() {
        let pool = Pool::default();
        assert!((pool.rate() - RATE).abs() < 1e-7);
        assert_eq!(pool.shape, Column::filled(1.0));
        assert_eq!(pool.minute, Column::filled(1.0));
        assert!((pool.ending.get(0) - ENDING / 2.0).abs() < 1e-9);
        assert!((pool.ending.get(13) - ENDING).abs() < 1e-9);
        assert_eq!(pool.class.get(0), 2.5);
    }

    #[test]
    fn what_accounts_did_is_added_up() {
        let mut learners = [Learner::default(), Learner::default()];
        for learner in &mut learners {
            let record = &mut learner.record;
            for slot in 0..7 * DAY_SLOTS {
                record.week.due.add(slot, 5.0);
            }
            record.week.seen.add(DAY_SLOTS * 3 + 100, 7.0);
            record.minute.seen.add(2, 10.0);
            record.minute.due.add(2, 40.0);
            record.since.seen.add(0, 30.0);
            record.since.due.add(0, 5.0);
            record.endings.seen.add(13, 10.0);
            record.endings.due.add(13, 400.0);
            record.classes.seen.add(3, 4.0);
            record.classes.due.add(3, 2.0);
        }
        let pool = Pool::gather(&learners);
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        };
        // 14 starts in 70 days, and 4 in 10.
        near(pool.rate(), 18.0 / 80.0);
        near(pool.minute.get(2), 40.0 / 100.0);
        near(pool.since.get(0), 80.0 / 30.0);
        near(pool.ending.get(13), 25.0 / 2000.0);
        near(pool.class.get(3), 14.0 / 10.0);
        near(pool.class.get(2), 1.2);
        let most = (0..DAY_SLOTS).max_by(|a, b| pool.shape.get(*a).total_cmp(&pool.shape.get(*b)));
        assert_eq!(most, Some(100));
        assert!(pool.shape.get(100) > 3.0 && pool.shape.get(20) < 0.5);
    }
}
