//! Numbers that cannot be out of their range.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A number outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{found} is not {wanted}")]
pub struct RangeError {
    /// What was found.
    pub found: f64,
    /// What it had to be.
    pub wanted: &'static str,
}

/// A probability or a share, `0.0..=1.0`, kept in ten-thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Probability(f64);

impl Probability {
    /// The nearest probability; what is no number becomes zero.
    #[must_use]
    pub fn nearest(value: f64) -> Self {
        if value.is_nan() { Self(0.0) } else { Self(ten_thousandths(value.clamp(0.0, 1.0))) }
    }

    /// As a number, `0.0..=1.0`.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// In whole percent, to the nearest.
    #[must_use]
    pub fn percent(self) -> u8 {
        (0..=100).rev().find(|percent| f64::from(*percent) <= self.0 * 100.0 + 0.5).unwrap_or(0)
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = RangeError;
    fn try_from(found: f64) -> Result<Self, RangeError> {
        if (0.0..=1.0).contains(&found) {
            Ok(Self(ten_thousandths(found)))
        } else {
            Err(RangeError { found, wanted: "a probability from 0 to 1" })
        }
    }
}

/// A time of day, in hours after local midnight, `0.0..24.0`, kept in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct HourOfDay(f64);

impl HourOfDay {
    /// The time of day so many hours after some midnight.
    ///
    /// # Errors
    /// When that is no number.
    pub fn wrapped(hours: f64) -> Result<Self, RangeError> {
        let rounded = ten_thousandths(hours.rem_euclid(24.0));
        Self::try_from(if rounded >= 24.0 { 0.0 } else { rounded })
    }

    /// As a number, `0.0..24.0`.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl From<HourOfDay> for f64 {
    fn from(hour: HourOfDay) -> Self {
        hour.0
    }
}

impl TryFrom<f64> for HourOfDay {
    type Error = RangeError;
    fn try_from(found: f64) -> Result<Self, RangeError> {
        let error = RangeError { found, wanted: "an hour of the day from 0 to below 24" };
        if (0.0..24.0).contains(&found) { Ok(Self(found)) } else { Err(error) }
    }
}

/// A length of time in hours, `0.0..=10_000.0`, kept in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Hours(f64);

impl Hours {
    /// As a number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl From<Hours> for f64 {
    fn from(hours: Hours) -> Self {
        hours.0
    }
}

impl TryFrom<f64> for Hours {
    type Error = RangeError;
    fn try_from(found: f64) -> Result<Self, RangeError> {
        if (0.0..=10_000.0).contains(&found) {
            Ok(Self(ten_thousandths(found)))
        } else {
            Err(RangeError { found, wanted: "a number of hours from 0 to 10000" })
        }
    }
}

/// More digits would say nothing and weigh on every answer.
fn ten_thousandths(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_does_not_come_in() {
        for wrong in ["-0.01", "1.0001", "null", "1e400", "\"0.5\""] {
            assert!(serde_json::from_str::<Probability>(wrong).is_err(), "{wrong}");
        }
        for wrong in ["-1", "24", "24.5"] {
            assert!(serde_json::from_str::<HourOfDay>(wrong).is_err(), "{wrong}");
        }
        for wrong in ["-1", "10000.1"] {
            assert!(serde_json::from_str::<Hours>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(serde_json::from_str::<Probability>("1").unwrap().percent(), 100);
    }

    #[test]
    fn few_digits_go_over_the_wire() {
        let written = |value| serde_json::to_string(&Probability::nearest(value)).unwrap();
        assert_eq!(written(1.0 / 3.0), "0.3333");
        assert_eq!(
            (written(7.0), written(-7.0), written(f64::NAN)),
            ("1.0".to_owned(), "0.0".to_owned(), "0.0".to_owned())
        );
    }

    #[test]
    fn percent_are_the_nearest_whole_ones() {
        for (value, percent) in [(0.0, 0), (0.004, 0), (0.006, 1), (0.8249, 82), (0.995, 100)] {
            assert_eq!(Probability::nearest(value).percent(), percent, "{value}");
        }
    }

    #[test]
    fn hours_go_round_the_clock() {
        let wrapped = |hours| HourOfDay::wrapped(hours).unwrap().get();
        assert_eq!((wrapped(25.5), wrapped(-1.0), wrapped(23.999_99)), (1.5, 23.0, 0.0));
        assert!(HourOfDay::wrapped(f64::NAN).is_err());
    }
}
