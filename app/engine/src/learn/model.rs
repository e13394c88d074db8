//! An account's sums made into a model: everything that learning more needs.

use super::clock::Place;
use super::endings::Endings;
use super::experts::{EXPERTS, Experts};
use super::factors::{Factors, Since};
use super::outlook::Outlook;
use super::pool::Pool;
use super::recent::Recurrence;
use super::record::Record;

/// The model as it is at one state of the sums.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    /// The plain weekly intensity.
    pub(super) experts: Experts,
    /// The plain factors.
    pub(super) factors: Factors,
    /// The recalibrated hazard of a start.
    pub(super) outlook: Outlook,
    /// The hazard of an end.
    pub(super) endings: Endings,
}

impl Model {
    pub(super) fn new(record: &Record, pool: &Pool) -> Self {
        let experts = Experts::new(record, pool);
        let factors = Factors::new(&record.minute, &record.since, &record.activity, pool);
        let outlook = Outlook::new(&experts, &factors, &record.recent);
        let endings = Endings::new(&record.endings, pool);
        Self { experts, factors, outlook, endings }
    }

    /// For moments that follow each other.
    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { model: self, recurrence: self.outlook.recurrence(), here: None }
    }
}

/// What the model says of a slot of the local week.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    slot: usize,
    /// Each expert's opinion: starts in it.
    pub(super) opinions: [f64; EXPERTS],
    /// The mixture.
    pub(super) mixture: f64,
    /// Its part of the recalibrated hazard.
    weekly: f64,
}

/// The model along a stretch of time.
pub(super) struct Walk<'a> {
    model: &'a Model,
    recurrence: Recurrence<'a>,
    here: Option<Slot>,
}

impl Walk<'_> {
    /// The slot of a place.
    pub(super) fn slot(&mut self, place: Place) -> Slot {
        if let Some(here) = self.here
            && here.slot == place.slot
        {
            return here;
        }
        let Model { experts, outlook, .. } = self.model;
        let opinions = experts.opinions(place.slot);
        let mixture = experts.mixture(&opinions);
        let here = Slot { slot: place.slot, opinions, mixture, weekly: outlook.weekly(mixture) };
        self.here = Some(here);
        here
    }

    /// How many times as likely a burst makes a start at the moment asked for last. Not of its
    /// intensity, from which its class follows: what breaks off and begins again is no longer for it.
    pub(super) fn burst(&self) -> f64 {
        self.recurrence.burst()
    }

    /// Starts a day at a moment (in seconds) and its place, as if the account were offline.
    pub(super) fn intensity(&mut self, at: i64, place: Place, since: Since) -> f64 {
        let weekly = self.slot(place).weekly;
        self.model.outlook.intensity(weekly, place, since, self.recurrence.factor(at))
    }
}
