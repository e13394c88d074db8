//! Makes probabilities come true as often as they say.

use serde::{Deserialize, Serialize};

/// How much of what was learned stays after each forecast that came due: the last 2000 count.
const KEEP: f64 = 1.0 - 1.0 / 2000.0;
/// How much it takes to leave the identity, in forecasts of one half.
const PRIOR: f64 = 40.0;
/// Log-odds are taken to lie within this.
const FARTHEST: f64 = 5.0;

/// A line through log-odds, fitted to what came of earlier forecasts: Platt scaling (Platt 1999),
/// online by Newton's steps with forgetting, and drawn to the identity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibrator {
    shift: f64,
    slope: f64,
    /// The curvature so far: of the shift, of both, of the slope.
    curvature: [f64; 3],
}

impl Default for Calibrator {
    /// The identity.
    fn default() -> Self {
        Self { shift: 0.0, slope: 1.0, curvature: [PRIOR / 4.0, 0.0, PRIOR / 4.0] }
    }
}

impl Calibrator {
    /// What a forecast should have said, `0.0..=1.0`.
    #[must_use]
    pub fn correct(&self, said: f64) -> f64 {
        self.at(log_odds(said))
    }

    /// Learns what came of a forecast, as it was before correction.
    pub fn learn(&mut self, said: f64, came_true: bool) {
        let odds = log_odds(said);
        let now = self.at(odds);
        let weight = (now * (1.0 - now)).max(1e-3);
        let drawn = (1.0 - KEEP) * PRIOR / 4.0;
        let [shift, both, slope] = self.curvature;
        let shift = KEEP * shift + drawn + weight;
        let both = KEEP * both + weight * odds;
        let slope = KEEP * slope + drawn + weight * odds * odds;
        self.curvature = [shift, both, slope];
        let surprise = f64::from(u8::from(came_true)) - now;
        let (up, out) =
            (surprise - drawn * self.shift, surprise * odds + drawn * (1.0 - self.slope));
        // Both drawn parts are positive, so that it is never singular.
        let size = shift * slope - both * both;
        self.shift = (self.shift + (slope * up - both * out) / size).clamp(-3.0, 3.0);
        self.slope = (self.slope + (shift * out - both * up) / size).clamp(0.2, 2.0);
    }

    fn at(&self, odds: f64) -> f64 {
        1.0 / (1.0 + (-(self.shift + self.slope * odds)).exp())
    }
}

fn log_odds(said: f64) -> f64 {
    let said = said.clamp(1e-9, 1.0 - 1e-9);
    (said / (1.0 - said)).ln().clamp(-FARTHEST, FARTHEST)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Evenly spread over 0.0..1.0, in no order.
    fn spread(n: u32) -> f64 {
        (f64::from(n) * 0.618_033_988_75).fract()
    }

    fn taught(truth: impl Fn(f64) -> f64, forecasts: u32) -> Calibrator {
        let mut calibrator = Calibrator::default();
        for n in 0..forecasts {
            let said = 0.02 + 0.96 * spread(n);
            calibrator.learn(said, spread(n.wrapping_mul(7919) + 13) < truth(said));
        }
        calibrator
    }

    #[test]
    fn at_first_it_changes_nothing() {
        for said in [0.01, 0.3, 0.9] {
            assert!((Calibrator::default().correct(said) - said).abs() < 1e-9);
        }
    }

    #[test]
    fn who_is_too_sure_is_corrected() {
        // True log-odds are half of those said.
        let truth = |said: f64| 1.0 / (1.0 + (-0.5 * log_odds(said)).exp());
        let calibrator = taught(truth, 4000);
        for said in [0.05, 0.2, 0.5, 0.8, 0.95] {
            let found = calibrator.correct(said);
            assert!((found - truth(said)).abs() < 0.05, "{said}: {found} for {}", truth(said));
        }
    }

    #[test]
    fn who_is_right_is_left_alone_and_order_is_kept() {
        let calibrator = taught(|said| said, 4000);
        let mut before = 0.0;
        for percent in 1..100 {
            let said = f64::from(percent) / 100.0;
            let found = calibrator.correct(said);
            assert!((found - said).abs() < 0.06 && found > before, "{said}: {found}");
            before = found;
        }
    }

    #[test]
    fn one_surprise_does_little() {
        let mut calibrator = Calibrator::default();
        calibrator.learn(0.001, true);
        assert!(calibrator.correct(0.5) < 0.75 && calibrator.correct(0.001) < 0.1);
    }
}
