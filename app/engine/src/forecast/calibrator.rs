//! Makes probabilities come true as often as they say.

use serde::{Deserialize, Serialize};

/// How much of what was learned stays after each forecast that came due: the last 2000 count.
const KEEP: f64 = 1.0 - 1.0 / 2000.0;
/// How much it takes to leave the identity, in forecasts of one half.
const PRIOR: f64 = 40.0;
/// Log-odds are taken to lie within this.
const FARTHEST: f64 = 5.0;

/// A plane through log-odds, fitted to what came of earlier forecasts: Platt scaling (Platt 1999)
/// with a second regressor, how often such a thing usually comes true, towards which forecasts
/// that are too sure are drawn. Online by Newton's steps with forgetting, itself drawn to the
/// identity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibrator {
    /// The shift, the slope of what was said, and that of what is usual.
    weights: [f64; 3],
    /// The curvature so far.
    curvature: [[f64; 3]; 3],
}

/// Changes nothing.
const IDENTITY: [f64; 3] = [0.0, 1.0, 0.0];
/// No weight is lower or higher than this.
const RANGE: [(f64, f64); 3] = [(-3.0, 3.0), (0.1, 2.0), (0.0, 1.5)];

impl Default for Calibrator {
    /// The identity.
    fn default() -> Self {
        let prior = PRIOR / 4.0;
        let curvature = [[prior, 0.0, 0.0], [0.0, prior, 0.0], [0.0, 0.0, prior]];
        Self { weights: IDENTITY, curvature }
    }
}

impl Calibrator {
    /// What a forecast should have said, `0.0..=1.0`; `usual` is how often such a thing comes
    /// true.
    #[must_use]
    pub fn correct(&self, said: f64, usual: f64) -> f64 {
        self.at([1.0, log_odds(said), log_odds(usual)])
    }

    /// Learns what came of a forecast, as it was before correction. `came_true` is 1.0 or 0.0, or
    /// a probability where that is not known for certain.
    pub fn learn(&mut self, said: f64, usual: f64, came_true: f64) {
        let inputs = [1.0, log_odds(said), log_odds(usual)];
        let now = self.at(inputs);
        let weight = (now * (1.0 - now)).max(1e-3);
        let drawn = (1.0 - KEEP) * PRIOR / 4.0;
        let surprise = came_true.clamp(0.0, 1.0) - now;
        let mut push = [0.0; 3];
        for (row, (input, push)) in inputs.iter().zip(&mut push).enumerate() {
            for (other, curvature) in inputs.iter().zip(&mut self.curvature[row]) {
                *curvature = KEEP * *curvature + weight * input * other;
            }
            self.curvature[row][row] += drawn;
            *push = surprise * input + drawn * (IDENTITY[row] - self.weights[row]);
        }
        let step = solved(self.curvature, push);
        for ((weight, step), (least, most)) in self.weights.iter_mut().zip(step).zip(RANGE) {
            *weight = (*weight + step).clamp(least, most);
        }
    }

    fn at(&self, inputs: [f64; 3]) -> f64 {
        let odds: f64 = self.weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum();
        1.0 / (1.0 + (-odds).exp())
    }
}

/// The solution of `matrix x = right`, of a matrix that is symmetric and positive.
fn solved(matrix: [[f64; 3]; 3], right: [f64; 3]) -> [f64; 3] {
    let [[a, b, c], [_, d, e], [_, _, f]] = matrix;
    // The adjugate over the determinant.
    let (aa, bb, cc) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let (dd, ee, ff) = (a * f - c * c, b * c - a * e, a * d - b * b);
    let size = a * aa + b * bb + c * cc;
    let [x, y, z] = right;
    [
        (aa * x + bb * y + cc * z) / size,
        (bb * x + dd * y + ee * z) / size,
        (cc * x + ee * y + ff * z) / size,
    ]
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
            let came_true = spread(n.wrapping_mul(7919) + 13) < truth(said);
            calibrator.learn(said, 0.5, f64::from(u8::from(came_true)));
        }
        calibrator
    }

    #[test]
    fn at_first_it_changes_nothing() {
        for said in [0.01, 0.3, 0.9] {
            assert!((Calibrator::default().correct(said, 0.5) - said).abs() < 1e-9);
        }
    }

    #[test]
    fn who_is_too_sure_is_corrected() {
        // True log-odds are half of those said.
        let truth = |said: f64| 1.0 / (1.0 + (-0.5 * log_odds(said)).exp());
        let calibrator = taught(truth, 4000);
        for said in [0.05, 0.2, 0.5, 0.8, 0.95] {
            let found = calibrator.correct(said, 0.5);
            assert!((found - truth(said)).abs() < 0.05, "{said}: {found} for {}", truth(said));
        }
    }

    #[test]
    fn who_is_right_is_left_alone_and_order_is_kept() {
        let calibrator = taught(|said| said, 4000);
        let mut before = 0.0;
        for percent in 1..100 {
            let said = f64::from(percent) / 100.0;
            let found = calibrator.correct(said, 0.5);
            assert!((found - said).abs() < 0.06 && found > before, "{said}: {found}");
            before = found;
        }
    }

    #[test]
    fn what_is_usual_counts_where_it_knows_better() {
        // What is said is noise; a thing comes true as often as it usually does.
        let mut calibrator = Calibrator::default();
        for n in 0..4000_u32 {
            let usual = [0.2, 0.8][n as usize % 2];
            let came_true = spread(n.wrapping_mul(7919) + 13) < usual;
            calibrator.learn(0.02 + 0.96 * spread(n), usual, f64::from(u8::from(came_true)));
        }
        for said in [0.2, 0.5, 0.8] {
            let found = (calibrator.correct(said, 0.2), calibrator.correct(said, 0.8));
            assert!((found.0 - 0.2).abs() < 0.1 && (found.1 - 0.8).abs() < 0.1, "{found:?}");
        }
    }

    #[test]
    fn equations_are_solved() {
        let found = solved([[4.0, 1.0, 2.0], [1.0, 3.0, 0.5], [2.0, 0.5, 5.0]], [12.0, 8.5, 18.0]);
        let back = [4.0 * found[0] + found[1] + 2.0 * found[2], found[0] + 3.0 * found[1]];
        assert!((back[0] - 12.0).abs() < 1e-9 && (back[1] + 0.5 * found[2] - 8.5).abs() < 1e-9);
    }

    #[test]
    fn one_surprise_does_little() {
        let mut calibrator = Calibrator::default();
        calibrator.learn(0.001, 0.5, 1.0);
        assert!(calibrator.correct(0.5, 0.5) < 0.75 && calibrator.correct(0.001, 0.5) < 0.1);
    }
}
