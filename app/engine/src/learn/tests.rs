//! What accounts with habits teach.

use almanac_wire::{Span, Timestamp};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::session::Interval;
use crate::zone::Zone;

/// Monday, 2 March 2026, 00:00 UTC.
pub(super) const MONDAY: Timestamp = Timestamp::from_s(1_772_409_600);

pub(super) fn hours(hours: i64) -> Span {
    Span::HOUR * hours
}

/// An account, and what is known of it.
pub(super) struct Account {
    pub(super) learner: Learner,
    pub(super) zone: Zone,
    /// The last moment it was seen offline.
    pub(super) offline: Timestamp,
    pub(super) ended: Option<Timestamp>,
}

impl Account {
    pub(super) fn new(zone: Zone) -> Self {
        Self { learner: Learner::default(), zone, offline: MONDAY, ended: None }
    }

    /// A session of two hours, its start exact.
    pub(super) fn session(&mut self, at: Timestamp) -> Fit {
        let (start, over) = (Interval::exact(at), at + hours(2));
        let lessons = [
            Lesson::Started { after: Some(self.offline), start, ended: self.ended },
            Lesson::Lasted { start, seen_from: at, seen_until: over - Span::MINUTE, over_by: over },
        ];
        for lesson in lessons {
            self.learner.learn(lesson);
        }
        self.offline = over;
        self.ended = Some(over);
        self.fit(over)
    }

    /// Nothing up to a moment; every reply would have told.
    pub(super) fn quiet(&mut self, to: Timestamp) -> Fit {
        let (from, ended) = (self.offline, self.ended);
        self.learner.learn(Lesson::Quiet { from, to, complete: true, ended });
        self.offline = to;
        self.fit(to)
    }

    pub(super) fn fit(&mut self, now: Timestamp) -> Fit {
        self.learner.settle(&Pool::default(), &self.zone, now)
    }

    /// A session at the same time (UTC) on each of so many days from a day on.
    fn daily(&mut self, first: i64, days: i64, hour: i64) {
        for day in first..first + days {
            self.session(MONDAY + Span::DAY * day + hours(hour));
        }
    }

    /// Starts expected in each hour of the day that begins at a moment.
    fn by_hour(&mut self, from: Timestamp) -> Vec<f64> {
        let fit = self.fit(from);
        fit.ahead(&self.zone, from, self.ended, Span::HOUR, 24).starts
    }
}

fn peak(starts: &[f64]) -> usize {
    (0..starts.len()).max_by(|a, b| starts[*a].total_cmp(&starts[*b])).unwrap()
}

#[test]
fn a_daily_habit_is_expected() {
    let mut account = Account::new(Zone::UTC);
    account.daily(0, 40, 20);
    let midnight = MONDAY + Span::DAY * 40;
    account.quiet(midnight);
    let starts = account.by_hour(midnight - Span::HOUR / 2);
    // 19:30 to 20:30.
    assert_eq!(peak(&starts), 20, "{starts:?}");
    assert!(starts[20] > 0.8, "{starts:?}");
    // The hours next to it have a part of the smoothed peak; all others together hardly anything.
    let others: f64 = starts[..19].iter().chain(&starts[22..]).sum();
    assert!(others < 0.06, "{starts:?}");
}

#[test]
fn a_day_of_the_week_is_expected() {
    let mut account = Account::new(Zone::UTC);
    for week in 0..8 {
        account.session(MONDAY + Span::DAY * (7 * week + 2) + hours(20));
    }
    let monday = MONDAY + Span::DAY * 56;
    account.quiet(monday);
    let fit = account.fit(monday);
    let evening = |day| {
        fit.ahead(&Zone::UTC, monday + Span::DAY * day + hours(19), account.ended, Span::HOUR, 2)
            .starts
            .iter()
            .sum::<f64>()
    };
    assert!(evening(2) > 0.4, "{}", evening(2));
    for day in [0, 1, 3, 4, 5, 6] {
        assert!(evening(2) > 8.0 * evening(day), "{day}: {} {}", evening(2), evening(day));
    }
    // Hours of the week are counted from Sunday on.
    let week = account.learner.week(&Pool::default());
    let most = (0..168).max_by(|a, b| week[*a].expected.total_cmp(&week[*b].expected));
    assert!([3 * 24 + 19, 3 * 24 + 20].contains(&most.unwrap()), "{most:?}");
}

/// A habit of forty days is not given up at once: the new hour is expected from the first session
/// on, as likely as the old one after a week, and more from the second week on.
#[test]
fn a_shift_is_followed() {
    let mut account = Account::new(Zone::UTC);
    account.daily(0, 40, 20);
    let mut tomorrow = |day: i64, hour: i64| {
        account.daily(day, 1, hour);
        let midnight = MONDAY + Span::DAY * (day + 1);
        account.quiet(midnight);
        let starts = account.by_hour(midnight - Span::HOUR / 2);
        (starts[14], starts[20])
    };
    let (before, _) = tomorrow(40, 20);
    let shifted: Vec<_> = (41..55).map(|day| tomorrow(day, 14)).collect();
    let says = format!("{before} {shifted:?}");
    assert!(shifted[0].0 > 10.0 * before, "{says}");
    assert!(shifted[4].0 > 0.2 && shifted[4].0 > 100.0 * before, "{says}");
    assert!(shifted[7].0 > 0.8 * shifted[7].1, "{says}");
    assert!(shifted[13].0 > shifted[13].1, "{says}");
}

#[test]
fn who_stays_away_is_expected_less_and_again_when_back() {
    let mut account = Account::new(Zone::UTC);
    account.daily(0, 40, 20);
    let expected = |account: &mut Account, day: i64| {
        account.quiet(MONDAY + Span::DAY * day);
        account.by_hour(MONDAY + Span::DAY * day - Span::HOUR / 2)[20]
    };
    let before = expected(&mut account, 40);
    let away = expected(&mut account, 60);
    account.daily(60, 3, 20);
    let back = expected(&mut account, 63);
    assert!(away < before / 2.0, "{before} {away}");
    assert!(back > 2.0 * away && back > before / 3.0, "{before} {away} {back}");
}

#[test]
fn nothing_known_is_the_pools_shape() {
    let mut others = Vec::new();
    for hour in [18, 19, 20, 21] {
        let mut account = Account::new(Zone::UTC);
        account.daily(0, 30, hour);
        others.push(account.learner);
    }
    let pool = Pool::gather(&others);
    let fit = Learner::default().settle(&pool, &Zone::UTC, MONDAY);
    let week = Learner::default().week(&pool);
    let days: Vec<_> = week.chunks(24).collect();
    assert!(days.iter().all(|day| day.iter().zip(days[0]).all(|(a, b)| a == b)));
    let most = (0..24).max_by(|a, b| days[0][*a].expected.total_cmp(&days[0][*b].expected));
    assert!((18..=21).contains(&most.unwrap()));
    for (hour, found) in days[0].iter().enumerate() {
        let slot = |slot| pool.shape.get(slot) * fit.rate() / 144.0;
        let expected: f64 = (hour * 6..hour * 6 + 6).map(slot).sum();
        assert!((found.expected / expected - 1.0).abs() < 1e-6, "{hour}: {found:?} {expected}");
    }
    assert!((fit.rate() - f64::from(pool.rate)).abs() < 1e-6);
    // It rises and falls with the pool's.
    let slot = |i: usize| MONDAY + Span::MINUTE * 10 * i64::try_from(i).unwrap();
    let mut order: Vec<usize> = (0..144).collect();
    order.sort_by(|a, b| pool.shape.get(*a).total_cmp(&pool.shape.get(*b)));
    let starts: Vec<_> = order
        .iter()
        .map(|i| {
            // Minutes of the hour differ: only the same ones are compared.
            (i % 6, fit.intensity_at(&Zone::UTC, slot(*i), None))
        })
        .collect();
    for minute in 0..6 {
        let same: Vec<_> = starts.iter().filter(|(m, _)| *m == minute).map(|(_, x)| x).collect();
        assert!(same.is_sorted(), "{same:?}");
    }
    let even = Learner::default().week(&Pool::default());
    let one = even[0];
    assert!(even.iter().all(|hour| (hour.expected - one.expected).abs() < 1e-9));
}

#[test]
fn the_fitted_week_counts_starts_and_knows_how_sure_it_is() {
    // At half past, so that the smoothing stays within the hour.
    let week = |weeks: i64| {
        let mut account = Account::new(Zone::UTC);
        for day in 0..7 * weeks {
            account.session(MONDAY + Span::DAY * day + hours(20) + Span::MINUTE * 30);
        }
        account.quiet(MONDAY + Span::DAY * 7 * weeks);
        account.learner.week(&Pool::default())
    };
    let (few, many) = (week(2), week(10));
    let sum = |week: &[HourOfWeek]| week.iter().map(|hour| hour.expected).sum::<f64>();
    assert!((6.0..8.0).contains(&sum(&few)) && (6.5..7.5).contains(&sum(&many)), "{few:?}");
    let hour = |week: &[HourOfWeek]| (week[20].expected, week[20].standard_error);
    let ((value_few, error_few), (value_many, error_many)) = (hour(&few), hour(&many));
    assert!((0.5..1.0).contains(&value_few) && (0.6..1.0).contains(&value_many));
    assert!(value_few / 6.0 < error_few && error_few < value_few / 2.0);
    assert!(error_many < 0.75 * error_few, "{error_few} {error_many}");
    assert!(many[10].expected < 0.01 && many[10].standard_error < 0.05);
}

/// Berlin in 2026: summer time from 29 March 01:00 UTC on.
fn berlin() -> Zone {
    let offset = |at| if at < Timestamp::from_s(1_774_746_000) { Span::HOUR } else { hours(2) };
    Zone::sample(MONDAY, MONDAY + Span::DAY * 200, &offset)
}

#[test]
fn a_local_hour_stays_when_clocks_change() {
    let mut local = Account::new(berlin());
    let mut utc = Account::new(Zone::UTC);
    // 27 days before summer time at 20:00 there: 19:00 UTC.
    for account in [&mut local, &mut utc] {
        account.daily(0, 27, 19);
        account.quiet(MONDAY + Span::DAY * 27 + hours(2));
    }
    // From 00:30 UTC on.
    let from = MONDAY + Span::DAY * 27 + Span::HOUR / 2;
    let starts = local.by_hour(from);
    assert_eq!(peak(&starts), 17, "now 20:00 is 18:00 UTC: {starts:?}");
    assert_eq!(peak(&utc.by_hour(from)), 18, "{:?}", utc.by_hour(from));
}

#[test]
fn a_start_that_is_not_known_exactly_is_learned_where_it_is_likely() {
    let mut account = Account::new(Zone::UTC);
    for day in 0..30 {
        let at = MONDAY + Span::DAY * day + hours(20);
        if day % 3 == 0 {
            account.session(at);
            continue;
        }
        // Somewhere between 12:00 and 20:30.
        account.quiet(at - hours(8));
        let start = Interval::between(at - hours(8), at + Span::HOUR / 2);
        let over = at + hours(2);
        account.learner.learn(Lesson::Started {
            after: Some(account.offline),
            start,
            ended: account.ended,
        });
        account.learner.learn(Lesson::Lasted {
            start,
            seen_from: start.latest(),
            seen_until: over - Span::MINUTE,
            over_by: over,
        });
        account.offline = over;
        account.ended = Some(over);
    }
    let midnight = MONDAY + Span::DAY * 30;
    account.quiet(midnight);
    let starts = account.by_hour(midnight - Span::HOUR / 2);
    assert_eq!(peak(&starts), 20);
    assert!(starts[20] > 0.5, "{starts:?}");
    let mean = account.fit(midnight).survival().mean(Class::Expected).minutes();
    assert!((90.0..220.0).contains(&mean), "{mean}");
}

#[test]
fn time_that_would_have_shown_nothing_teaches_little() {
    let rate = |complete: bool| {
        let mut learner = Learner::default();
        for day in 0..30 {
            // A look a day: a session of a few hours would have gone unnoticed.
            learner.learn(Lesson::Quiet {
                from: MONDAY + Span::DAY * day,
                to: MONDAY + Span::DAY * (day + 1),
                complete,
                ended: None,
            });
        }
        learner.settle(&Pool::default(), &Zone::UTC, MONDAY + Span::DAY * 30).rate()
    };
    assert!(rate(true) < 0.06, "{}", rate(true));
    assert!(rate(false) > 2.0 * rate(true), "{} {}", rate(false), rate(true));
}

#[test]
fn the_class_of_a_session_is_that_before_its_start_was_learned() {
    let mut account = Account::new(Zone::UTC);
    account.daily(0, 40, 20);
    // Off the full hour, at which all others began.
    let odd = MONDAY + Span::DAY * 40 + hours(9) + Span::MINUTE * 20;
    let before = account.fit(odd).class_at(&Zone::UTC, odd, account.ended);
    account.session(odd);
    assert_eq!(before, Class::Surprising);
    let learned = &account.learner.record.classes.seen;
    let surprising: f64 = (0..4).map(|group| learned.get(group)).sum();
    // The very first start was not unusual: nothing was known.
    assert!((surprising - 1.0).abs() < 0.01, "{surprising}");
}

#[test]
fn half_of_the_sessions_that_are_over_ended_by_the_likely_end() {
    let mut account = Account::new(Zone::UTC);
    account.daily(0, 20, 20);
    let fit = account.fit(MONDAY + Span::DAY * 20);
    let before = hours(5);
    let likely = fit.survival().likely_end(Class::Usual, before);
    let at = |age| 1.0 - fit.survival().at(Class::Usual, age);
    assert!(at(likely) >= at(before) / 2.0 && at(likely - Survival::STEP) < at(before) / 2.0);
    assert_eq!(fit.survival().likely_end(Class::Usual, Span::ZERO), Span::ZERO);
}

#[test]
fn what_breaks_off_and_begins_again_is_expected_to_for_a_day() {
    let mut account = Account::new(Zone::UTC);
    account.daily(0, 30, 20);
    let eighth = MONDAY + Span::DAY * 30 + hours(21);
    for hour in (0..22).step_by(3) {
        account.session(MONDAY + Span::DAY * 30 + hours(hour));
    }
    let fit = account.fit(eighth + hours(2));
    let step = Span::MINUTE * 5;
    let more = |after: Span| {
        let (at, middle) = (eighth + after, eighth + after + step / 2);
        let ahead = fit.ahead(&Zone::UTC, at, account.ended, step, 1);
        let alone = fit.intensity_at(&Zone::UTC, middle, account.ended) * step.days();
        assert_eq!(ahead.class[0], fit.class_at(&Zone::UTC, middle, account.ended));
        ahead.starts[0] / alone
    };
    assert!(more(hours(4)) > 2.0, "{}", more(hours(4)));
    assert!((more(hours(25)) - 1.0).abs() < 1e-9, "{}", more(hours(25)));
}
