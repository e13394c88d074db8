//! How good probabilities are: pure functions of forecasts and what came of them.

use serde::Serialize;

use crate::numbers::{fraction, index};

/// Bins of a reliability table, of equal width.
pub const BINS: usize = 10;

/// Probabilities of something and whether it was so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs(pub Vec<(f64, bool)>);

/// How good a set of probabilities is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Forecasts.
    pub forecasts: usize,
    /// Mean squared error: 0 is perfect.
    pub brier: f64,
    /// Expected calibration error: mean distance of bins from the diagonal, weighted by forecasts.
    pub ece: f64,
}

/// A row of the reliability table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Forecasts in it.
    pub forecasts: usize,
    /// Their mean.
    pub mean: f64,
    /// The share of them that came true.
    pub share: f64,
}

impl Pairs {
    /// Brier score and calibration error; `None` without any forecast.
    #[must_use]
    pub fn score(&self) -> Option<Score> {
        let brier = self.brier()?;
        Some(Score { forecasts: self.0.len(), brier, ece: self.ece() })
    }

    /// The mean squared error.
    #[must_use]
    pub fn brier(&self) -> Option<f64> {
        mean(self.0.iter().map(|(p, outcome)| (p - truth(*outcome)).powi(2)))
    }

    /// The share that came true: what a climatology says, that knows nothing but this.
    #[must_use]
    pub fn base_rate(&self) -> Option<f64> {
        mean(self.0.iter().map(|(_, outcome)| truth(*outcome)))
    }

    /// Skill over a climatology that says the same every time: 1 is perfect, 0 as good as that,
    /// below 0 worse. `None` where the climatology is perfect itself, or there is no forecast.
    #[must_use]
    pub fn skill_over(&self, climatology: f64) -> Option<f64> {
        let reference = mean(self.0.iter().map(|(_, was)| (climatology - truth(*was)).powi(2)))?;
        (reference > 0.0).then_some(1.0 - self.brier()? / reference)
    }

    /// The reliability table, from `0.0..0.1` to `0.9..=1.0`.
    #[must_use]
    pub fn reliability(&self) -> [Bin; BINS] {
        let mut bins = [Bin::default(); BINS];
        for (p, outcome) in &self.0 {
            let bin = &mut bins[index((p * fraction(BINS)).floor()).min(BINS - 1)];
            bin.forecasts += 1;
            bin.mean += p;
            bin.share += truth(*outcome);
        }
        for bin in bins.iter_mut().filter(|bin| bin.forecasts > 0) {
            bin.mean /= fraction(bin.forecasts);
            bin.share /= fraction(bin.forecasts);
        }
        bins
    }

    /// The expected calibration error; 0 without any forecast.
    #[must_use]
    pub fn ece(&self) -> f64 {
        let off = |bin: &Bin| fraction(bin.forecasts) * (bin.mean - bin.share).abs();
        self.reliability().iter().map(off).sum::<f64>() / fraction(self.0.len().max(1))
    }
}

/// The continuous ranked probability score of a forecast time.
///
/// `cdf` has points (time, probability that it has happened by then), rising, read as straight
/// lines between and from (0, 0); it is scored up to its last point. `observed` is when it happened;
/// `None` for later than that. In units of time: 0 is perfect, and a forecast that names one moment
/// scores how far it was off.
#[must_use]
pub fn crps(cdf: &[(f64, f64)], observed: Option<f64>) -> f64 {
    let observed = observed.unwrap_or(f64::INFINITY);
    let (mut score, mut from, mut low) = (0.0, 0.0, 0.0);
    for &(to, high) in cdf {
        let width = to - from;
        if observed >= to {
            score += area(low, high, width);
        } else if observed <= from {
            score += area(low - 1.0, high - 1.0, width);
        } else {
            let part = (observed - from) / width;
            let at = low + (high - low) * part;
            score += area(low, at, width * part) + area(at - 1.0, high - 1.0, width * (1.0 - part));
        }
        (from, low) = (to, high);
    }
    score
}

/// The integral of the square of a straight line.
fn area(from: f64, to: f64, width: f64) -> f64 {
    width * (from * from + from * to + to * to) / 3.0
}

/// How often shown windows held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Windows {
    /// Windows shown.
    pub shown: usize,
    /// The mean probability they were shown with.
    pub promised: f64,
    /// The share that held.
    pub held: f64,
}

/// Compares windows' probabilities with how often they held; `None` without any.
#[must_use]
pub fn windows(pairs: &Pairs) -> Option<Windows> {
    let promised = mean(pairs.0.iter().map(|(p, _)| *p))?;
    Some(Windows { shown: pairs.0.len(), promised, held: pairs.base_rate()? })
}

/// The mean; `None` of nothing.
pub(crate) fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / fraction(count))
}

fn truth(outcome: bool) -> f64 {
    f64::from(u8::from(outcome))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn brier_and_skill_of_a_small_case() {
        let pairs = Pairs(vec![(0.8, true), (0.4, false), (0.0, false), (1.0, true)]);
        assert!(near(pairs.brier().unwrap(), (0.04 + 0.16) / 4.0));
        assert!(near(pairs.base_rate().unwrap(), 0.5));
        assert!(near(pairs.skill_over(0.5).unwrap(), 1.0 - 0.05 / 0.25));
        assert_eq!(Pairs::default().score(), None);
        assert_eq!(Pairs(vec![(0.3, false)]).skill_over(0.0), None, "climatology was perfect");
    }

    #[test]
    fn the_table_and_its_error_of_a_small_case() {
        let pairs =
            Pairs(vec![(0.05, false), (0.05, true), (0.1, false), (1.0, true), (0.95, true)]);
        let table = pairs.reliability();
        assert_eq!((table[0].forecasts, table[1].forecasts, table[9].forecasts), (2, 1, 2));
        assert!(near(table[0].share, 0.5) && near(table[9].mean, 0.975));
        assert!(near(pairs.ece(), (2.0 * 0.45 + 0.1 + 2.0 * 0.025) / 5.0));
    }

    #[test]
    fn crps_of_cases_worked_by_hand() {
        // Uniform on 0..1, observed in the middle: 2 * the integral of x^2 to one half.
        assert!(near(crps(&[(1.0, 1.0)], Some(0.5)), 1.0 / 12.0));
        // Observed at once, or never: the integral of (1-x)^2, or of x^2.
        assert!(near(crps(&[(1.0, 1.0)], Some(0.0)), 1.0 / 3.0));
        assert!(near(crps(&[(1.0, 1.0)], None), 1.0 / 3.0));
        // One moment named: as far as it is off.
        let named = [(3.0, 0.0), (3.0, 1.0), (10.0, 1.0)];
        assert!(near(crps(&named, Some(5.0)), 2.0) && near(crps(&named, Some(1.0)), 2.0));
        assert!(near(crps(&named, Some(3.0)), 0.0));
        // A forecast that says never, and is right.
        assert!(near(crps(&[(10.0, 0.0)], None), 0.0));
    }

    #[test]
    fn windows_promise_and_hold() {
        let pairs = Pairs(vec![(0.8, true), (0.6, false)]);
        let windows = windows(&pairs).unwrap();
        assert!(near(windows.promised, 0.7) && near(windows.held, 0.5) && windows.shown == 2);
    }

    fn pairs() -> impl Strategy<Value = Pairs> {
        proptest::collection::vec((0.0..=1.0_f64, any::<bool>()), 1..80).prop_map(Pairs)
    }

    proptest! {
        #[test]
        fn the_base_rate_is_the_best_constant(pairs in pairs(), other in 0.0..=1.0_f64) {
            let best = pairs.base_rate().unwrap();
            let constant = |p: f64| Pairs(pairs.0.iter().map(|(_, was)| (p, *was)).collect());
            prop_assert!(constant(best).brier() <= constant(other).brier());
            prop_assert!(constant(best).ece() < 1e-9, "a climatology is calibrated");
        }

        #[test]
        fn the_table_loses_no_forecast(pairs in pairs()) {
            let table = pairs.reliability();
            prop_assert_eq!(table.iter().map(|bin| bin.forecasts).sum::<usize>(), pairs.0.len());
            for (place, bin) in table.iter().enumerate().filter(|(_, bin)| bin.forecasts > 0) {
                let low = fraction(place) / fraction(BINS);
                prop_assert!(low - 1e-9 <= bin.mean && bin.mean <= low + 0.1 + 1e-9);
            }
            prop_assert!((0.0..=1.0).contains(&pairs.ece()));
        }

        #[test]
        fn crps_is_the_integral_summed_in_small_steps(
            steps in proptest::collection::vec((0.1..3.0_f64, 0.0..1.0_f64), 1..8),
            observed in proptest::option::of(0.0..20.0_f64),
        ) {
            let whole: f64 = steps.iter().map(|(_, rise)| rise).sum::<f64>() + 0.5;
            let mut cdf = Vec::new();
            let (mut at, mut p) = (0.0, 0.0);
            for (width, rise) in &steps {
                at += width;
                p += rise / whole;
                cdf.push((at, p));
            }
            let value = |x: f64| {
                let mut before = (0.0, 0.0);
                for &(to, high) in &cdf {
                    if x <= to {
                        return before.1 + (high - before.1) * (x - before.0) / (to - before.0);
                    }
                    before = (to, high);
                }
                before.1
            };
            let cells: u32 = 20_000;
            let width = at / f64::from(cells);
            let slow: f64 = (0..cells)
                .map(|cell| (f64::from(cell) + 0.5) * width)
                .map(|x| (value(x) - truth(observed.is_some_and(|y| y <= x))).powi(2) * width)
                .sum();
            prop_assert!((slow - crps(&cdf, observed)).abs() < 1e-2, "{} {}", slow, crps(&cdf, observed));
        }
    }
}
