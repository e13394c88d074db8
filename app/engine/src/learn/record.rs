//! What an account's lessons have left: fading sums, about 10 kB.

use serde::{Deserialize, Serialize};

use super::clock::{DAY_SLOTS, HOUR_PIECES, HOUR_SLOTS, Place, WEEK_HOURS, WEEK_SLOTS};
use super::column::{Column, Tally, single};
use super::endings::{BANDS, FACTORS};
use super::experts::EXPERTS;
use super::factors::{ACTIVITY_MEMORY, Factors, SINCE, Since};
use super::model::Slot;
use super::recent::Start;

/// Half-lives, in days: of the week and the account's rate,
const HALF_LIFE: f64 = 35.0;
/// of what forgets fast,
const FAST_HALF_LIFE: f64 = 6.0;
/// and of the length of sessions and the factors.
const SLOW_HALF_LIFE: f64 = 90.0;
/// What a day leaves of the logarithms of the experts' weights.
const WEIGHT_MEMORY: f64 = 0.98;

/// An account's sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The day (since 1970, UTC) up to which the sums have faded; `None` before the first lesson.
    day: Option<i64>,
    /// For each slot of the local week, starts over passes of the slot at risk.
    pub(super) week: Tally<WEEK_SLOTS>,
    /// For each slot of the local day, the same, forgetting fast.
    pub(super) fast: Tally<DAY_SLOTS>,
    /// All starts.
    pub(super) starts: f32,
    /// All time at risk, in days. As in `week` and `fast`, time counts less when the account is
    /// away or has just ended a session.
    pub(super) exposure: f32,
    /// For each hour of the local week, how often it was watched, live time included.
    pub(super) watched: Column<WEEK_HOURS>,
    /// The logarithms of the experts' weights, the largest of them 0.
    pub(super) weights: [f32; EXPERTS],
    /// Starts over expected starts in each piece of the local hour.
    pub(super) minute: Tally<HOUR_PIECES>,
    /// Starts over expected starts in each bin of the time since the last end.
    pub(super) since: Tally<{ SINCE.len() }>,
    /// Starts over expected starts of late, as expected starts fade each other.
    pub(super) activity: Tally<1>,
    /// Endings over minutes at risk in each band of age.
    pub(super) endings: Tally<{ BANDS.len() }>,
    /// Endings over expected endings for each class and group of ages.
    pub(super) classes: Tally<FACTORS>,
    /// Recent starts, rising.
    pub(super) recent: Vec<Start>,
}

impl Record {
    pub(super) fn new() -> Self {
        Self {
            day: None,
            week: Tally::new(),
            fast: Tally::new(),
            starts: 0.0,
            exposure: 0.0,
            watched: Column::filled(0.0),
            weights: [0.0; EXPERTS],
            minute: Tally::new(),
            since: Tally::new(),
            activity: Tally::new(),
            endings: Tally::new(),
            classes: Tally::new(),
            recent: Vec::new(),
        }
    }

    /// Fades up to a day; whether there was anything to do. Days that have passed are left alone.
    pub(super) fn fade_to(&mut self, day: i64) -> bool {
        let passed = day.saturating_sub(*self.day.get_or_insert(day));
        if passed <= 0 {
            return false;
        }
        self.day = Some(day);
        let left = |half_life: f64| (-std::f64::consts::LN_2 * passed as f64 / half_life).exp();
        self.week.scale(left(HALF_LIFE));
        self.fast.scale(left(FAST_HALF_LIFE));
        for sum in [&mut self.starts, &mut self.exposure] {
            *sum = single(f64::from(*sum) * left(HALF_LIFE));
        }
        self.watched.scale(left(HALF_LIFE));
        let memory = (passed as f64 * WEIGHT_MEMORY.ln()).exp();
        self.weights = self.weights.map(|log| single(f64::from(log) * memory));
        let slow = left(SLOW_HALF_LIFE);
        self.minute.scale(slow);
        self.since.scale(slow);
        self.endings.scale(slow);
        self.classes.scale(slow);
        true
    }

    /// Whether fading up to a day would change anything.
    pub(super) fn is_older_than(&self, day: i64) -> bool {
        self.day.is_some_and(|mine| mine < day)
    }

    /// Adds time at risk at a moment, in passes of its slot, and to `evidence` what each expert
    /// expected of it.
    pub(super) fn at_risk(
        &mut self,
        factors: &Factors,
        slot: &Slot,
        evidence: &mut [f64; EXPERTS],
        place: Place,
        since: Since,
        passes: f64,
    ) {
        let activity = factors.activity;
        let (minute, after_end) = (factors.minute[place.minute], factors.since[since.bin]);
        self.watch(place, passes);
        let exposure = passes * factors.at_risk(since.bin);
        self.week.due.add(place.slot, exposure);
        self.fast.due.add(place.slot % DAY_SLOTS, exposure);
        self.exposure = single(f64::from(self.exposure) + exposure / DAY_SLOTS as f64);
        let passes_under_all = passes * minute * after_end * activity;
        for (evidence, opinion) in evidence.iter_mut().zip(&slot.opinions) {
            *evidence -= opinion * passes_under_all;
        }
        // What each factor is held against is expected under all the others.
        let expected = slot.mixture * passes;
        self.minute.due.add(place.minute, expected * after_end * activity);
        self.since.due.add(since.bin, expected * minute * activity);
        let expected = expected * minute * after_end;
        self.activity.scale((-expected / ACTIVITY_MEMORY).exp());
        self.activity.due.add(0, expected);
    }

    /// Adds time watched at a moment, in passes of its slot.
    pub(super) fn watch(&mut self, place: Place, passes: f64) {
        self.watched.add(place.slot / HOUR_SLOTS, passes / HOUR_SLOTS as f64);
    }

    /// Adds a start at a moment, or a part of one.
    pub(super) fn start(&mut self, place: Place, since: Since, share: f64) {
        self.week.seen.add(place.slot, share);
        self.fast.seen.add(place.slot % DAY_SLOTS, share);
        self.starts = single(f64::from(self.starts) + share);
        self.minute.seen.add(place.minute, share);
        self.since.seen.add(since.bin, share);
        self.activity.seen.add(0, share);
    }

    /// Moves the logarithms of the experts' weights by what each said of what happened, and sets
    /// the largest to 0.
    pub(super) fn weigh(&mut self, evidence: &[f64; EXPERTS]) {
        let mut logs = self.weights.map(f64::from);
        for (log, evidence) in logs.iter_mut().zip(evidence) {
            *log += evidence;
        }
        let most = logs.iter().copied().fold(f64::MIN, f64::max);
        self.weights = logs.map(|log| single(log - most));
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn filled() -> Record {
        let mut record = Record::new();
        record.fade_to(100);
        let Record { week, fast, minute, since, endings, classes, activity, .. } = &mut record;
        for column in [&mut week.seen, &mut week.due] {
            *column = Column::filled(1.0);
        }
        for column in [&mut fast.seen, &mut fast.due] {
            *column = Column::filled(1.0);
        }
        minute.seen.add(0, 1.0);
        since.due.add(0, 1.0);
        endings.seen.add(0, 1.0);
        classes.due.add(0, 1.0);
        activity.seen.add(0, 1.0);
        record.watched = Column::filled(1.0);
        (record.starts, record.exposure) = (1.0, 1.0);
        record.weights = [-1.0; EXPERTS];
        record
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }

    #[test]
    fn every_sum_has_its_half_life() {
        let after = |days: i64| {
            let mut record = filled();
            assert!(record.fade_to(100 + days));
            record
        };
        near(after(6).fast.seen.get(7), 0.5);
        near(after(6).fast.due.get(7), 0.5);
        let month = after(35);
        for half in [month.week.seen.get(7), month.week.due.get(7), month.watched.get(7)] {
            near(half, 0.5);
        }
        near(f64::from(month.starts), 0.5);
        near(f64::from(month.exposure), 0.5);
        let season = after(90);
        let slow = [
            season.minute.seen.get(0),
            season.since.due.get(0),
            season.endings.seen.get(0),
            season.classes.due.get(0),
        ];
        slow.into_iter().for_each(|half| near(half, 0.5));
        near(f64::from(after(1).weights[0]), -0.98);
        // Only starts that were expected make the activity fade.
        near(season.activity.seen.get(0), 1.0);
    }

    #[test]
    fn days_that_have_passed_are_left_alone() {
        let mut record = filled();
        let before = record.clone();
        assert!(!record.fade_to(100) && !record.fade_to(3));
        assert_eq!(record, before);
        assert!(record.is_older_than(101) && !record.is_older_than(100));
    }

    #[test]
    fn evidence_moves_the_weights_and_the_largest_is_0() {
        let mut record = Record::new();
        record.weigh(&[1.0, 3.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(record.weights, [-2.0, 0.0, -1.0, -3.0, -3.0, -3.0, -3.0, -3.0]);
    }
}
