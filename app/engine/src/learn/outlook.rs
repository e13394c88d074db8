//! The hazard of a start at any moment, from what an account's sums say.

use super::ahead::Class;
use super::clock::{HOUR_PIECES, Place, WEEK_SLOTS};
use super::column::Column;
use super::experts::Experts;
use super::factors::{Factors, SINCE, Since};
use super::recalibration::{self, MOST};
use super::recent::{Recurrence, Start};

/// The recalibrated model, its parts worked out so that a hazard is a product.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outlook {
    /// The account's average, starts a day.
    pub(super) rate: f64,
    /// For each slot of the local week, starts a day before the other parts.
    week: Column<WEEK_SLOTS>,
    /// The part of each piece of the local hour.
    minute: [f64; HOUR_PIECES],
    /// The part of each bin of the time since the last end.
    since: [f64; SINCE.len()],
    /// When recent starts were, in seconds; rising.
    recent: Vec<i64>,
}

impl Outlook {
    pub(super) fn new(experts: &Experts, factors: &Factors, recent: &[Start]) -> Self {
        let level = recalibration::level(experts.rate, factors.activity);
        let relative = experts.per_average();
        Self {
            rate: experts.rate,
            week: Column::from_fn(|slot| {
                level * recalibration::weekly(experts.mixture[slot] * relative)
            }),
            minute: factors.minute.map(recalibration::minute),
            since: factors.since.map(recalibration::since),
            recent: recent.iter().map(|start| start.at).collect(),
        }
    }

    /// What the recent starts say, for moments that follow each other.
    pub(super) fn recurrence(&self) -> Recurrence<'_> {
        Recurrence::new(&self.recent, self.rate)
    }

    /// Starts a day at a moment, as if the account were offline; `recurrence` is the part of the
    /// recent starts.
    pub(super) fn intensity(&self, place: Place, since: Since, recurrence: f64) -> f64 {
        let product = self.week.get(place.slot)
            * self.minute[place.minute]
            * self.since_part(since)
            * recurrence;
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
