//! What forecasts should have said, by what came of earlier ones that said about the same.

use std::collections::VecDeque;

use almanac_wire::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::reliability::{BINS, Reliability};

/// What it takes to leave the identity, in forecasts of about the same probability.
const PRIOR: f64 = 30.0;

/// A curve through what was said and what came true, of each tenth of the scale, drawn to the
/// identity (histogram binning, Zadrozny and Elkan 2001, joined by lines). It falls nowhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Curve {
    /// Of forecasts as they were before.
    record: Box<Reliability>,
    /// Said at a moment, in order, and not due yet, oldest first.
    open: VecDeque<(Timestamp, Vec<f64>)>,
}

impl Curve {
    /// What a forecast should have said, `0.0..=1.0`.
    pub(super) fn correct(&self, said: f64) -> f64 {
        let width = 1.0 / BINS as f64;
        let mut low = (0.0, 0.0);
        for (place, bin) in self.record.bins().iter().enumerate() {
            let from = place as f64 * width;
            let forecasts = f64::from(bin.forecasts) + PRIOR;
            let mean = (f64::from(bin.said) + PRIOR * (from + width / 2.0)) / forecasts;
            // A record that fades is not exact to the last bit.
            let mean = mean.clamp(from + width / 100.0, from + width);
            let held = ((f64::from(bin.held) + PRIOR * mean) / forecasts).clamp(low.1, 1.0);
            if said < mean {
                return between(low, (mean, held), said);
            }
            low = (mean, held);
        }
        between(low, (1.0, 1.0), said)
    }

    /// Takes down what is said at a moment, before correction.
    pub(super) fn say(&mut self, now: Timestamp, said: Vec<f64>) {
        self.open.push_back((now, said));
    }

    /// What was said at a moment; what was before is forgotten.
    pub(super) fn said(&mut self, at: Timestamp) -> Vec<f64> {
        while let Some((made_at, said)) = self.open.pop_front_if(|(made_at, _)| *made_at <= at) {
            if made_at == at {
                return said;
            }
        }
        Vec::new()
    }

    /// Learns what came of a forecast, as it was before correction.
    pub(super) fn learn(&mut self, said: f64, came_true: f64) {
        self.record.note(said, came_true);
    }
}

/// On the line through two points, where there is one.
fn between(low: (f64, f64), high: (f64, f64), place: f64) -> f64 {
    let width = high.0 - low.0;
    let part = if width > 0.0 { (place - low.0) / width } else { 1.0 };
    low.1 + (high.1 - low.1) * part.clamp(0.0, 1.0)
}

/// The last field of a record: those that were stored before there was one end without it.
pub(super) fn if_any<'de, D: Deserializer<'de>>(record: D) -> Result<Curve, D::Error> {
    Ok(Curve::deserialize(record).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn percents() -> impl Iterator<Item = f64> {
        (0..=100).map(|percent| f64::from(percent) / 100.0)
    }

    /// Taught that this comes of what is said.
    fn taught(truth: impl Fn(f64) -> f64) -> Curve {
        let mut curve = Curve::default();
        for n in 0..6000_u32 {
            let said = (f64::from(n) * 0.618_033_988_75).fract();
            curve.learn(said, truth(said));
        }
        curve
    }

    #[test]
    fn at_first_it_changes_nothing() {
        for said in percents() {
            let found = Curve::default().correct(said);
            assert!((found - said).abs() < 1e-9, "{said}: {found}");
        }
    }

    #[test]
    fn it_says_what_comes_true() {
        // Too timid in the middle, too sure at the ends: no line through log-odds does that.
        let truth = |said: f64| said + 0.12 * (said * std::f64::consts::TAU).sin().powi(2);
        let curve = taught(truth);
        for said in percents() {
            let found = curve.correct(said);
            assert!((found - truth(said)).abs() < 0.04, "{said}: {found} of {}", truth(said));
        }
    }

    #[test]
    fn it_falls_nowhere_and_stays_within_the_scale_whatever_came_true() {
        for curve in [taught(|_| 0.0), taught(|_| 1.0), taught(|said| 1.0 - said)] {
            let mut before = 0.0;
            for said in percents() {
                let found = curve.correct(said);
                assert!((before..=1.0).contains(&found), "{said}: {found} after {before}");
                before = found;
            }
        }
    }

    #[test]
    fn what_was_said_is_told_once_and_of_its_moment() {
        let mut curve = Curve::default();
        let at = Timestamp::from_s;
        for second in 1..=3 {
            curve.say(at(second), vec![0.1 * second as f64]);
        }
        assert_eq!(curve.said(at(0)), Vec::<f64>::new());
        assert_eq!(curve.said(at(2)), [0.2]);
        assert_eq!((curve.said(at(1)), curve.said(at(2))), (Vec::new(), Vec::new()));
        assert_eq!(curve.said(at(3)).len(), 1);
    }
}
