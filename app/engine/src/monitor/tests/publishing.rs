//! What goes out to those who read it from outside.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use almanac_wire::snapshot::Standing as Stood;

use super::*;
use crate::zone::Zone;

/// Three streamers who go live every evening for four weeks.
fn four_weeks() -> World {
    let names = ["mira", "nora", "odil"];
    let evening = |(n, day): (i64, i64)| {
        let start = day * 1440 + 1260 + n * 120 + (day * 37) % 20;
        Truth { start, end: start + 130 }
    };
    let days = |n: i64| (0..60).map(move |day| (n, day));
    let truth = (0..).zip(names).map(|(n, name)| (account(name), days(n).map(evening).collect()));
    let mut world = World::with(truth.collect(), Reveals::Start, Span::HOUR, adaptive);
    world.run(28 * 1440 + 300, &[]);
    world
}

#[test]
fn evenings_are_told_as_evenings() {
    let world = four_weeks();
    let zone = Zone::fixed(Span::HOUR * 2);
    let now = minute(world.now);
    let snapshot = world.monitor.forecast_snapshot(&zone, "Etc/GMT-2", now).unwrap();
    assert_eq!((snapshot.made_at(), snapshot.accounts().len()), (now, 3));
    let mira = &snapshot.accounts()[&account("mira")];
    assert_eq!(mira.standing, Stood::Offline);
    assert!(mira.next_check.is_some() && mira.checked_at.is_some());

    let pattern = mira.pattern.as_ref().unwrap();
    assert!(pattern.data_points >= 20, "{pattern:?}");
    // What minute 0 shows on the zone's clock, 1270 minutes later.
    let start = Span::from_ms(minute(1270).ms() + 2 * Span::HOUR.ms()).hours().rem_euclid(24.0);
    assert!((pattern.avg_start_hour.unwrap().get() - start).abs() < 0.5, "{pattern:?}");
    assert!((pattern.avg_duration_hours.unwrap().get() - 130.0 / 60.0).abs() < 0.4, "{pattern:?}");

    assert!(mira.chances.unwrap().starts_within_day.get() > 0.8, "{:?}", mira.chances);
    let next = mira.next_window.unwrap();
    assert!((next.from - now).hours() > 14.0 && (next.until() - now).hours() < 19.0, "{next:?}");
    assert!((6..=8).contains(&mira.windows.len()), "{:?}", mira.windows);
    for (day, window) in (0..).zip(&mira.windows) {
        let start = now + Span::MINUTE * (970 + day * 1440);
        assert!(window.from <= start && start <= window.until(), "{day}: {window:?}");
        assert!(window.length.span() <= Span::HOUR * 4, "{window:?}");
        assert!(window.probability.get() > 0.5, "{window:?}");
    }
    assert_eq!(Ok(snapshot), world.monitor.forecast_snapshot(&zone, "Etc/GMT-2", now));
}

#[test]
fn today_is_what_is_left_of_it() {
    let mut world = four_weeks();
    let mira = account("mira");
    // Minute 0 is at 20:26:40, and evenings begin at half past five.
    let midnight = 29 * 1440 + 214;
    let today = |world: &World| {
        let view = world.monitor.account_view(&mira, Vec::new(), 0, &Zone::UTC).unwrap();
        view.ahead.iter().map(|day| day.percent).collect::<Vec<_>>()
    };
    world.run(midnight - 60, &[]);
    let late = today(&world);
    assert!(late[0] < 15 && late[1] > 80, "an hour is left, and it was live today: {late:?}");
    world.run(midnight + 30, &[]);
    let early = today(&world);
    assert!(early[0] > 80 && early[1] > 80, "{early:?}");
}

#[test]
fn what_is_not_known_is_not_told() {
    let world = two_evenings();
    let snapshot = world.monitor.forecast_snapshot(&Zone::UTC, "UTC", minute(0)).unwrap();
    for forecast in snapshot.accounts().values() {
        assert_eq!(forecast.standing, Stood::Unknown);
        assert_eq!(
            (&forecast.pattern, forecast.chances, forecast.next_window),
            (&None, None, None)
        );
        assert!(forecast.windows.is_empty());
    }
    assert!(world.monitor.forecast_snapshot(&Zone::UTC, "no zone", minute(0)).is_err());
}

#[test]
fn the_zones_clocks_go_along() {
    let change = minute(3 * 1440);
    let zone = Zone::sample(minute(-10_000), minute(20_000), &|at| {
        if at < change { Span::HOUR } else { Span::HOUR * 2 }
    });
    let monitor = Monitor::restore(Snapshot::default(), adaptive(), minute(0));
    let told = |now| {
        let snapshot = monitor.forecast_snapshot(&zone, "Europe/Berlin", now).unwrap();
        snapshot.zone().clone()
    };
    for now in [minute(0), change - Span::DAY * 8, change, change + Span::HOUR * 30] {
        for hours in -24..(9 * 24) {
            let at = now + Span::HOUR * hours;
            assert_eq!(told(now).offset_at(at), zone.offset_at(at), "{now:?} {hours}");
        }
    }
}
