//! How forecasts have held so far.

use serde::{Deserialize, Serialize};

/// Bins of probability: tenths.
pub(super) const BINS: usize = 10;
/// How much of the record stays after each forecast that came due: the last 2000 count.
const KEEP: f64 = 1.0 - 1.0 / 2000.0;

/// What came of forecasts, by what they said; older ones fade.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    bins: [Bin; BINS],
    /// Sum of squared errors.
    squared: f32,
}

/// Forecasts that said about the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// How many.
    pub forecasts: f32,
    /// The sum of the probabilities said.
    pub said: f32,
    /// How many came true.
    pub held: f32,
}

impl Reliability {
    /// Takes down what came of a forecast: `held` is 1.0 or 0.0, or a probability where that is
    /// not known for certain.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bin's number")]
    pub fn note(&mut self, said: f64, held: f64) {
        let said = said.clamp(0.0, 1.0);
        let keep = KEEP as f32;
        for bin in &mut self.bins {
            bin.forecasts *= keep;
            bin.said *= keep;
            bin.held *= keep;
        }
        let held = held.clamp(0.0, 1.0);
        let place = ((said * BINS as f64) as usize).min(BINS - 1);
        let bin = &mut self.bins[place];
        bin.forecasts += 1.0;
        bin.said += said as f32;
        bin.held += held as f32;
        let off = held * (1.0 - said).powi(2) + (1.0 - held) * said.powi(2);
        self.squared = self.squared * keep + off as f32;
    }

    /// The bins, from 0.0 to 1.0.
    #[must_use]
    pub const fn bins(&self) -> &[Bin; BINS] {
        &self.bins
    }

    /// Forecasts on record, faded ones in part.
    #[must_use]
    pub fn forecasts(&self) -> f64 {
        self.bins.iter().map(|bin| f64::from(bin.forecasts)).sum()
    }

    /// The mean squared error (Brier 1950), `0.0..=1.0`; `None` without forecasts.
    #[must_use]
    pub fn brier(&self) -> Option<f64> {
        let forecasts = self.forecasts();
        (forecasts > 0.0).then(|| f64::from(self.squared) / forecasts)
    }

    /// The expected calibration error: by how much what was said and what came true differ on
    /// average, `0.0..=1.0`; `None` without forecasts.
    #[must_use]
    pub fn calibration_error(&self) -> Option<f64> {
        let forecasts = self.forecasts();
        let off: f64 = self.bins.iter().map(|bin| f64::from((bin.said - bin.held).abs())).sum();
        (forecasts > 0.0).then(|| off / forecasts)
    }

    /// How much better than always saying the share that came true: 1.0 is perfect, 0.0 no
    /// better; `None` where all or none came true.
    #[must_use]
    pub fn skill(&self) -> Option<f64> {
        let forecasts = self.forecasts();
        let held: f64 = self.bins.iter().map(|bin| f64::from(bin.held)).sum();
        let rate = held / forecasts.max(1e-9);
        let reference = rate * (1.0 - rate);
        (reference > 1e-9).then(|| 1.0 - self.brier().unwrap_or(0.0) / reference)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn nothing_said_nothing_known() {
        let record = Reliability::default();
        assert_eq!((record.brier(), record.calibration_error()), (None, None));
        assert_eq!(record.skill(), None);
    }

    #[test]
    fn errors_are_averaged_and_calibration_is_by_bin() {
        let mut record = Reliability::default();
        for n in 0..100 {
            record.note(0.25, f64::from(u8::from(n % 4 == 0)));
            record.note(0.95, f64::from(u8::from(n % 10 != 0)));
        }
        let brier = (0.25 * 0.75 + (0.1 * 0.95 * 0.95 + 0.9 * 0.05 * 0.05)) / 2.0;
        assert!((record.brier().unwrap() - brier).abs() < 0.01, "{:?}", record.brier());
        assert!((record.calibration_error().unwrap() - 0.025).abs() < 0.01);
        assert!(record.skill().unwrap() > 0.4);
        assert!((record.bins()[2].held / record.bins()[2].forecasts - 0.25).abs() < 0.02);
    }

    #[test]
    fn what_is_long_past_fades() {
        let mut record = Reliability::default();
        (0..5000).for_each(|_| record.note(0.9, 0.0));
        (0..10_000).for_each(|_| record.note(0.9, 1.0));
        assert!(record.calibration_error().unwrap() < 0.12);
        assert!((record.forecasts() - 2000.0).abs() < 20.0);
    }

    #[test]
    fn whatever_is_said_has_a_bin() {
        let mut record = Reliability::default();
        for said in [-1.0, 0.0, 1.0, 7.0] {
            record.note(said, 1.0);
        }
        assert!((record.forecasts() - 4.0).abs() < 0.01);
    }
}
