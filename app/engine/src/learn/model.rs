//! An account's sums made into a model: everything that learning more needs.

use super::endings::Endings;
use super::experts::Experts;
use super::factors::Factors;
use super::outlook::Outlook;
use super::pool::Pool;
use super::record::Record;

/// The model as it is at one state of the sums.
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
}
