//! Whose clock hours are told and learned by.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::wishes::DailyWindow;
use crate::zone::Zone;
use crate::zones::Zones;

/// The clocks are set back by an hour on this day, at noon.
const SET_BACK: i64 = 21;

/// Two hours before UTC, then one.
fn berlin() -> Zone {
    let change = minute(SET_BACK * 1440 + 600);
    Zone::sample(minute(0), minute(60 * 1440), &|at| Span::HOUR * if at < change { 2 } else { 1 })
}

/// An evening's broadcast by the clocks of the zone: an hour later by others, once they are back.
fn start_on(day: i64) -> i64 {
    day * 1440 + 1260 + (day * 37) % 20 + if day < SET_BACK { 0 } else { 60 }
}

/// Mira goes live every evening; the monitor knows her zone, or does not.
fn every_evening(zone: Option<&str>) -> World {
    let evening = |day| Truth { start: start_on(day), end: start_on(day) + 130 };
    let truth = BTreeMap::from([(account("mira"), (0..40).map(evening).collect())]);
    let mut world = World::with(truth, Reveals::Start, Span::HOUR, adaptive);
    tell(&mut world, zone);
    world
}

fn tell(world: &mut World, zone: Option<&str>) {
    let wishes = Wishes { zone: zone.map(str::to_owned), ..Wishes::default() };
    world.monitor.handle(Event::Wish(account("mira"), wishes), minute(world.now));
    let named = zone.map(|name| (name.to_owned(), berlin())).into_iter().collect();
    let zones = Zones { viewer: Zone::fixed(-Span::HOUR * 5), named };
    world.monitor.handle(Event::Zones(zones), minute(world.now));
}

/// The middle of the next likely window, in minutes; what is known on a day before the evening.
fn expected_on(world: &mut World, day: i64) -> i64 {
    world.run(day * 1440 + 700, &[]);
    let now = minute(world.now);
    let snapshot = world.monitor.forecast_snapshot(&Zone::UTC, "UTC", now).unwrap();
    let window = snapshot.accounts()[&account("mira")].next_window.unwrap();
    let middle = window.from + (window.until() - window.from) / 2;
    (middle - minute(0)).ms() / Span::MINUTE.ms()
}

#[test]
fn a_forecast_keeps_its_hour_when_the_clocks_change() {
    let mut world = every_evening(Some("Europe/Berlin"));
    for day in [SET_BACK - 1, SET_BACK, SET_BACK + 1] {
        let expected = expected_on(&mut world, day);
        assert!((expected - start_on(day)).abs() <= 30, "{day}: {}", expected - start_on(day));
    }
}

#[test]
fn a_zone_named_later_moves_nothing_that_was_learned() {
    let mut world = every_evening(None);
    let before = expected_on(&mut world, SET_BACK - 1);
    tell(&mut world, Some("Europe/Berlin"));
    assert_eq!(expected_on(&mut world, SET_BACK - 1), before);
    let expected = expected_on(&mut world, SET_BACK);
    assert!((expected - start_on(SET_BACK)).abs() <= 30, "{}", expected - start_on(SET_BACK));
}

#[test]
fn without_a_zone_the_new_hour_is_learned_within_a_week() {
    let mut world = every_evening(None);
    let mut off = |day| (expected_on(&mut world, day) - start_on(day)).abs();
    let (first, later) = (off(SET_BACK), off(SET_BACK + 7));
    assert!(first > 40 && later <= 40, "minutes off: {first}, then {later}");
}

#[test]
fn pinned_hours_are_the_accounts_own_or_the_viewers() {
    for (zone, from, to) in [(Some("Europe/Berlin"), 17, 20), (None, 0, 3)] {
        let mut world = every_evening(zone);
        world.run(600, &[]);
        let window = Some(DailyWindow { from: 19 * 60, to: 22 * 60 });
        let zone = zone.map(str::to_owned);
        let wishes = Wishes { window, zone, ..Wishes::default() };
        world.monitor.handle(Event::Wish(account("mira"), wishes), minute(world.now));
        let since = world.requests.len();
        world.run(10 * 1440, &[]);
        let hours = world.requests[since..].iter().map(|at| minute(*at).ms() / 3_600_000 % 24);
        let hours: Vec<i64> = hours.collect();
        assert!(hours.len() > 8 && hours.iter().all(|hour| (from..to).contains(hour)), "{hours:?}");
    }
}
