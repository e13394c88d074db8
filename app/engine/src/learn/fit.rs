//! What planning and forecasting ask of an account's model.

use almanac_wire::{Span, Timestamp};

use crate::zone::Zone;

use super::ahead::{Ahead, Class};
use super::clock::{LocalClock, PIECE, seconds};
use super::factors::Since;
use super::model::Model;
use super::pool::Pool;
use super::recalibration::MOST;
use super::record::Record;
use super::survival::Survival;

/// The model of an account as its lessons and the pool have it. It holds until more is learned or
/// a day has passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    model: Model,
}

impl Fit {
    /// From sums that have faded up to the present.
    pub(super) fn new(record: &Record, pool: &Pool) -> Self {
        Self { model: Model::new(record, pool) }
    }

    /// The account's average hazard: starts a day of time at risk, which counts less soon after an
    /// end and while the account is away. It is more than the sessions a day; these are the
    /// seventh part of the sum of [`super::Learner::week`].
    #[must_use]
    pub const fn rate(&self) -> f64 {
        self.model.outlook.rate
    }

    /// How long its sessions last.
    #[must_use]
    pub const fn survival(&self) -> &Survival {
        &self.model.endings.survival
    }

    /// The hazard of a start at a moment, starts a day, if the account is offline then and no
    /// start came since those that were learned. `ended` is the end of its last session.
    #[must_use]
    pub fn intensity_at(&self, zone: &Zone, at: Timestamp, ended: Option<Timestamp>) -> f64 {
        let at = seconds(at);
        let place = LocalClock::new(zone).place(at);
        self.model.walk().intensity(at, place, Since::new(at, ended))
    }

    /// The class of a start at a moment.
    #[must_use]
    pub fn class_at(&self, zone: &Zone, at: Timestamp, ended: Option<Timestamp>) -> Class {
        self.model.outlook.class(self.intensity_at(zone, at, ended))
    }

    /// The starts expected in so many steps from a moment on, as if the account were offline all
    /// the time: the hazard in the middle of each step, or, where a step is longer than five
    /// minutes, of each of its parts.
    #[must_use]
    pub fn ahead(
        &self,
        zone: &Zone,
        from: Timestamp,
        ended: Option<Timestamp>,
        step: Span,
        steps: usize,
    ) -> Ahead {
        let length = step.ms().max(0);
        let parts = (length / (PIECE * 1000)).max(1);
        let days = Span::from_ms(length).days();
        let mut clock = LocalClock::new(zone);
        let mut walk = self.model.walk();
        let mut ahead = Ahead {
            origin: from,
            step,
            starts: Vec::with_capacity(steps),
            class: Vec::with_capacity(steps),
        };
        let mut begin = from;
        for _ in 0..steps {
            let since = Since::new(seconds(begin + Span::from_ms(length / 2)), ended);
            let sum: f64 = (0..parts)
                .map(|part| {
                    let middle = length.saturating_mul(2 * part + 1) / (2 * parts);
                    let at = seconds(begin + Span::from_ms(middle));
                    walk.intensity(at, clock.place(at), since)
                })
                .sum();
            let intensity = sum / parts as f64;
            ahead.starts.push((intensity * walk.burst()).min(MOST) * days);
            ahead.class.push(self.model.outlook.class(intensity));
            begin += Span::from_ms(length);
        }
        ahead
    }
}
