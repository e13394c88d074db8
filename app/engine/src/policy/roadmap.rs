//! The roadmap's classes as they are written there, faults included.
//!
//! Source: the seed, `roadmap.md` (`BasicPatternAnalyzer`, `BasicPredictor`, `SmartAutochecker`).
//! What it says and this does:
//! - For the first two weeks every account is checked as before, once an hour ("Week 1-2: learning
//!   phase, same as current", and the interval's default).
//! - Every 15 minutes all accounts are predicted anew. Of the sessions of the last 30 days, five at
//!   least, the hours at which they began and ended are averaged as plain numbers, so that 23:00
//!   and 01:00 average to noon, and sessions across midnight may leave a window that ends before
//!   it begins. Within an hour of the window the probability is 0.8 times the confidence, before
//!   it 0.2, after it 0.1; below a confidence of 0.3 it is 0.1.
//! - One interval for all follows from how many are likely: 30, 60 or 120 minutes. When it changes
//!   by more than ten minutes the timer begins anew, and what was nearly due waits once more.
//! - At each beat of the timer those above 0.4 are checked, and nobody else: who is not in their
//!   window, and who has no pattern, is never looked at again.
//!
//! Readings chosen where it says nothing or cannot be followed:
//! - The confidence depends on the amount of data alone (`calculateConfidence(sessions)`, 0 for
//!   "insufficient data"): it is full with ten sessions, twice what a pattern needs. The analyzer
//!   of [`crate::pattern`] computes another confidence and averages around the clock; with either,
//!   this would not be the roadmap.
//! - A session begins when a check first finds it and ends when a check finds it over, as in
//!   `recordLiveStart(…, Date.now())`; only sessions that are over are in the database, and those
//!   that no check saw are not.
//! - The learning phase is each account's own first 14 days.
//! - The predictor's `nextCheckTime` is shown and not followed: no code of the roadmap's reads it.
//! - `getHours` is UTC.

use std::collections::BTreeMap;

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::clock::{hour_of_day, minute_of_day};
use super::{Past, Planned, Policy, Reason, Subject, Surroundings};

/// Checks of an account lie at least this far apart, however small the multiplier.
const SHORTEST: Span = Span::MINUTE;
/// How long everyone is checked as before, and how often that was.
const LEARNING: Span = Span::from_ms(14 * Span::DAY.ms());
const BEFORE: Span = Span::HOUR;
/// How often everything is predicted anew.
const REFRESH: Span = Span::from_ms(15 * Span::MINUTE.ms());
/// An interval that is closer than this to the one in force does not replace it.
const STEADY: Span = Span::from_ms(10 * Span::MINUTE.ms());
/// How far back sessions count, how many it takes, and how many give full confidence.
const WINDOW: Span = Span::from_ms(30 * Span::DAY.ms());
const NEEDED: u32 = 5;
const PLENTY: f64 = 10.0;
/// Patterns below this confidence are as good as none.
const CONFIDENT: f64 = 0.3;
/// Above this probability an account is checked.
const CHECKED: f64 = 0.4;

/// Follows the roadmap.
#[derive(Clone, Debug, PartialEq)]
pub struct Roadmap {
    /// What all intervals between checks are multiplied by: 1 as written, less for more checks.
    multiplier: f64,
    /// One a platform.
    autocheckers: Vec<(Platform, Autochecker)>,
}

/// The timer, and who is checked at its beats.
#[derive(Clone, Debug, PartialEq)]
struct Autochecker {
    /// As the roadmap has it, before it is multiplied.
    interval: Span,
    /// When the timer was set; its first beat comes an interval later.
    set_at: Timestamp,
    /// Accounts above [`CHECKED`], and since when they have been.
    likely: BTreeMap<AccountId, Timestamp>,
}

/// What the analyzer finds, in hours after midnight.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pattern {
    start: f64,
    end: f64,
    confidence: f64,
}

impl Pattern {
    fn of(past: &Past, now: Timestamp) -> Option<Self> {
        // A session that no check saw was over when it was recorded.
        let seen = past.sessions().filter_map(|session| {
            let ended_at = session.end?.latest();
            let recent = session.recorded_at >= now - WINDOW;
            (recent && ended_at > session.recorded_at).then_some((session.recorded_at, ended_at))
        });
        let hours = |at| minute_of_day(at) as f64 / 60.0;
        let (mut count, mut start, mut end) = (0_u32, 0.0, 0.0);
        for (from, to) in seen {
            (count, start, end) = (count + 1, start + hours(from), end + hours(to));
        }
        let mean = |sum: f64| sum / f64::from(count);
        (count >= NEEDED).then(|| Self {
            start: mean(start),
            end: mean(end),
            confidence: (f64::from(count) / PLENTY).min(1.0),
        })
    }

    fn probability(pattern: Option<Self>, now: Timestamp) -> f64 {
        let Some(Self { start, end, confidence }) = pattern else { return 0.1 };
        let hour = hour_of_day(now) as f64;
        if confidence < CONFIDENT {
            0.1
        } else if hour >= start - 1.0 && hour <= end + 1.0 {
            0.8 * confidence
        } else if hour < start - 1.0 {
            0.2
        } else {
            0.1
        }
    }
}

/// `calculateOptimalInterval`.
fn optimal(probabilities: &[f64]) -> Span {
    let high = probabilities.iter().filter(|p| **p > 0.6).count();
    let medium = probabilities.iter().filter(|p| **p > 0.3 && **p <= 0.6).count();
    if high >= 3 {
        Span::MINUTE * 30
    } else if high >= 1 || medium >= 2 {
        Span::HOUR
    } else {
        Span::HOUR * 2
    }
}

impl Autochecker {
    /// `updateAutocheckerInterval`.
    fn update(&mut self, predictions: Vec<(AccountId, f64)>, now: Timestamp) {
        let probabilities: Vec<f64> = predictions.iter().map(|(_, p)| *p).collect();
        let interval = optimal(&probabilities);
        let change = (interval - self.interval).ms().abs();
        if change > STEADY.ms() {
            (self.interval, self.set_at) = (interval, now);
        }
        let likely = predictions.into_iter().filter(|(_, p)| *p > CHECKED);
        let since = |(account, _): (AccountId, f64)| {
            let since = self.likely.get(&account).copied().unwrap_or(now);
            (account, since)
        };
        self.likely = likely.map(since).collect();
    }
}

impl Roadmap {
    /// With all intervals multiplied by this; 1 as written.
    #[must_use]
    pub const fn new(multiplier: f64) -> Self {
        Self { multiplier, autocheckers: Vec::new() }
    }

    fn scaled(&self, interval: Span) -> Span {
        Span::from_minutes(interval.minutes() * self.multiplier).max(SHORTEST)
    }
}

impl Policy for Roadmap {
    fn name(&self) -> &'static str {
        "roadmap"
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Planned> {
        let track = subject.track;
        let Some(asked_at) = track.asked_at else {
            return Some(Planned { at: track.added_at, reason: Reason::First });
        };
        let at = if now < track.added_at + LEARNING {
            asked_at + self.scaled(BEFORE)
        } else {
            let mut known = self.autocheckers.iter();
            let (_, autochecker) = known.find(|(platform, _)| *platform == around.platform)?;
            let since = *autochecker.likely.get(&track.account)?;
            let interval = self.scaled(autochecker.interval);
            // The first beat that finds it likely and has not been answered.
            let from = since.max(asked_at + Span::from_ms(1)) - autochecker.set_at;
            let beats = (from.ms() + interval.ms() - 1).div_euclid(interval.ms()).max(1);
            (autochecker.set_at + interval * beats).max(asked_at + SHORTEST)
        };
        Some(Planned { at, reason: Reason::Interval })
    }

    fn refresh(
        &mut self,
        roster: &mut dyn Iterator<Item = Subject<'_>>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let predict = |subject: Subject<'_>| {
            let pattern = Pattern::of(subject.past, now);
            (subject.track.account.clone(), Pattern::probability(pattern, now))
        };
        let predictions = roster.map(predict).collect();
        let known = self.autocheckers.iter().position(|(platform, _)| *platform == around.platform);
        let place = known.unwrap_or_else(|| {
            let new = Autochecker { interval: BEFORE, set_at: now, likely: BTreeMap::new() };
            self.autocheckers.push((around.platform, new));
            self.autocheckers.len() - 1
        });
        if let Some((_, autochecker)) = self.autocheckers.get_mut(place) {
            autochecker.update(predictions, now);
        }
        Some(now + REFRESH)
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        around.quotas.even_gap()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::scenes::{Scene, hour};
    use super::*;

    /// Live from 19 to 22 on each of twenty days.
    fn regular() -> Scene {
        let mut scene = Scene::new(hour(0));
        for day in 0..20 {
            scene.session(hour(24 * day + 19), hour(24 * day + 22));
        }
        scene
    }

    fn refreshed(multiplier: f64, scene: &Scene, now: Timestamp) -> Roadmap {
        let mut roadmap = Roadmap::new(multiplier);
        roadmap.refresh(&mut [scene.subject()].into_iter(), scene.around(), now);
        roadmap
    }

    #[test]
    fn the_first_two_weeks_are_hourly() {
        let mut scene = Scene::new(hour(0));
        for (multiplier, gap) in [(1.0, Span::HOUR), (0.5, Span::MINUTE * 30)] {
            scene.asked(hour(13 * 24));
            let next = scene.next(&refreshed(multiplier, &scene, scene.now));
            assert_eq!(next, Some(Planned { at: scene.now + gap, reason: Reason::Interval }));
        }
        scene.asked(hour(14 * 24));
        assert_eq!(scene.next(&refreshed(1.0, &scene, scene.now)), None, "and then never again");
    }

    #[test]
    fn only_the_window_is_checked_and_only_at_beats() {
        let mut scene = regular();
        for (of_day, likely) in [(3, false), (17, false), (18, true), (23, true), (24, false)] {
            let now = hour(20 * 24 + of_day);
            scene.asked(now - Span::MINUTE);
            scene.now = now;
            let next = scene.next(&refreshed(1.0, &scene, now)).map(|planned| planned.at);
            // One likely account: 60 minutes.
            assert_eq!(next, likely.then(|| now + Span::HOUR), "at {of_day}");
        }
    }

    #[test]
    fn a_beat_right_after_a_check_waits_for_its_minute() {
        let mut scene = regular();
        let set_at = hour(20 * 24 + 18);
        let roadmap = refreshed(1.0, &scene, set_at);
        scene.asked(set_at + Span::MINUTE * 60 - Span::SECOND);
        let next = scene.next(&roadmap).map(|planned| planned.at);
        assert_eq!(next, Some(scene.now + Span::MINUTE));
    }

    #[test]
    fn midnight_is_a_fault() {
        let mut scene = Scene::new(hour(0));
        for day in 0..20 {
            // From 23 to 1, every day: on average from 23 to 1 of the same day.
            scene.session(hour(24 * day + 23), hour(24 * day + 25));
        }
        let pattern = Pattern::of(&scene.past, hour(21 * 24)).unwrap();
        assert!((pattern.start - 23.0).abs() < 1e-9 && (pattern.end - 1.0).abs() < 1e-9);
        let hours = (0..24).map(|of_day| hour(21 * 24 + of_day));
        assert!(hours.map(|now| Pattern::probability(Some(pattern), now)).all(|p| p < CHECKED));
    }

    #[test]
    fn confidence_is_the_amount_of_data() {
        let mut scene = Scene::new(hour(0));
        for (day, confidence) in [None, None, None, None, Some(0.5), Some(0.6)].iter().enumerate() {
            let day = i64::try_from(day).unwrap();
            scene.session(hour(24 * day + 19), hour(24 * day + 22));
            let found = Pattern::of(&scene.past, hour(24 * 10)).map(|pattern| pattern.confidence);
            assert_eq!(found, *confidence);
        }
        assert_eq!(Pattern::of(&scene.past, hour(24 * 40)), None, "after 30 days");
    }

    #[test]
    fn the_timer_starts_anew_when_the_interval_changes() {
        assert_eq!(optimal(&[0.8, 0.7, 0.61, 0.1]), Span::MINUTE * 30);
        assert_eq!(optimal(&[0.8, 0.1]), Span::HOUR);
        assert_eq!(optimal(&[0.6, 0.5]), Span::HOUR);
        assert_eq!(optimal(&[0.5, 0.3, 0.2]), Span::HOUR * 2);
        let scene = regular();
        let now = hour(20 * 24 + 18);
        let mut roadmap = refreshed(1.0, &scene, now);
        let mut others: Vec<Scene> = (0..2).map(|_| regular()).collect();
        for (n, other) in others.iter_mut().enumerate() {
            other.track = Scene::of(&format!("other{n}"), hour(0)).track;
        }
        let later = now + REFRESH;
        let all = || [&scene, &others[0], &others[1]].map(Scene::subject).into_iter();
        roadmap.refresh(&mut all(), scene.around(), later);
        let mut scene = scene.clone();
        scene.asked(now);
        scene.now = later;
        // The beat at now + 1 h is gone; 30 minutes count from here.
        let next = scene.next(&roadmap).map(|planned| planned.at);
        assert_eq!(next, Some(later + Span::MINUTE * 30));
    }
}
