//! How many of the misses that plans expect come true, where the upstream tells of them.
//!
//! Plans take young sessions to end too soon, and so expect more misses than come; how many more
//! hangs on the accounts. Whoever aims at a target has to know.

use almanac_wire::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::Broadcasted;

/// So much of what plans expect to miss is missed where nothing is known, measured at targets of 95
/// and 98 %.
const USUAL: f64 = 0.7;
/// The expected misses that this counts for, beside those that could come true.
const USUAL_WEIGHT: f64 = 10.0;
/// What was missed at all is forgotten by this: after it a miss counts for a third.
const FADES: Span = Span::from_ms(60 * Span::DAY.ms());
/// What was missed lately, by this: habits that change show there first.
const FADES_SOON: Span = Span::from_ms(4 * Span::DAY.ms());
/// The expected misses that all of the time counts for, beside those of late.
const LONG_RUN_WEIGHT: f64 = 5.0;
/// No less or more than this is believed.
const RANGE: (f64, f64) = (0.2, 1.0);
/// A missed broadcast is told of with the next answer: no later than this, with few exceptions.
const TOLD_WITHIN: Span = Span::from_ms(36 * Span::HOUR.ms());

/// Expected and actual misses of the hours in which plans were followed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Misses {
    long_run: Sums,
    lately: Sums,
    /// When this was last brought up to date.
    noted_at: Timestamp,
    /// The hours up to then in which somebody was there to follow a plan, the latest in the lowest
    /// bit: what is missed while the app is closed says nothing of plans.
    watched: u64,
}

/// Misses, the earlier the less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sums {
    expected: f64,
    revealed: f64,
}

impl Sums {
    /// The part that came true, where `usual` is what it is without these, and counts for so many.
    fn part(&self, usual: f64, weight: f64) -> f64 {
        (usual * weight + self.revealed) / (weight + self.expected)
    }

    fn add(&mut self, expected: f64, revealed: f64, passed: Span, fades: Span) {
        let kept = (-passed.hours() / fades.hours()).exp();
        self.expected = self.expected * kept + expected;
        self.revealed = self.revealed * kept + revealed;
    }
}

impl Misses {
    pub(super) fn new(now: Timestamp) -> Self {
        let none = Sums::default();
        Self { long_run: none, lately: none, noted_at: now, watched: 1 }
    }

    /// What part of the expected misses is to be believed: what came true in the long run, or
    /// lately where that was more.
    pub(super) fn believed(&self) -> f64 {
        let long_run = self.long_run.part(USUAL, USUAL_WEIGHT);
        let lately = self.lately.part(long_run, LONG_RUN_WEIGHT);
        long_run.max(lately).clamp(RANGE.0, RANGE.1)
    }

    /// Takes in the time since the last note, an hour or so: what plans expect to miss in an hour,
    /// and the broadcasts that no check saw, of which those first told of since count.
    pub(super) fn note<'a>(
        &mut self,
        expected_an_hour: f64,
        missed: impl Iterator<Item = &'a Broadcasted>,
        now: Timestamp,
    ) {
        let now = now.max(self.noted_at);
        let new = |one: &&Broadcasted| {
            one.recorded_at > self.noted_at && self.was_watched(one.start.middle())
        };
        let revealed = missed.filter(new).count() as f64;
        let hours = u32::try_from(hour_of(now) - hour_of(self.noted_at)).unwrap_or(u32::MAX);
        // However long it was away, an hour of plans is all that may have been followed.
        let expected = if hours > 0 { expected_an_hour } else { 0.0 };
        let passed = now - self.noted_at;
        self.long_run.add(expected, revealed, passed, FADES);
        self.lately.add(expected, revealed, passed, FADES_SOON);
        self.watched = self.watched.unbounded_shl(hours) | 1;
        self.noted_at = now;
    }

    /// Broadcasts that began before this have been told of, if ever, before the last note.
    pub(super) fn open_since(&self) -> Timestamp {
        self.noted_at - TOLD_WITHIN
    }

    /// Whether somebody was there in the hour of a moment; since the last note, somebody is.
    fn was_watched(&self, at: Timestamp) -> bool {
        let ago = hour_of(self.noted_at) - hour_of(at);
        ago < 0 || u32::try_from(ago).is_ok_and(|ago| self.watched.unbounded_shr(ago) & 1 == 1)
    }
}

/// Whole hours since 1970.
fn hour_of(at: Timestamp) -> i64 {
    at.ms().div_euclid(Span::HOUR.ms())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::policy::scenes::hour;
    use crate::session::Interval;

    /// A broadcast that began at one moment and was told of at another.
    fn missed(start: Timestamp, recorded_at: Timestamp) -> Broadcasted {
        Broadcasted { recorded_at, start: Interval::exact(start), end: None, missed: true }
    }

    /// Hours in which plans expect so many misses, and every `each`th brings one.
    fn after(hours: i64, expected: f64, each: i64) -> Misses {
        let mut misses = Misses::new(hour(0));
        for n in 1..=hours {
            let one = missed(hour(n - 2), hour(n));
            let now = hour(n) + Span::MINUTE;
            misses.note(expected, [&one].into_iter().filter(|_| n % each == 0), now);
        }
        misses
    }

    #[test]
    fn what_comes_true_is_believed_by_and_by() {
        assert!((Misses::new(hour(0)).believed() - USUAL).abs() < 1e-9);
        // One in five of the expected, and then two in five.
        let (few, more) = (after(24 * 90, 0.1, 50).believed(), after(24 * 90, 0.1, 25).believed());
        assert!((0.2..0.3).contains(&few) && (0.4..0.5).contains(&more), "{few} {more}");
        assert!(after(24 * 2, 0.1, 1000).believed() > 0.4, "two days prove little");
        assert!((after(24 * 90, 0.1, 1).believed() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_bad_day_counts_at_once() {
        let mut misses = after(24 * 90, 0.1, 50);
        let before = misses.believed();
        for n in 24 * 90..24 * 91 {
            let one = missed(hour(n - 1), hour(n) + Span::MINUTE * 2);
            misses.note(0.1, [&one].into_iter().filter(|_| n % 3 == 0), hour(n + 1));
        }
        assert!(misses.believed() > before * 2.0, "{} {before}", misses.believed());
    }

    #[test]
    fn each_is_counted_once_and_none_of_the_hours_in_which_the_app_was_closed() {
        let mut misses = after(24, 0.1, 1000);
        let counted = |misses: &Misses| misses.long_run.revealed;
        let one = missed(hour(22), hour(24) + Span::MINUTE * 2);
        misses.note(0.1, [&one, &one].into_iter().take(1), hour(25));
        assert!((counted(&misses) - 1.0).abs() < 1e-9);
        misses.note(0.1, [&one].into_iter(), hour(26));
        assert!(counted(&misses) < 1.0, "told of twice");
        // Closed for ten hours; what began meanwhile is told of afterwards.
        misses.note(0.1, std::iter::empty(), hour(36));
        let before = counted(&misses);
        let told_at = hour(36) + Span::MINUTE;
        misses.note(0.1, [&missed(hour(30), told_at)].into_iter(), hour(37));
        assert!(counted(&misses) < before, "began while it was closed");
        // What began since it is open counts, in that hour and the next.
        let before = counted(&misses);
        let told_at = hour(37) + Span::MINUTE;
        let both = [missed(hour(36), told_at), missed(told_at, told_at)];
        misses.note(0.1, both.iter(), hour(38));
        assert!((counted(&misses) - before - 2.0).abs() < 0.01, "{}", counted(&misses));
    }

    #[test]
    fn a_clock_set_back_and_an_absence_of_a_year_do_no_harm() {
        let mut misses = after(24, 0.1, 10);
        misses.note(0.1, std::iter::empty(), hour(3));
        misses.note(0.1, std::iter::empty(), hour(24 * 365));
        assert!(misses.believed().is_finite() && misses.watched == 1);
        assert!((misses.believed() - USUAL).abs() < 0.05, "{}", misses.believed());
    }
}
