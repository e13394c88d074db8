//! The roadmap's faults, and what the analyzer promises, case by case.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use almanac_wire::{Span, Timestamp};

use super::*;
use crate::session::{End, Interval, KnownBy, Session};
use crate::zone::Zone;

/// Monday 2 March 2026, 00:00 UTC.
pub(super) const MONDAY: Timestamp = Timestamp::from_s(1_772_409_600);

pub(super) fn minutes(n: i64) -> Span {
    Span::MINUTE * n
}

pub(super) fn broadcast(start: Interval, end: End) -> Session {
    Session {
        account: "demo:a".parse().unwrap(),
        recorded_at: start.latest(),
        start,
        end,
        known_by: KnownBy::Seen,
        room_id: None,
        started_at: None,
        title: None,
        peak_viewers: None,
        gifts: None,
    }
}

/// Known exactly; `start` is minutes after Monday's midnight UTC, `length` minutes.
pub(super) fn exact(start: i64, length: i64) -> Session {
    let start = MONDAY + minutes(start);
    broadcast(Interval::exact(start), End::Over(Interval::exact(start + minutes(length))))
}

/// A start on `day` (0 is Monday 2 March) at `hour:minute`, two hours long.
fn on(day: i64, hour: i64, minute: i64) -> Session {
    exact(day * 1440 + hour * 60 + minute, 120)
}

/// The 28 days from Monday on.
fn four_weeks() -> Period<'static> {
    Period::last(Span::DAY * 28, MONDAY + Span::DAY * 28)
}

fn pattern_in(sessions: &[Session], zone: &Zone, period: &Period<'_>) -> Pattern {
    match analyze(sessions, zone, period) {
        Analysis::Pattern(pattern) => *pattern,
        Analysis::Insufficient { .. } => panic!("a pattern was expected"),
    }
}

fn pattern(sessions: &[Session]) -> Pattern {
    pattern_in(sessions, &Zone::UTC, &four_weeks())
}

/// Central European time in 2026: changes on 29 March and 25 October at 01:00 UTC.
pub(super) fn berlin() -> Zone {
    let summer = Timestamp::from_s(1_774_746_000)..Timestamp::from_s(1_792_890_000);
    let offset = |at| if summer.contains(&at) { Span::HOUR * 2 } else { Span::HOUR };
    Zone::sample(Timestamp::from_s(1_767_225_600), Timestamp::from_s(1_798_761_600), &offset)
}

#[track_caller]
fn about(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-6, "{actual} is not {expected}");
}

/// The roadmap's average is noon, its consistency 0: the variance of 23.5 and 0.5 is 132.
#[test]
fn around_midnight_averages_to_midnight() {
    let sessions: Vec<_> =
        (0..20).map(|day| if day % 2 == 0 { on(day, 23, 30) } else { on(day, 0, 30) }).collect();
    let pattern = pattern(&sessions);
    let minute = pattern.start.minute.unwrap();
    about((minute + 720.0) % 1440.0, 720.0);
    about(pattern.start.resultant, (std::f64::consts::TAU / 48.0).cos());
    assert!((29.0..31.0).contains(&pattern.start.spread_minutes));
    assert!(pattern.consistency > 0.8);
    let [usual] = pattern.usual.as_slice() else { panic!("{:?}", pattern.usual) };
    assert_eq!((usual.from, usual.at, usual.to, usual.share), (1410.0, 0.0, 30.0, 1.0));
    assert!(pattern.confidence.value > 0.9);
}

#[test]
fn a_session_across_midnight_keeps_its_length_and_its_day() {
    let sessions: Vec<_> = [0, 7, 14, 15, 21].map(|day| exact(day * 1440 + 1320, 240)).into();
    let pattern = pattern(&sessions);
    about(pattern.start.minute.unwrap(), 1320.0);
    about(pattern.end.unwrap().minute.unwrap(), 120.0);
    let duration = pattern.duration.unwrap();
    assert_eq!((duration.count, duration.mean_minutes, duration.median_minutes), (5, 240.0, 240.0));
    assert_eq!((pattern.week[1].sessions, pattern.week[1].live_days), (4, 4));
    assert_eq!((pattern.week[2].sessions, pattern.week[2].live_days), (1, 1));
}

/// The roadmap's average would be 16:00 and its consistency 0.
#[test]
fn two_slots_a_day_are_consistent_and_both_usual() {
    let sessions: Vec<_> = (0..20).flat_map(|day| [on(day, 10, 0), on(day, 22, 0)]).collect();
    let pattern = pattern(&sessions);
    assert_eq!(pattern.start.minute, None, "noon and midnight have no average");
    assert!(pattern.start.resultant < 1e-9);
    about(pattern.start.spread_minutes, 2_f64.sqrt() / std::f64::consts::TAU * 1440.0);
    about(pattern.consistency, 1.0);
    let at: Vec<_> = pattern.usual.iter().map(|usual| (usual.at, usual.share)).collect();
    assert_eq!(at, [(600.0, 0.5), (1320.0, 0.5)]);
    about(pattern.confidence.value, 41.0 / 42.0);
    assert_eq!(pattern.week.map(|day| (day.sessions, day.live_days)), {
        let mut week = [(6, 3); 7];
        week[0] = (4, 2);
        week
    });
}

#[test]
fn at_any_hour_nothing_is_usual() {
    // Every hour once, each the ninth after the one before.
    let sessions: Vec<_> = (0..24).map(|day| on(day, day * 5 % 24, 0)).collect();
    let pattern = pattern(&sessions);
    assert_eq!(pattern.usual, []);
    assert_eq!(pattern.confidence, Estimate { value: 0.0, low: 0.0, high: 0.0 });
    assert!(pattern.consistency < 0.02, "{}", pattern.consistency);
    assert_eq!(pattern.start.minute, None);
}

#[test]
fn summer_time_moves_no_average_and_stretches_no_session() {
    // 20:00 in Berlin, for two weeks on either side of the night of the change.
    let change = Timestamp::from_s(1_774_746_000);
    let at = |day: i64| {
        let utc = if day < 0 { 19 } else { 18 };
        change + Span::DAY * day + Span::HOUR * (utc - 1)
    };
    let mut sessions: Vec<_> = (-14..14)
        .map(|day| {
            let start = Interval::exact(at(day));
            broadcast(start, End::Over(Interval::exact(at(day) + Span::HOUR * 3)))
        })
        .collect();
    let period = Period::last(Span::DAY * 30, at(14));
    let pattern = pattern_in(&sessions, &berlin(), &period);
    about(pattern.start.minute.unwrap(), 1200.0);
    about(pattern.end.unwrap().minute.unwrap(), 1380.0);
    assert!(pattern.start.spread_minutes < 1e-3);
    about(pattern.consistency, 1.0);

    // From 01:00 to 04:00 on the clock, but two hours long.
    let night = Interval::exact(change - Span::HOUR);
    sessions.truncate(4);
    sessions.push(broadcast(night, End::Over(Interval::exact(change + Span::HOUR))));
    let duration = pattern_in(&sessions, &berlin(), &period).duration.unwrap();
    assert_eq!((duration.mean_minutes, duration.median_minutes), (168.0, 180.0));
}

#[test]
fn below_five_sessions_in_the_period_data_is_insufficient() {
    let mut sessions: Vec<_> = (0..4).map(|day| on(day, 20, 0)).collect();
    let period = Period::last(WINDOW, MONDAY + Span::DAY * 28);
    // One that is too old, and one that is yet to come.
    sessions.push(on(-3, 20, 0));
    sessions.push(on(28, 0, 1));
    let few = Analysis::Insufficient { data_points: 4, needed: 5 };
    assert_eq!(analyze(&sessions, &Zone::UTC, &period), few);
    assert_eq!(serde_json::to_value(&few).unwrap()["insufficient"]["needed"], 5);
    sessions.push(on(4, 20, 0));
    assert_eq!(pattern_in(&sessions, &Zone::UTC, &period).data_points, 5);
}

#[test]
fn an_open_session_counts_by_its_start_only() {
    let mut sessions: Vec<_> = (0..5).map(|day| on(day, 20, 0)).collect();
    let start = MONDAY + Span::DAY * 5 + Span::HOUR * 21;
    let open = End::Open { last_seen: start + Span::HOUR * 9 };
    sessions.push(broadcast(Interval::exact(start), open));
    let found = pattern(&sessions);
    assert_eq!((found.data_points, found.duration.unwrap().count), (6, 5));
    assert!(found.start.minute.unwrap() > 1205.0);
    about(found.end.unwrap().minute.unwrap(), 1320.0);

    for session in &mut sessions {
        session.end = open;
    }
    let open = pattern(&sessions);
    assert_eq!((open.end, open.duration), (None, None));
    assert_eq!(PatternRow::new("a", &open).avg_end_hour, None);
}

#[test]
fn an_interval_counts_by_its_middle_and_its_width_is_doubt() {
    let known_to = |width: i64| -> Vec<_> {
        (0..10)
            .map(|day| {
                let (start, end) = (MONDAY + minutes(day * 1440 + 1200), minutes(width));
                let over = Interval::between(start + minutes(100), start + minutes(140));
                broadcast(Interval::between(start - end / 2, start + end / 2), End::Over(over))
            })
            .collect()
    };
    let sharp = pattern(&known_to(0));
    let blurred = pattern(&known_to(240));
    about(blurred.start.minute.unwrap(), 1200.0);
    about(blurred.start.resultant, (std::f64::consts::PI / 6.0).sin() * 6.0 / std::f64::consts::PI);
    about(sharp.duration.unwrap().mean_minutes, 120.0);
    about(sharp.duration.unwrap().doubt_minutes, 40.0 / 12_f64.sqrt());
    about(blurred.duration.unwrap().doubt_minutes, ((240.0_f64.powi(2) + 1600.0) / 12.0).sqrt());
    // Half of each interval lies within an hour of 20:00.
    about(sharp.confidence.value, 11.0 / 12.0);
    about(blurred.confidence.value, 6.0 / 12.0);
    assert!((0.45..0.55).contains(&blurred.consistency), "{}", blurred.consistency);
    assert_eq!(pattern(&known_to(1440)).start.minute, None, "a whole day tells no time");
}

#[test]
fn half_the_sessions_are_longer_than_the_median() {
    let lasting = |lengths: &[i64]| {
        let sessions: Vec<_> =
            (0..).zip(lengths).map(|(day, length)| exact(day * 1440, *length)).collect();
        pattern(&sessions).duration.unwrap()
    };
    let odd = lasting(&[300, 60, 90, 240, 60]);
    assert_eq!((odd.median_minutes, odd.mean_minutes, odd.doubt_minutes), (90.0, 150.0, 0.0));
    assert_eq!(lasting(&[300, 60, 90, 240, 60, 120]).median_minutes, 105.0);
}

#[test]
fn confidence_grows_with_data() {
    let after = |days: i64| {
        let sessions: Vec<_> = (0..days).map(|day| on(day, 20, 0)).collect();
        pattern(&sessions).confidence
    };
    about(after(5).value, 6.0 / 7.0);
    about(after(28).value, 29.0 / 30.0);
    assert!(after(28).low > after(5).low);
}

#[test]
fn the_row_has_the_columns_of_the_roadmap() {
    let sessions: Vec<_> = (0..5).map(|day| on(day, 20, 30)).collect();
    let period = Period::last(WINDOW, MONDAY + Span::DAY * 28 + Span::from_s(3_723));
    let row = PatternRow::new("ana", &pattern_in(&sessions, &Zone::UTC, &period));
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<PatternRow>(&json).unwrap(), row);
    let columns: Vec<_> = json.split('"').skip(1).step_by(2).collect();
    assert_eq!(
        columns,
        [
            "username",
            "ana",
            "avg_start_hour",
            "avg_end_hour",
            "avg_duration_hours",
            "most_active_days",
            "consistency_score",
            "last_updated",
            "2026-03-30T01:02:03Z",
            "data_points",
            "confidence_level"
        ]
    );
    about(row.avg_start_hour.unwrap(), 20.5);
    about(row.avg_end_hour.unwrap(), 22.5);
    about(row.avg_duration_hours.unwrap(), 2.0);
    about(row.consistency_score, 1.0);
    about(row.confidence_level, 6.0 / 7.0);
    assert_eq!((row.data_points, row.most_active_days), (5, Vec::new()));
}

#[test]
fn a_length_that_nobody_knows_is_in_no_average() {
    let mut sessions: Vec<Session> = (0..6).map(|day| on(day * 2, 20, 0)).collect();
    let found_over = Interval::between(sessions[3].start.latest(), MONDAY + Span::DAY * 8);
    sessions[3].end = End::Over(found_over);
    let lasts = pattern(&sessions).duration.unwrap();
    assert_eq!(lasts.count, 5);
    about(lasts.mean_minutes, 120.0);
}
