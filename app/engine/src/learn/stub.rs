//! stub
use super::*;
use crate::session::Interval;
use crate::zone::Zone;
use almanac_wire::{Span, Timestamp};
use serde::{Deserialize, Serialize};
/// stub
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs)]
pub enum Lesson {
    Quiet { from: Timestamp, to: Timestamp, complete: bool, ended: Option<Timestamp> },
    Started { after: Option<Timestamp>, start: Interval, ended: Option<Timestamp> },
    Lasted { start: Timestamp, seen_from: Timestamp, seen_until: Timestamp, over_by: Timestamp },
}
/// stub
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learner {
    n: f64,
    days: f64,
    pending: Vec<Lesson>,
}
/// stub
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pool;
impl Pool {
    /// stub
    pub fn gather<'a>(_l: impl Iterator<Item = &'a Learner>) -> Self {
        Self
    }
}
/// stub
#[expect(missing_docs)]
pub struct Fit {
    pub rate: f64,
    pub survival: Survival,
}
impl Learner {
    /// stub
    pub fn learn(&mut self, l: Lesson) {
        self.pending.push(l);
    }
    /// stub
    pub fn settle(&mut self, _p: &Pool, _z: &Zone, _now: Timestamp) -> Fit {
        for l in self.pending.drain(..) {
            match l {
                Lesson::Quiet { from, to, .. } => self.days += (to - from).days(),
                Lesson::Started { .. } => self.n += 1.0,
                Lesson::Lasted { .. } => {}
            }
        }
        let t: Vec<f64> = (0..577).map(|i| (-f64::from(i) / 36.0).exp()).collect();
        Fit {
            rate: (self.n + 0.8) / (self.days + 2.0),
            survival: Survival::new([t.clone(), t.clone(), t.clone(), t]),
        }
    }
}
impl Fit {
    /// stub
    pub fn ahead(
        &self,
        _l: &Learner,
        _z: &Zone,
        from: Timestamp,
        _e: Option<Timestamp>,
        step: Span,
        steps: usize,
    ) -> Ahead {
        Ahead {
            origin: from,
            step,
            starts: vec![self.rate * step.days(); steps],
            class: vec![Class::Usual; steps],
        }
    }
    /// stub
    pub fn class_at(
        &self,
        _l: &Learner,
        _z: &Zone,
        _at: Timestamp,
        _e: Option<Timestamp>,
    ) -> Class {
        Class::Usual
    }
}
