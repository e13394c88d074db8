//! The weekly intensity: eight opinions about it, mixed by how well each has foretold.
//!
//! Every expert is a Gamma-Poisson posterior mean, events over exposure (in passes of a slot), one
//! level pulled towards the next: the slot of this weekday towards the same time on any day, that
//! towards the pool's shape at the account's own rate. They differ in how far they smooth and how
//! much they believe in weekdays; one forgets fast, one does not look at the clock at all.

use super::clock::{DAY_SLOTS, WEEK_SLOTS};
use super::column::Column;
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

/// What the experts think of every slot of the week: starts in it.
pub(super) struct Experts {
    /// Each one's opinion.
    pub(super) opinions: Vec<[f64; EXPERTS]>,
    /// The mixture.
    pub(super) mixture: Vec<f64>,
    /// The account's starts a day of time at risk.
    pub(super) rate: f64,
    /// What the same time on any day is worth to a weekday, in weeks, as the experts' weights
    /// have it.
    pub(super) weekday_prior: f64,
}

impl Experts {
    pub(super) fn new(record: &Record, pool: &Pool) -> Self {
        let rate = (f64::from(record.starts) + RATE_PRIOR)
            / (f64::from(record.exposure) + RATE_PRIOR / pool.rate());
        let even = rate / DAY_SLOTS as f64;
        let prior = pool.shape.doubles().map(|shape| SHAPE_PRIOR * even * shape);

        let mut exposure = record.week.due.doubles();
        smooth(&mut exposure, BROAD);
        let daily = by_day(&exposure).map(|exposure| 1.0 / (exposure + SHAPE_PRIOR));
        let starts = REACH.map(|reach| {
            let mut starts = record.week.seen.doubles();
            smooth(&mut starts, reach);
            starts
        });
        let any_day = starts.each_ref().map(|starts| posterior(by_day(starts), &prior, &daily));

        let [mut fast, mut fast_exposure] =
            [&record.fast.seen, &record.fast.due].map(Column::doubles);
        smooth(&mut fast, BROAD);
        smooth(&mut fast_exposure, BROAD);
        let fast_daily = fast_exposure.map(|exposure| 1.0 / (exposure + SHAPE_PRIOR));
        let fast = posterior(fast, &prior, &fast_daily);

        let weights = weights(&record.weights);
        let mut opinions = Vec::with_capacity(WEEK_SLOTS);
        let mut mixture = Vec::with_capacity(WEEK_SLOTS);
        for slot in 0..WEEK_SLOTS {
            let time = slot % DAY_SLOTS;
            let weekly = WEEKDAY_PRIOR.map(|prior| 1.0 / (exposure[slot] + prior));
            let think = |smoothing: usize, belief: usize| {
                let prior = WEEKDAY_PRIOR[belief] * any_day[smoothing][time];
                (starts[smoothing][slot] + prior) * weekly[belief]
            };
            let opinion = [
                think(0, 0),
                think(0, 1),
                think(1, 0),
                think(1, 1),
                think(2, 0),
                think(2, 1),
                fast[time],
                even,
            ];
            mixture
                .push(opinion.iter().zip(weights).map(|(opinion, weight)| opinion * weight).sum());
            opinions.push(opinion);
        }
        let [few, many] =
            [0, 1].map(|belief| weights[belief] + weights[belief + 2] + weights[belief + 4]);
        let weekday_prior = (few * WEEKDAY_PRIOR[0] + many * WEEKDAY_PRIOR[1]) / (few + many);
        Self { opinions, mixture, rate, weekday_prior }
    }

    /// What makes an intensity one that is relative to the account's average.
    pub(super) fn per_average(&self) -> f64 {
        DAY_SLOTS as f64 / self.rate
    }
}

/// A week, added up by slots of the day.
fn by_day(week: &[f64; WEEK_SLOTS]) -> [f64; DAY_SLOTS] {
    let mut day = [0.0; DAY_SLOTS];
    for (i, value) in week.iter().enumerate() {
        day[i % DAY_SLOTS] += value;
    }
    day
}

/// Posterior means: events and the prior's, times the inverse of the exposure and the prior's.
fn posterior(
    mut events: [f64; DAY_SLOTS],
    prior: &[f64; DAY_SLOTS],
    inverse: &[f64; DAY_SLOTS],
) -> [f64; DAY_SLOTS] {
    for ((events, prior), inverse) in events.iter_mut().zip(prior).zip(inverse) {
        *events = (*events + prior) * inverse;
    }
    events
}

/// From logarithms to shares of 1.
fn weights(logs: &[f32; EXPERTS]) -> [f64; EXPERTS] {
    let most = logs.iter().copied().fold(f32::MIN, f32::max);
    let plain = logs.map(|log| f64::from(log - most).exp());
    let sum: f64 = plain.iter().sum();
    plain.map(|weight| (1.0 - EVEN) * weight / sum + EVEN / EXPERTS as f64)
}
