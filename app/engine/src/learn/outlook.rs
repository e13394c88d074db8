//! The hazard of a start at any moment, from what an account's sums say.

use super::ahead::Class;
use super::clock::{HOUR_PIECES, Place};
use super::column::single;
use super::experts::Experts;
use super::factors::{Factors, SINCE, Since};
use super::recalibration::{self, MOST};
use super::recent::{Recurrence, Start};

/// The recalibrated model, its parts worked out so that a hazard is a product.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outlook {
    /// The account's average, starts a day.
    pub(super) rate: f64,
    /// What all slots have in common, and what makes an intensity one that is relative to the
    /// account's average.
    level: f64,
    relative: f64,
    /// The part of each piece of the local hour.
    minute: [f64; HOUR_PIECES],
    /// The part of each bin of the time since the last end.
    since: [f64; SINCE.len()],
    /// When recent starts were, in seconds; rising.
    recent: Vec<i64>,
}

impl Outlook {
    pub(super) fn new(experts: &Experts, factors: &Factors, recent: &[Start]) -> Self {
        Self {
            rate: experts.rate,
            level: recalibration::level(experts.rate, factors.activity),
            relative: experts.per_average(),
            minute: factors.minute.map(recalibration::minute),
            since: factors.since.map(recalibration::since),
            recent: recent.iter().map(|start| start.at).collect(),
        }
    }

    /// What the recent starts say, for moments that follow each other.
    pub(super) fn recurrence(&self) -> Recurrence<'_> {
        Recurrence::new(&self.recent, self.rate)
    }

    /// The part of a slot of the local week, starts a day, from the experts' mixture.
    pub(super) fn weekly(&self, mixture: f64) -> f64 {
        f64::from(single(self.level * recalibration::weekly(mixture * self.relative)))
    }

    /// Starts a day at a moment, as if the account were offline; `weekly` is the part of its slot,
    /// `recurrence` that of the recent starts.
    pub(super) fn intensity(
        &self,
        weekly: f64,
        place: Place,
        since: Since,
        recurrence: f64,
    ) -> f64 {
        let product = weekly * self.minute[place.minute] * self.since_part(since) * recurrence;
        product.min(MOST)
    }

    /// The part of the time since the last end.
    fn since_part(&self, since: Since) -> f64 {
        self.since[since.bin] * recalibration::overdue(since.days * self.rate)
    }

    /// The class of a moment with so many starts a day.
    pub(super) fn class(&self, intensity: f64) -> Class {
        Class::of(intensity / self.rate)
    }
}
