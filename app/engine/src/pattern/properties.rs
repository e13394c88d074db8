//! What holds for any sessions.

use almanac_wire::{Span, Timestamp};
use proptest::prelude::*;

use super::tests::{MONDAY, berlin, broadcast, exact, minutes};
use super::*;
use crate::session::{End, Interval, Session};
use crate::zone::Zone;

/// A month from a week before the change to summer time.
fn period() -> Period<'static> {
    Period::last(WINDOW, MONDAY + Span::DAY * 30)
}

/// Day, minute of the day, minutes of doubt about the start, minutes long (none: still open).
type Raw = (i64, i64, i64, Option<i64>);

fn any_raw() -> impl Strategy<Value = Raw> {
    (0..30_i64, 0..1440_i64, 0..300_i64, proptest::option::weighted(0.9, 1..600_i64))
}

fn session((day, minute, doubt, length): Raw) -> Session {
    let start = MONDAY + minutes(day * 1440 + minute);
    let end = match length {
        None => End::Open { last_seen: start },
        Some(length) => End::Over(Interval::between(
            start + minutes(length),
            start + minutes(length + doubt / 2),
        )),
    };
    broadcast(Interval::between(start - minutes(doubt), start), end)
}

/// Some habits, each kept with some jitter, and some sessions at any time.
fn any_sessions() -> impl Strategy<Value = Vec<Session>> {
    let habit =
        (0..1440_i64, proptest::collection::vec((0..30_i64, -40..40_i64, 0..60_i64), 0..20));
    let habits = proptest::collection::vec(habit, 0..3);
    (habits, proptest::collection::vec(any_raw(), 0..20)).prop_map(|(habits, stray)| {
        let kept = habits.into_iter().flat_map(|(minute, kept)| {
            kept.into_iter()
                .map(move |(day, jitter, doubt)| (day, minute + jitter, doubt, Some(90)))
        });
        kept.chain(stray).map(session).collect()
    })
}

fn found(sessions: &[Session], zone: &Zone, period: &Period<'_>) -> Option<Box<Pattern>> {
    match analyze(sessions, zone, period) {
        Analysis::Pattern(pattern) => Some(pattern),
        Analysis::Insufficient { .. } => None,
    }
}

fn apart(a: f64, b: f64) -> f64 {
    let apart = (a - b).rem_euclid(1440.0);
    apart.min(1440.0 - apart)
}

/// Whether both have the same usual times, but that those of `b` are so many minutes later.
fn same_usual(a: &Pattern, b: &Pattern, later: f64) -> bool {
    let same = |u: &Usual, v: &Usual| {
        [(u.at, v.at), (u.from, v.from), (u.to, v.to)]
            .into_iter()
            .all(|(x, y)| apart(x + later, y) < 1e-6)
            && (u.share, u.chance) == (v.share, v.chance)
    };
    let all = |a: &Pattern, b: &Pattern, same: &dyn Fn(&Usual, &Usual) -> bool| {
        a.usual.iter().all(|u| b.usual.iter().any(|v| same(u, v)))
    };
    all(a, b, &same) && all(b, a, &|v, u| same(u, v))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The same sessions in a zone `hours` ahead are `hours` later on the clock, and nothing else
    /// about the time of the day changes.
    #[test]
    fn turning_the_clock_turns_the_averages(sessions in any_sessions(), hours in -14..=14_i64) {
        let here = found(&sessions, &Zone::UTC, &period());
        let there = found(&sessions, &Zone::fixed(Span::HOUR * hours), &period());
        prop_assert_eq!(here.is_some(), there.is_some());
        if let (Some(here), Some(there)) = (here, there) {
            let moved = f64::from(i32::try_from(hours).unwrap()) * 60.0;
            for (a, b) in [(Some(here.start), Some(there.start)), (here.end, there.end)] {
                prop_assert_eq!(a.is_some(), b.is_some());
                if let (Some(a), Some(b)) = (a, b) {
                    prop_assert!((a.resultant - b.resultant).abs() < 1e-9);
                    if let Some((a, b)) = a.minute.zip(b.minute).filter(|_| a_turns(a.resultant)) {
                        prop_assert!(apart(a + moved, b) < 1e-6, "{a} {b}");
                    }
                }
            }
            prop_assert!((here.consistency - there.consistency).abs() < 1e-9);
            prop_assert!((here.confidence.value - there.confidence.value).abs() < 1e-9);
            prop_assert!(same_usual(&here, &there, moved), "{:?} {:?}", here.usual, there.usual);
            prop_assert_eq!(here.duration, there.duration);
        }
    }

    #[test]
    fn the_order_of_the_sessions_does_not_matter(
        (sessions, shuffled) in any_sessions().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
    ) {
        let (a, b) = (found(&sessions, &berlin(), &period()), found(&shuffled, &berlin(), &period()));
        if let (Some(a), Some(b)) = (a, b) {
            prop_assert!((a.start.resultant - b.start.resultant).abs() < 1e-9);
            if let Some((x, y)) = a.start.minute.zip(b.start.minute) {
                prop_assert!(apart(x, y) * a.start.resultant < 1e-9);
            }
            prop_assert!((a.consistency - b.consistency).abs() < 1e-9);
            prop_assert!((a.confidence.value - b.confidence.value).abs() < 1e-9);
            prop_assert_eq!(&a.usual, &b.usual);
            prop_assert_eq!(a.week, b.week);
            let (x, y) = (a.duration.map(|d| d.mean_minutes), b.duration.map(|d| d.mean_minutes));
            prop_assert!((x.unwrap_or(0.0) - y.unwrap_or(0.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn every_number_keeps_to_its_range(sessions in any_sessions()) {
        if let Some(p) = found(&sessions, &berlin(), &period()) {
            let share = |x: f64| (0.0..=1.0).contains(&x);
            let on_clock = |x: f64| (0.0..1440.0).contains(&x);
            for mean in [Some(p.start), p.end].into_iter().flatten() {
                prop_assert!(share(mean.resultant) && mean.minute.is_none_or(on_clock));
                prop_assert!((0.0..=324.2).contains(&mean.spread_minutes));
            }
            let days = p.week.iter().map(|day| day.chance);
            for e in days.chain([p.daily, p.confidence]) {
                prop_assert!(0.0 <= e.low && e.low <= e.value && e.value <= e.high && e.high <= 1.0);
            }
            prop_assert!(share(p.consistency));
            prop_assert_eq!(p.week.iter().map(|day| day.sessions).sum::<u32>(), p.data_points);
            for day in p.week {
                prop_assert!(day.live_days <= day.days && day.live_days <= day.sessions);
            }
            for u in &p.usual {
                prop_assert!([u.at, u.from, u.to].into_iter().all(on_clock));
                let width = (u.to - u.from).rem_euclid(1440.0);
                prop_assert!((u.at - u.from).rem_euclid(1440.0) <= width + 1e-6);
                prop_assert!(share(u.share) && u.chance < u.share && u.chance >= 0.0);
            }
            prop_assert!(p.usual.len() <= 4);
            prop_assert!(p.usual.iter().map(|u| u.share).sum::<f64>() <= 1.0 + 1e-9);
            if let Some(d) = p.duration {
                prop_assert!(d.mean_minutes >= 0.0 && d.median_minutes >= 0.0 && d.count <= p.data_points);
            }
        }
    }

    /// The same times on the local clock, whether or not the clock is changed meanwhile.
    #[test]
    fn a_change_of_the_clock_changes_nothing(
        starts in proptest::collection::vec((0..30_i64, 240..1440_i64), 5..40),
    ) {
        let zone = berlin();
        let utc: Vec<_> = starts.iter().map(|(d, m)| exact(d * 1440 + m, 30)).collect();
        let local: Vec<_> = starts
            .iter()
            .map(|(d, m)| {
                let shown = MONDAY + minutes(d * 1440 + m);
                let guess = shown - zone.offset_at(shown - Span::HOUR);
                exact((guess - MONDAY).ms() / 60_000, 30)
            })
            .collect();
        let until = MONDAY + Span::DAY * 31;
        let period = Period::last(Span::DAY * 32, until);
        let (a, b) = (found(&utc, &Zone::UTC, &period).unwrap(), found(&local, &zone, &period).unwrap());
        prop_assert!((a.consistency - b.consistency).abs() < 1e-9);
        prop_assert_eq!(a.start, b.start);
        prop_assert_eq!(a.end, b.end);
        prop_assert_eq!(a.usual, b.usual);
        prop_assert_eq!(a.confidence, b.confidence);
        prop_assert_eq!(a.week.map(|d| d.live_days), b.week.map(|d| d.live_days));
    }

    /// Not even times at the end of the world make it panic.
    #[test]
    fn nothing_overflows(
        raw in proptest::collection::vec(proptest::array::uniform4(any_time()), 5..9),
        (from, now) in (any_time(), any_time()),
        gaps in proptest::collection::vec((any_time(), any_time()), 0..3),
    ) {
        let at = Timestamp::from_ms;
        let sessions: Vec<_> = raw
            .into_iter()
            .map(|[a, b, c, d]| {
                broadcast(Interval::between(at(a), at(b)), End::Over(Interval::between(at(c), at(d))))
            })
            .collect();
        let gaps: Vec<_> = gaps.into_iter().map(|(a, b)| at(a)..at(b)).collect();
        let period = Period { from: at(from), now: at(now), unwatched: &gaps };
        if let Some(pattern) = found(&sessions, &berlin(), &period) {
            prop_assert!(pattern.consistency.is_finite() && pattern.confidence.value.is_finite());
            prop_assert!(pattern.duration.is_none_or(|d| d.mean_minutes >= 0.0));
            let _ = PatternRow::new("a", &pattern);
        }
    }
}

fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>(), 0..2_000_000_000_000_i64]
}

/// Whether rounding leaves a direction worth comparing.
fn a_turns(resultant: f64) -> bool {
    resultant > 1e-6
}
