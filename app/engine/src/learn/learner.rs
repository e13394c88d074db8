//! What is kept of an account between its lessons.

use almanac_wire::Timestamp;
use serde::{Deserialize, Serialize};

use crate::zone::Zone;

use super::clock::{day_of, seconds};
use super::fit::Fit;
use super::lesson::Lesson;
use super::pool::Pool;
use super::record::Record;
use super::study::Study;
use super::weekly::HourOfWeek;

/// An account's memory: fading sums and the lessons that are still to be added to them.
///
/// - The same calls give the same results, to the bit, on the same machine.
/// - Storing and restoring it between any two calls changes nothing, to the bit.
/// - [`Learner::settle`] without lessons changes nothing.
/// - A lesson is read in the light of the model at the last start, the last midnight (UTC) or the
///   beginning of the settling, whichever was last. So it is no matter whether a settling ends
///   right after a start, and little elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learner {
    pub(super) record: Record,
    pending: Vec<Lesson>,
}

impl Default for Learner {
    fn default() -> Self {
        Self { record: Record::new(), pending: Vec::new() }
    }
}

impl Learner {
    /// Takes a lesson down. This is quick; the work is done when it is settled.
    pub fn learn(&mut self, lesson: Lesson) {
        self.pending.push(lesson);
    }

    /// The lessons that are not settled.
    #[must_use]
    pub fn pending(&self) -> &[Lesson] {
        &self.pending
    }

    /// Adds the lessons to the sums, in the order in which they came, and fits the model to these
    /// as they have faded by `now`. Weekdays and hours are those of `zone`, UTC where nothing is
    /// known of the account's.
    pub fn settle(&mut self, pool: &Pool, zone: &Zone, now: Timestamp) -> Fit {
        Study::settle(&mut self.record, std::mem::take(&mut self.pending), pool, zone);
        let day = day_of(seconds(now));
        if self.record.is_older_than(day) {
            let mut faded = self.record.clone();
            faded.fade_to(day);
            return Fit::new(&faded, pool);
        }
        Fit::new(&self.record, pool)
    }

    /// What is usual in each of the 168 hours of the local week, from Sunday 00:00 on, by what is
    /// settled.
    #[must_use]
    pub fn week(&self, pool: &Pool) -> Vec<HourOfWeek> {
        HourOfWeek::all(&self.record, pool)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_learner_is_small() {
        let bytes = postcard::to_allocvec(&Learner::default()).unwrap();
        assert!(bytes.len() < 11_000, "{}", bytes.len());
    }

    #[test]
    fn what_is_not_a_learner_is_not_restored() {
        let text = serde_json::to_value(Learner::default()).unwrap();
        let restored = |text: &serde_json::Value| serde_json::from_value::<Learner>(text.clone());
        assert_eq!(restored(&text).unwrap(), Learner::default());
        for wrong in [serde_json::json!([1.0, 2.0]), serde_json::json!(vec![-1.0; 144])] {
            let mut text = text.clone();
            text["record"]["fast"]["seen"] = wrong;
            assert!(restored(&text).is_err());
        }
    }
}
