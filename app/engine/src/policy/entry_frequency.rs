//! Intervals from how often an account went live in the last week, as Miniflux polls feeds.
//!
//! Source: miniflux/v2, `internal/model/feed.go` (`ScheduleNextCheck`, "entry_frequency") and
//! `internal/storage/feed.go` (`WeeklyFeedEntryCount`), of 2026. Readings chosen here:
//! - An entry is a session that is known, published when the session began (the middle of what is
//!   known of it).
//! - The weekly count is Miniflux's virtual one: a week by the mean gap between the entries of the
//!   last seven days, rounded up; with one entry or none it is 0, and the interval the longest.
//! - The factor is any positive number, not only a whole one.
//! - Upstreams give no hints such as `Cache-Control`, so that only the clamp is left of those.
//! - A feed's entries wait for their reader, so Miniflux has no rule for what is on air: neither
//!   has this.

use almanac_wire::{Span, Timestamp};

use super::{Past, Planned, Policy, Reason, Subject, Surroundings};

const WEEK: Span = Span::from_ms(7 * Span::DAY.ms());
/// Miniflux's bounds, as shipped.
const SHORTEST: Span = Span::from_ms(5 * Span::MINUTE.ms());
const LONGEST: Span = Span::DAY;

/// Checks an account `factor` times as often as it goes live.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntryFrequency {
    /// Checks for each session to be expected; Miniflux is shipped with 1.
    pub factor: f64,
}

impl EntryFrequency {
    /// The interval of an account whose virtual weekly count this is: the week by the count times
    /// the factor, between 5 minutes and a day.
    #[must_use]
    pub fn interval(self, weekly_count: f64) -> Span {
        if weekly_count > 0.0 {
            Span::from_minutes(WEEK.minutes() / (weekly_count * self.factor))
                .clamp(SHORTEST, LONGEST)
        } else {
            LONGEST
        }
    }
}

/// A week by the mean gap between the starts of the last week, rounded up; 0 of fewer than two.
fn weekly_count(past: &Past, now: Timestamp) -> f64 {
    let start = |session: &super::Broadcasted| session.start.earliest() + session.start.width() / 2;
    let mut starts = past.sessions().map(start).filter(|at| (now - WEEK..=now).contains(at));
    let Some(first) = starts.next() else { return 0.0 };
    let (mut earliest, mut latest, mut gaps) = (first, first, 0_u32);
    for at in starts {
        (earliest, latest, gaps) = (earliest.min(at), latest.max(at), gaps + 1);
    }
    let gap = (latest - earliest).minutes() / f64::from(gaps.max(1));
    if gap > 0.0 { (WEEK.minutes() / gap).ceil() } else { 0.0 }
}

impl Policy for EntryFrequency {
    fn name(&self) -> &'static str {
        "entry-frequency"
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        _around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        let Some(asked_at) = subject.track.asked_at else {
            return Some(Planned { at: subject.track.added_at, reason: Reason::First });
        };
        let interval = self.interval(weekly_count(subject.past, asked_at));
        Some(Planned { at: asked_at + interval, reason: Reason::Interval })
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

    fn gap(policy: EntryFrequency, scene: &Scene) -> f64 {
        scene.next(&policy).map_or(f64::NAN, |planned| (planned.at - scene.now).hours())
    }

    #[test]
    fn an_account_that_goes_live_daily_is_checked_daily_times_the_factor() {
        let mut scene = Scene::new(hour(0));
        for day in 0..20 {
            scene.session(hour(24 * day + 19), hour(24 * day + 22));
        }
        scene.asked(hour(20 * 24));
        assert!((gap(EntryFrequency { factor: 1.0 }, &scene) - 24.0).abs() < 1e-6);
        assert!((gap(EntryFrequency { factor: 6.0 }, &scene) - 4.0).abs() < 1e-3);
        assert!((gap(EntryFrequency { factor: 1e6 }, &scene) - 1.0 / 12.0).abs() < 1e-6);
    }

    #[test]
    fn the_count_is_of_the_gaps_and_not_of_the_week() {
        let mut scene = Scene::new(hour(0));
        // Three sessions within two days: seven a week.
        for day in 0..3 {
            scene.session(hour(24 * day + 1), hour(24 * day + 2));
        }
        scene.asked(hour(80));
        assert!((weekly_count(&scene.past, scene.now) - 7.0).abs() < 1e-9);
        // A week later all but the last are forgotten, and with one nothing is counted.
        scene.asked(hour(24 * 7 + 26));
        assert!(weekly_count(&scene.past, scene.now).abs() < 1e-9);
    }

    #[test]
    fn who_is_not_seen_live_is_forgotten_whatever_the_factor() {
        let mut scene = Scene::new(hour(0));
        scene.asked(hour(50));
        assert!((gap(EntryFrequency { factor: 1e9 }, &scene) - 24.0).abs() < 1e-9);
    }
}
