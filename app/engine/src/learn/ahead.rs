//! Starts that are expected in the time to come.

use almanac_wire::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How likely a start is at a moment, against the account's own average: sessions that begin at
/// unusual hours are shorter than others, so that each class has its own [`super::Survival`] curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Less than a quarter of the average.
    Surprising,
    /// Less than the average.
    Unusual,
    /// Up to ten times the average.
    Usual,
    /// Ten times the average or more.
    Expected,
}

impl Class {
    /// Every class, the least likely first.
    pub const ALL: [Self; 4] = [Self::Surprising, Self::Unusual, Self::Usual, Self::Expected];

    /// The class of a moment at which starts are `relative` times as likely as on average.
    #[must_use]
    pub fn of(relative: f64) -> Self {
        match relative {
            low if low < 0.25 => Self::Surprising,
            low if low < 1.0 => Self::Unusual,
            high if high < 10.0 => Self::Usual,
            _ => Self::Expected,
        }
    }

    /// Its place in tables that hold one value a class.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Surprising => 0,
            Self::Unusual => 1,
            Self::Usual => 2,
            Self::Expected => 3,
        }
    }
}

/// Starts expected from a moment on, in steps of one length, as if the account were offline.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead {
    /// The beginning of the first step.
    pub origin: Timestamp,
    /// The length of a step.
    pub step: Span,
    /// Starts expected within each step: the hazard times the step's length.
    pub starts: Vec<f64>,
    /// The class of each step; as many as `starts`.
    pub class: Vec<Class>,
}
