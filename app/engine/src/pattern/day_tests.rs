//! Which days count, which are the most active, and how likely each is.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use almanac_wire::{Span, Timestamp};

use super::tests::{MONDAY, berlin, exact, minutes};
use super::*;
use crate::session::Session;
use crate::zone::Zone;

/// A start at `hour` on each of `days` (0 is Monday 2 March 2026), and one a day long ago, which
/// no period holds.
fn at(hour: i64, days: impl IntoIterator<Item = i64>) -> Vec<Session> {
    let old = (-400..-395).map(|day| exact(day * 1440, 60));
    old.chain(days.into_iter().map(|day| exact(day * 1440 + hour * 60, 60))).collect()
}

fn found(sessions: &[Session], period: &Period<'_>) -> Pattern {
    match analyze(sessions, &Zone::UTC, period) {
        Analysis::Pattern(pattern) => *pattern,
        Analysis::Insufficient { .. } => panic!("a pattern was expected"),
    }
}

fn weeks(n: i64) -> Period<'static> {
    Period::last(Span::DAY * (7 * n), MONDAY + Span::DAY * (7 * n))
}

fn days(pattern: &Pattern) -> [(u32, u32); 7] {
    pattern.week.map(|day| (day.live_days, day.days))
}

#[test]
fn a_day_is_active_that_is_live_more_often_than_not() {
    // Mondays 4 of 4, Tuesdays 3 of 4, Wednesdays 2 of 4, one Saturday.
    let sessions = at(20, [0, 7, 14, 21, 1, 8, 15, 2, 9, 5]);
    let four = found(&sessions, &weeks(4));
    assert_eq!(days(&four), [(0, 4), (4, 4), (3, 4), (2, 4), (0, 4), (0, 4), (1, 4)]);
    assert_eq!(four.active_days, [1, 2]);
    assert_eq!(found(&at(20, 0..28), &weeks(4)).active_days, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(found(&at(20, 0..7), &weeks(1)).active_days, [0_u8; 0], "once is no habit");
}

#[test]
fn only_whole_days_count() {
    // From Monday noon to the Monday after, 18:00, local time an hour ahead.
    let (from, now) = (MONDAY + Span::HOUR * 11, MONDAY + Span::DAY * 7 + Span::HOUR * 17);
    let period = Period { from, now, unwatched: &[] };
    let hour_ahead = Zone::fixed(Span::HOUR);
    // Monday 14:30, every day 00:30 from Tuesday on, the last Monday 13:30.
    let starts = [810, 1410, 2850, 4290, 5730, 7170, 8610, 10_830];
    let sessions = starts.map(|start| exact(start, 30));
    let Analysis::Pattern(pattern) = analyze(&sessions, &hour_ahead, &period) else { panic!() };
    assert_eq!(days(&pattern), [(1, 1), (0, 0), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]);
    assert_eq!(pattern.week.map(|day| day.sessions), [1, 2, 1, 1, 1, 1, 1]);
    // A period that begins at midnight sharp holds that day.
    let sharp = found(&at(20, 0..7), &weeks(1));
    assert_eq!(days(&sharp), [(1, 1); 7]);
}

#[test]
fn unwatched_days_say_nothing() {
    let gap = |from: i64, to: i64| MONDAY + Span::HOUR * from..MONDAY + Span::HOUR * to;
    // Nobody looked on the first Tuesday from 02:00 to 08:00 and from 12:00 to 18:30, nor on the
    // first Wednesday from 00:00 to 12:00 sharp.
    let half = MONDAY + Span::DAY + Span::HOUR * 12..MONDAY + Span::DAY + minutes(1110);
    let unwatched = [gap(26, 32), half, gap(48, 60)];
    let sessions = at(20, [0, 1, 2, 7, 8, 14]);
    let blind = found(&sessions, &Period { unwatched: &unwatched, ..weeks(4) });
    assert_eq!(days(&blind), [(0, 4), (3, 4), (1, 3), (1, 4), (0, 4), (0, 4), (0, 4)]);
    assert_eq!(blind.week[2].sessions, 2);
}

#[test]
fn a_week_knows_no_more_than_its_days() {
    let week = found(&at(20, [0, 1, 2, 3, 4]), &weeks(1));
    let width = |chance: Estimate| chance.high - chance.low;
    // One day each: what is known of it is what is known of all.
    assert!(width(week.week[1].chance) > width(week.daily) - 0.05, "{:?}", week.week[1]);
}

#[test]
fn weekdays_are_told_apart_where_the_account_does() {
    let weekdays = found(&at(20, (0..28).filter(|day| day % 7 < 5)), &weeks(4));
    let (monday, sunday) = (weekdays.week[1].chance, weekdays.week[0].chance);
    assert!(monday.value > 0.9 && sunday.value < 0.15, "{monday:?} {sunday:?}");
    assert!(monday.low > 0.55 && sunday.high < 0.55, "{monday:?} {sunday:?}");
    assert_eq!(weekdays.active_days, [1, 2, 3, 4, 5]);

    // Every third day: no weekday is special, though by chance some come up twice.
    let any = found(&at(20, (0..28).step_by(3)), &weeks(4));
    for day in any.week {
        assert!((0.25..0.45).contains(&day.chance.value), "{day:?}");
    }
    // Ten days of 28, with half a day more for either side.
    assert!((any.daily.value - 10.5 / 29.0).abs() < 1e-9);
    assert!(any.daily.low < 0.3 && any.daily.high > 0.45, "{:?}", any.daily);
}

/// On Mondays to Fridays at five to midnight, a quarter of an hour early or late: by the calendar
/// the late ones are on Tuesdays to Saturdays.
#[test]
fn a_usual_time_at_midnight_has_its_own_days() {
    let late = |day: i64| [0, 10, -10, 15, -15][usize::try_from(day * 3 % 5).unwrap()];
    let starts = (0..28).filter(|day| day % 7 < 5).map(|day| day * 1440 + 1435 + late(day));
    let sessions: Vec<_> = starts.map(|start| exact(start, 60)).collect();
    let pattern = found(&sessions, &weeks(4));
    let [usual] = pattern.usual.as_slice() else { panic!("{:?}", pattern.usual) };
    assert_eq!((usual.at, usual.from, usual.to), (1435.0, 1420.0, 10.0));
    assert_eq!(usual.days, [1, 2, 3, 4, 5]);
    assert_eq!(pattern.active_days.contains(&5), pattern.week[5].live_days > 2);
    assert!(pattern.week[6].sessions > 0);
}

#[test]
fn each_usual_time_has_its_days_and_its_share() {
    let mut sessions = at(20, (0..28).filter(|day| day % 7 < 5));
    sessions.extend(at(14, (0..28).filter(|day| day % 7 >= 5)));
    let pattern = found(&sessions, &weeks(4));
    let found: Vec<_> = pattern.usual.iter().map(|u| (u.at, u.share, u.days.clone())).collect();
    assert_eq!(
        found,
        [(1200.0, 20.0 / 28.0, vec![1, 2, 3, 4, 5]), (840.0, 8.0 / 28.0, vec![0, 6])]
    );
    let chances: Vec<_> = pattern.usual.iter().map(|usual| usual.chance).collect();
    assert_eq!(chances, [19.0 / 29.0, 7.0 / 29.0]);
}

#[test]
fn a_usual_time_leaves_out_the_outer_tenths() {
    // 20:00 to 20:18 in steps of two minutes, twice; and two at 08:00, too few for a usual time.
    let mut sessions: Vec<_> =
        (0..20).map(|day| exact(day * 1440 + 1200 + day % 10 * 2, 60)).collect();
    sessions.extend(at(8, [20, 21]));
    let pattern = found(&sessions, &weeks(4));
    let [usual] = pattern.usual.as_slice() else { panic!("{:?}", pattern.usual) };
    assert_eq!((usual.from, usual.at, usual.to), (1202.0, 1209.0, 1216.0));
    assert_eq!(usual.share, 16.0 / 22.0);
    assert_eq!(usual.chance, 15.0 / 23.0);
}

#[test]
fn the_local_date_decides_across_a_change_of_the_clock() {
    // 00:30 in Berlin: 23:30 UTC the day before, up to the change on 29 March, then 22:30 UTC.
    let change = Timestamp::from_s(1_774_746_000);
    let starts = (-7..7).map(|day: i64| {
        let utc = if day <= 0 { -30 } else { -90 };
        (change - MONDAY).ms() / 60_000 - 60 + day * 1440 + utc
    });
    let sessions: Vec<_> = starts.map(|start| exact(start, 60)).collect();
    let period = Period::last(Span::DAY * 22, change + Span::DAY * 14);
    let Analysis::Pattern(pattern) = analyze(&sessions, &berlin(), &period) else { panic!() };
    assert_eq!(pattern.week.map(|day| day.sessions), [2; 7]);
    assert_eq!(pattern.week.map(|day| day.live_days), [2; 7]);
}
