//! Whether forecasts hold, check by check.

use serde::{Deserialize, Serialize};

use crate::forecast::Reliability;

use super::Cause;

/// Before so many checks nothing is judged.
const ENOUGH: f64 = 300.0;
/// The share of checks by which what was said and what was so may differ: ten times what is usual.
const FARTHEST: f64 = 0.15;

/// Holds the probability of being live, as said for the moment of each check, against what the
/// check found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    record: Reliability,
}

impl Guard {
    /// Takes in a check; a cause to fall back, if there is one now.
    pub(crate) fn note(&mut self, said: f64, live: bool) -> Option<Cause> {
        if !said.is_finite() {
            return Some(Cause::NotANumber);
        }
        self.record.note(said, f64::from(u8::from(live)));
        let broken = self.record.forecasts() >= ENOUGH
            && self.record.calibration_error().is_some_and(|error| error > FARTHEST);
        broken.then_some(Cause::Calibration)
    }

    /// How forecasts have held.
    #[must_use]
    pub const fn record(&self) -> &Reliability {
        &self.record
    }
}
