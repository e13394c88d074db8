//! Averages on the clock face, where a minute before midnight and a minute after are neighbours.

use std::f64::consts::{PI, TAU};

use serde::{Deserialize, Serialize};

use almanac_wire::Span;

use super::clock::Moment;

const DAY: i64 = Span::DAY.ms();
/// Minutes of a full turn of the clock.
pub(super) const MINUTES: f64 = 1440.0;
/// Below this resultant length no direction is left but rounding errors.
const NO_DIRECTION: f64 = 1e-9;

/// The average of times of the day: the mean direction of their unit vectors.
///
/// Source: Mardia and Jupp, Directional Statistics (2000), section 2.2. A moment known only to lie
/// in an interval enters with its expected vector, shorter than 1: what is not known is spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockMean {
    /// Minutes after local midnight, `0.0..1440.0`; `None` where the times cancel each other out
    /// (noon and midnight have no average). With several usual times a day it lies between them
    /// and says little; [`Usual`](super::Usual) says more.
    pub minute: Option<f64>,
    /// Mean resultant length, `0.0..=1.0`: 1 where all are at one time of the day, 0 where they
    /// cancel out.
    pub resultant: f64,
    /// Angular deviation in minutes, `0.0..=324.1`: `sqrt(2 (1 - resultant))` in radians, for
    /// times close together the standard deviation. Source: Batschelet, Circular Statistics in
    /// Biology (1981), section 2.3.
    pub spread_minutes: f64,
}

/// Times of the day, added up as vectors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Directions {
    count: f64,
    sin: f64,
    cos: f64,
}

impl Directions {
    /// Adds a moment; one known only to a day or more tells no time of the day.
    pub(super) fn add(&mut self, moment: Moment) {
        let (sin, cos) = (turn(moment.local.rem_euclid(DAY)) * TAU).sin_cos();
        let half = turn(moment.width.clamp(0, DAY)) * PI;
        // The mean of the unit vectors over an arc of `2 half`: sin(half) / half.
        let length = if half > 1e-6 { half.sin() / half } else { 1.0 };
        self.count += 1.0;
        self.sin += sin * length;
        self.cos += cos * length;
    }

    /// The average; `None` of nothing.
    pub(super) fn mean(&self) -> Option<ClockMean> {
        (self.count > 0.0).then(|| {
            let length = (self.sin * self.sin + self.cos * self.cos).sqrt() / self.count;
            let resultant = length.min(1.0);
            let spread_minutes = (2.0 * (1.0 - resultant)).sqrt() / TAU * MINUTES;
            let minute = (resultant > NO_DIRECTION).then(|| {
                let minute = self.sin.atan2(self.cos) / TAU * MINUTES;
                let minute = if minute < 0.0 { minute + MINUTES } else { minute };
                // A hair before midnight rounds up to a full turn.
                if minute < MINUTES { minute } else { 0.0 }
            });
            ClockMean { minute, resultant, spread_minutes }
        })
    }
}

/// Milliseconds as a share of a day.
const fn turn(ms: i64) -> f64 {
    ms as f64 / DAY as f64
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn mean(minutes: &[i64], width: i64) -> Option<ClockMean> {
        let mut sum = Directions::default();
        for minute in minutes {
            sum.add(Moment { local: minute * 60_000, width: width * 60_000 });
        }
        sum.mean()
    }

    #[test]
    fn nothing_has_no_average() {
        assert_eq!(mean(&[], 0), None);
    }

    #[test]
    fn rounding_never_makes_it_a_full_turn() {
        for minute in 1..360 {
            let mean =
                mean(&[1440 - minute, 1440 + minute], 0).and_then(|mean| mean.minute).unwrap();
            assert!((0.0..1e-9).contains(&mean) || (1439.999..1440.0).contains(&mean), "{mean}");
        }
    }

    #[test]
    fn rounding_never_makes_it_longer_than_one() {
        for minute in 0..1440 {
            let mean = mean(&[minute; 7], 0).unwrap();
            assert!(mean.resultant <= 1.0 && mean.spread_minutes < 1e-3, "{minute}: {mean:?}");
        }
    }

    #[test]
    fn a_spread_is_that_of_the_times() {
        // Ten minutes early or late: to first order their standard deviation.
        let mean = mean(&[600, 620], 0).unwrap();
        assert!((mean.spread_minutes - 10.0).abs() < 0.01, "{mean:?}");
    }

    #[test]
    fn what_is_not_known_is_spread() {
        let known_to = |width| mean(&[600], width).unwrap();
        assert!((known_to(0).resultant - 1.0).abs() < 1e-12);
        // Half a turn: its unit vectors average to 2 / pi.
        assert!((known_to(720).resultant - 2.0 / PI).abs() < 1e-12);
        assert_eq!(known_to(1440).minute, None);
        assert_eq!(known_to(2000).minute, None);
    }
}
