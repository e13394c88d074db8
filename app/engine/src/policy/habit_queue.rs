//! Intervals from start hours and recent sessions, as `StreamCapEvo` queues its checks.
//!
//! Source: GinesP/StreamCapEvo (Apache-2.0) as of 2026, `app/core/recording/history_manager.py` and
//! `app/models/recording/recording_model.py`: the figures below are theirs, the code is not. An
//! account has up to five hours for each day of the week, first in, first out, and up to 120
//! sessions of 90 days, weighted by age; hand-set weights mix them into a "likelihood" between 0.05
//! and 1, and thresholds make that 60 s, half the base interval, the base, 1.5 or 3 times the base,
//! give or take 15 %. Readings chosen here:
//! - An hour is noted when a session begins in it. The original notes the hours of all checks that
//!   find an account live before it is recorded, which are mostly that.
//! - A session begins when it began, as far as is known, not when it was found.
//! - What is on air is checked at the base interval: the original records it, and needs no checks.
//! - The original's `priority_score`, a mean over checks that forgets (0.1 of it at each check
//!   that finds the account live, 0.005 at each other), is worked out from the sessions as if all
//!   checks had come at the base interval, and so is the number of checks.
//! - The original asks every 180 s whose interval, worked out anew, has passed; so does this, but
//!   goes by the second in between.
//! - The 15 % are not drawn by lot: [`jitter`] decides them. They leave no interval under 60 s
//!   (the original: 45 s).
//! - There are no favourites, no timetables set by hand, and hours are UTC.

use almanac_wire::{Span, Timestamp};

use super::clock::{hour_of_day, minute_of_day, weekday};
use super::fixed::Fixed;
use super::jitter::jitter;
use super::{Past, Planned, Policy, Reason, Subject, Surroundings};

const SHORTEST: Span = Span::MINUTE;
/// How often it is asked who is due.
const LOOP: Span = Span::from_s(180);
/// How far an interval strays.
const STRAY: f64 = 0.15;
/// Sessions and hours that are remembered.
const SESSIONS: usize = 120;
const HOURS: usize = 5;
/// The natural logarithms of what is left of a priority's distance to 1 after a check that finds
/// the account live, 0.9, and of the priority itself after any other, 0.995.
const LN_LIVE: f64 = -0.105_360_515_657_826_3;
const LN_OFFLINE: f64 = -0.005_012_541_823_544_286;
/// A priority below this, after more checks than this, is that of the dead.
const DEAD: f64 = 0.01;
const ENOUGH_CHECKS: f64 = 30.0;

/// Goes by the likelihood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HabitQueue {
    /// The base interval; `None` for the shortest that the budget sustains.
    pub base: Option<Span>,
}

/// A session's start as the likelihood sees it.
#[derive(Clone, Copy, Debug)]
struct Start {
    weekday: usize,
    minute: i64,
    weight: f64,
}

/// What is remembered of an account at a moment.
#[derive(Clone, Debug)]
struct Habits {
    /// For each day of the week.
    hours: [Vec<i64>; 7],
    starts: Vec<Start>,
    /// How full the lists of hours are, of those days that have any, `0.0..=1.0`.
    consistency: f64,
    /// How much of its time it seems to be live, `0.0..=1.0`.
    priority: f64,
    /// How much of the likelihood is left after a long absence.
    presence: f64,
}

impl Habits {
    fn of(past: &Past, base: Span, now: Timestamp) -> Self {
        let mut hours: [Vec<i64>; 7] = Default::default();
        let (mut starts, mut priority) = (Vec::new(), 0.0);
        let mut offline_since: Option<Timestamp> = None;
        let checks = |length: Span| length.minutes().max(0.0) / base.minutes();
        let skipped = past.sessions().len().saturating_sub(SESSIONS);
        for session in past.sessions().skip(skipped) {
            let start = session.start.earliest() + session.start.width() / 2;
            let end = session.end.map_or(now, |end| end.earliest() + end.width() / 2);
            let list = &mut hours[weekday(start)];
            if !list.contains(&hour_of_day(start)) {
                list.push(hour_of_day(start));
                if list.len() > HOURS {
                    list.remove(0);
                }
            }
            let age = (now - start).days().floor().max(0.0);
            let weight = 1.0 / (1.0 + age / 21.0);
            starts.push(Start { weekday: weekday(start), minute: minute_of_day(start), weight });
            let absent = offline_since.map_or(0.0, |since| checks(start - since));
            priority *= (LN_OFFLINE * absent).exp();
            priority = 1.0 - (1.0 - priority) * (LN_LIVE * checks(end - start)).exp();
            offline_since = Some(end);
        }
        let absent = offline_since.map_or(Span::ZERO, |since| now - since);
        priority *= (LN_OFFLINE * checks(absent)).exp();
        let days = hours.iter().filter(|list| !list.is_empty()).count();
        let slots: usize = hours.iter().map(Vec::len).sum();
        let presence = match absent.days() {
            days if days >= 46.0 => 0.82 * 0.70,
            days if days >= 15.0 => 0.82,
            _ => 1.0,
        };
        let consistency = slots as f64 / (days.max(1) * HOURS) as f64;
        Self { hours, starts, consistency, priority, presence }
    }

    /// The original's "likelihood" of being live; no probability.
    fn likelihood(&self, at: Timestamp) -> f64 {
        let (today, minute) = (weekday(at), minute_of_day(at));
        let hours = &self.hours[today];
        let mut score = 0.15_f64;
        if let Some(distance) = hours.iter().map(|hour| (hour * 60 - minute).abs()).min() {
            let near = (1.0 - distance as f64 / 180.0).max(0.0);
            score = score.max(0.25 + 0.55 * near);
            if hours.contains(&hour_of_day(at)) {
                score = score.max(0.92);
            }
        }
        let (mut hits, mut total) = (0.0, 0.0);
        for start in &self.starts {
            let distance = (start.minute - minute).abs();
            let distance = distance.min(24 * 60 - distance) as f64;
            let weight = start.weight * if start.weekday == today { 1.25 } else { 0.35 };
            hits += weight * (1.0 - distance / 240.0).max(0.0);
            total += weight;
        }
        if hits > 0.0 {
            let boost = (0.015 * self.starts.len() as f64).min(0.18);
            score = score.max(0.20 + 0.65 * hits / total) + boost;
        }
        score += 0.12 * self.consistency + 0.12 * self.priority;
        (score * self.presence).clamp(0.05, 1.0)
    }

    /// The interval by the likelihood at a moment, before it strays.
    fn interval(&self, base: Span, many_checks: bool, at: Timestamp) -> Span {
        let likelihood = self.likelihood(at);
        if likelihood >= 0.9 {
            SHORTEST
        } else if likelihood >= 0.5 {
            base / 2
        } else if self.priority < DEAD && many_checks {
            base * 3
        } else if likelihood <= 0.15 {
            base * 3 / 2
        } else {
            base
        }
    }
}

impl HabitQueue {
    fn base(self, around: Surroundings<'_>) -> Span {
        Fixed { interval: self.base }.interval(around)
    }
}

impl Policy for HabitQueue {
    fn name(&self) -> &'static str {
        "habit-queue"
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        let track = subject.track;
        let Some(asked_at) = track.asked_at else {
            return Some(Planned { at: track.added_at, reason: Reason::First });
        };
        let base = self.base(around);
        let factor = 1.0 + STRAY * jitter(&track.account, asked_at);
        let strayed =
            |interval: Span| Span::from_minutes(interval.minutes() * factor).max(SHORTEST);
        if track.open().is_some() {
            return Some(Planned { at: asked_at + strayed(base), reason: Reason::End });
        }
        let habits = Habits::of(subject.past, base, asked_at);
        let many_checks = (asked_at - track.added_at).minutes() > ENOUGH_CHECKS * base.minutes();
        let mut looked_at = asked_at + SHORTEST;
        // Ends with the longest interval there is, if not before.
        let at = loop {
            let due = asked_at + strayed(habits.interval(base, many_checks, looked_at));
            if due <= looked_at + LOOP {
                break due.max(looked_at);
            }
            looked_at += LOOP;
        };
        Some(Planned { at, reason: Reason::Interval })
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

    const BASE: Span = Span::from_ms(10 * Span::MINUTE.ms());
    const HABIT_QUEUE: HabitQueue = HabitQueue { base: Some(BASE) };

    /// Live from 19 to 22 on each of fourteen days.
    fn regular() -> Scene {
        let mut scene = Scene::new(hour(0));
        for day in 0..14 {
            scene.session(hour(24 * day + 19), hour(24 * day + 22));
        }
        scene
    }

    /// The next gap in minutes, without what it strays by.
    fn gap(scene: &Scene) -> f64 {
        let gap = (scene.next(&HABIT_QUEUE).unwrap().at - scene.now).minutes();
        gap / (1.0 + STRAY * jitter(&scene.track.account, scene.now))
    }

    #[test]
    fn the_nearer_the_usual_hour_the_shorter_the_interval() {
        let mut scene = regular();
        let mut gap_at = |of_day| {
            scene.asked(hour(14 * 24) + Span::MINUTE * of_day);
            gap(&scene)
        };
        assert!((gap_at(10 * 60) - 10.0).abs() < 1e-3, "far from it: the base");
        assert!((gap_at(16 * 60 + 30) - 5.0).abs() < 1e-3, "hours before: half of it");
        assert!(gap_at(19 * 60 + 10) < 1.2, "within it: a minute");
    }

    #[test]
    fn who_was_never_seen_sleeps_deeply_after_thirty_checks() {
        let mut scene = Scene::new(hour(0));
        scene.asked(hour(2));
        assert!((gap(&scene) - 15.0).abs() < 1e-3, "1.5 times the base at first");
        scene.asked(hour(6));
        assert!((gap(&scene) - 30.0).abs() < 1e-3, "then three times");
    }

    #[test]
    fn the_likelihood_is_looked_at_again_while_waiting() {
        let mut scene = Scene::new(hour(0));
        scene.session(hour(19), hour(22));
        // Wednesday morning: the base of twelve hours ends after 18:12 at the earliest.
        scene.asked(hour(6 * 24 + 8));
        let lazy = HabitQueue { base: Some(Span::HOUR * 12) };
        let next = scene.next(&lazy).unwrap().at;
        // The likelihood is a half when 19:00 is 145 minutes away, and half the base has passed.
        let of_day = minute_of_day(next);
        assert!((16 * 60 + 34..=16 * 60 + 40).contains(&of_day), "{of_day}");
    }

    #[test]
    fn five_hours_a_day_are_remembered_and_the_oldest_goes() {
        let mut scene = Scene::new(hour(0));
        for week in 0..6 {
            scene.session(hour(7 * 24 * week + 10 + week), hour(7 * 24 * week + 11 + week));
        }
        let habits = Habits::of(&scene.past, BASE, hour(6 * 7 * 24));
        assert_eq!(habits.hours[weekday(hour(0))], [11, 12, 13, 14, 15]);
        assert!((habits.consistency - 1.0).abs() < 1e-12);
    }

    #[test]
    fn priority_rises_while_live_and_falls_slowly_after() {
        let mut scene = Scene::new(hour(0));
        scene.session(hour(1), hour(3));
        let priority = |now| Habits::of(&scene.past, BASE, now).priority;
        // Twelve checks of 0.9 each, then one of 0.995 every ten minutes.
        let risen = 1.0 - 0.9_f64.powi(12);
        assert!((priority(hour(3)) - risen).abs() < 1e-9);
        assert!((priority(hour(13)) - risen * 0.995_f64.powi(60)).abs() < 1e-9);
    }

    #[test]
    fn what_is_on_air_is_checked_at_the_base_interval() {
        let mut scene = regular();
        scene.live(hour(14 * 24 + 19), hour(14 * 24 + 20));
        let next = scene.next(&HABIT_QUEUE).unwrap();
        assert_eq!(next.reason, Reason::End);
        assert!((gap(&scene) - 10.0).abs() < 1e-3);
    }

    #[test]
    fn intervals_stray_by_fifteen_percent_at_most() {
        let mut scene = Scene::new(hour(0));
        let mut gaps = Vec::new();
        for n in 0..200 {
            scene.asked(hour(10) + Span::SECOND * n);
            gaps.push((scene.next(&HABIT_QUEUE).unwrap().at - scene.now).minutes() / 30.0);
        }
        let least = gaps.iter().copied().fold(f64::INFINITY, f64::min);
        let most = gaps.iter().copied().fold(0.0, f64::max);
        assert!((0.85..0.87).contains(&least) && (1.13..=1.15).contains(&most), "{least} {most}");
    }
}
