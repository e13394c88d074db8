//! The weekly intensity: eight opinions about it, mixed by how well each has foretold.
//!
//! Every expert is a Gamma-Poisson posterior mean, events over exposure (in passes of a slot), one
//! level pulled towards the next: the slot of this weekday towards the same time on any day, that
//! towards the pool's shape at the account's own rate. They differ in how far they smooth and how
//! much they believe in weekdays; one forgets fast, one does not look at the clock at all.

use super::clock::DAY_SLOTS;
use super::pool::Pool;
use super::record::Record;
use super::smoothing::smooth;

/// How many experts there are.
pub(super) const EXPERTS: usize = 8;
/// Reach of the smoothing: standard deviations of about 25, 55 and 125 minutes.
const REACH: [usize; 3] = [2, 5, 12];
/// Reach of the smoothing of exposures and of the expert that forgets fast.
const BROAD: usize = 5;
/// What the same time on any day is worth to a weekday, in weeks.
const WEEKDAY_PRIOR: [f64; 2] = [0.7, 4.0];
/// What the pool's shape is worth, in days.
pub(super) const SHAPE_PRIOR: f64 = 1.5;
/// What the pool's rate is worth, in starts.
pub(super) const RATE_PRIOR: f64 = 0.8;
/// The share of the weights that is spread evenly, so that no expert is ever lost.
const EVEN: f64 = 0.03;

/// How the smoothed week is laid out: starts by each reach, then exposure.
const LANES: usize = REACH.len() + 1;
/// The lane of the exposure.
const EXPOSURE: usize = REACH.len();

/// What the experts have to go by. What they think of a slot is worked out when it is asked for:
/// plans and lessons look at a fifth of the week.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Experts {
    /// For each slot of the week its [`LANES`].
    week: Vec<[f64; LANES]>,
    /// For each slot of the day what each reach says of the same time on any day.
    any_day: [[f64; REACH.len()]; DAY_SLOTS],
    /// What the expert that forgets fast says of each slot of the day.
    fast: [f64; DAY_SLOTS],
    /// What the one says that does not look at the clock.
    even: f64,
    weights: [f64; EXPERTS],
    /// The account's starts a day of time at risk.
    pub(super) rate: f64,
}

impl Experts {
    pub(super) fn new(record: &Record, pool: &Pool) -> Self {
        let rate = (f64::from(record.starts) + RATE_PRIOR)
            / (f64::from(record.exposure) + RATE_PRIOR / pool.rate());
        let even = rate / DAY_SLOTS as f64;
        let prior = pool.shape.doubles().map(|shape| SHAPE_PRIOR * even * shape);

        let sums = record.week.seen.values().zip(record.week.due.values());
        let mut week: Vec<_> = sums.map(|(seen, due)| [seen, seen, seen, due]).collect();
        smooth(&mut week, [REACH[0], REACH[1], REACH[2], BROAD]);
        let mut days = [[0.0; LANES]; DAY_SLOTS];
        for day in week.chunks_exact(DAY_SLOTS) {
            for (sums, lanes) in days.iter_mut().zip(day) {
                for (sum, lane) in sums.iter_mut().zip(lanes) {
                    *sum += lane;
                }
            }
        }
        let mut any_day = [[0.0; REACH.len()]; DAY_SLOTS];
        for ((any_day, day), prior) in any_day.iter_mut().zip(&days).zip(&prior) {
            let inverse = 1.0 / (day[EXPOSURE] + SHAPE_PRIOR);
            for (any_day, starts) in any_day.iter_mut().zip(day) {
                *any_day = (starts + prior) * inverse;
            }
        }

        let sums = record.fast.seen.values().zip(record.fast.due.values());
        let mut fast_days: Vec<_> = sums.map(|(seen, due)| [seen, due]).collect();
        smooth(&mut fast_days, [BROAD, BROAD]);
        let mut fast = [0.0; DAY_SLOTS];
        for ((fast, [starts, exposure]), prior) in fast.iter_mut().zip(fast_days).zip(prior) {
            *fast = (starts + prior) * (1.0 / (exposure + SHAPE_PRIOR));
        }
        Self { week, any_day, fast, even, weights: weights(&record.weights), rate }
    }

    /// What each expert thinks of a slot of the week: starts in it.
    pub(super) fn opinions(&self, slot: usize) -> [f64; EXPERTS] {
        let (lanes, time) = (&self.week[slot], slot % DAY_SLOTS);
        let any_day = &self.any_day[time];
        let weekly = WEEKDAY_PRIOR.map(|prior| 1.0 / (lanes[EXPOSURE] + prior));
        let think = |smoothing: usize, belief: usize| {
            let prior = WEEKDAY_PRIOR[belief] * any_day[smoothing];
            (lanes[smoothing] + prior) * weekly[belief]
        };
        [
            think(0, 0),
            think(0, 1),
            think(1, 0),
            think(1, 1),
            think(2, 0),
            think(2, 1),
            self.fast[time],
            self.even,
        ]
    }

    /// The mixture of opinions.
    pub(super) fn mixture(&self, opinions: &[f64; EXPERTS]) -> f64 {
        opinions.iter().zip(self.weights).map(|(opinion, weight)| opinion * weight).sum()
    }

    /// What makes an intensity one that is relative to the account's average.
    pub(super) fn per_average(&self) -> f64 {
        DAY_SLOTS as f64 / self.rate
    }
}

/// What the same time on any day is worth to a weekday, in weeks, as the experts' weights have it.
pub(super) fn weekday_prior(record: &Record) -> f64 {
    let weights = weights(&record.weights);
    let [few, many] =
        [0, 1].map(|belief| weights[belief] + weights[belief + 2] + weights[belief + 4]);
    (few * WEEKDAY_PRIOR[0] + many * WEEKDAY_PRIOR[1]) / (few + many)
}

/// From logarithms to shares of 1.
fn weights(logs: &[f32; EXPERTS]) -> [f64; EXPERTS] {
    let most = logs.iter().copied().fold(f32::MIN, f32::max);
    let plain = logs.map(|log| f64::from(log - most).exp());
    let sum: f64 = plain.iter().sum();
    plain.map(|weight| (1.0 - EVEN) * weight / sum + EVEN / EXPERTS as f64)
}
