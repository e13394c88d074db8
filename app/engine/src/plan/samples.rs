//! What the tests plan with.

use almanac_wire::{Span, Timestamp};

use super::{Plan, Prices};
use crate::learn::{Ahead, Class, Survival};

pub(crate) const ORIGIN: Timestamp = Timestamp::from_s(1_772_409_600);
pub(crate) const STEP: Span = Plan::STEP;

/// Two days of a curve that falls by the same share in every step.
pub(crate) fn falling(mean: Span) -> Vec<f64> {
    (0..577).map(|i| (-f64::from(i) * STEP.hours() / mean.hours()).exp()).collect()
}

/// Sessions that end at any moment alike, whatever their start.
pub(crate) fn exponential(mean: Span) -> Survival {
    Survival::new([(); 4].map(|()| falling(mean)))
}

/// The same starts in every step, all of the usual class.
pub(crate) fn even(steps: usize, starts: f64) -> Ahead {
    Ahead {
        origin: ORIGIN,
        step: STEP,
        starts: vec![starts; steps],
        class: vec![Class::Usual; steps],
    }
}

/// The prices of the measurements in the research notes.
pub(crate) fn prices() -> Prices {
    Prices { missed: 40.0, delay: 1.0, late_end: 0.5, floor: 0.1 }
}
