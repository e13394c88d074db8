//! What lists of past sessions teach.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::session::Interval;

/// Forty evenings from 19:00 to 21:00 of the world's own days, before minute 0; minutes differ.
fn listed() -> Vec<Session> {
    let evening = |day: i64| {
        let start = minute(-day * 1440 + 1140 + (day * 7) % 20);
        Session {
            account: account("mira"),
            recorded_at: start,
            start: Interval::exact(start),
            end: End::Over(Interval::exact(start + Span::HOUR * 2)),
            known_by: KnownBy::Imported,
            room_id: None,
            started_at: None,
            title: None,
            peak_viewers: None,
            gifts: None,
        }
    };
    (1..=40).map(evening).collect()
}

/// A world in which the account was added at minute 0, and has the list from minute 5 on, where it
/// is `taught`.
fn world(taught: bool) -> World {
    let truth = BTreeMap::from([(account("mira"), vec![])]);
    let mut world = World::with(truth, Reveals::Nothing, Span::HOUR, adaptive);
    world.run(5, &[]);
    world.monitor.recall(listed());
    if taught {
        world.monitor.take_in(&listed(), minute(5));
    }
    world.run(60, &[]);
    world
}

#[test]
fn forty_evenings_of_a_list_make_an_evening_likely() {
    let forecast = |taught| world(taught).monitor.forecast(&account("mira"), minute(60)).unwrap();
    let (without, with) = (forecast(false), forecast(true));
    assert!(with.starts_within_day > 0.8, "{with:?}");
    assert!(without.starts_within_day < with.starts_within_day, "{without:?} {with:?}");
    let window = with.window.unwrap();
    // Half of the chance lies within a short stretch of the right hour.
    assert!(window.from >= minute(1080) && window.to <= minute(1220), "{window:?}");
    assert!(window.to - window.from <= Span::HOUR, "{window:?}");
}

#[test]
fn what_was_learned_from_a_list_is_stored_and_learned_again_from_more() {
    let world = world(true);
    let monitor = Monitor::restore(world.store.snapshot(), adaptive(), minute(60));
    let told = |monitor: &Monitor| monitor.forecast(&account("mira"), minute(60)).unwrap();
    assert_eq!(told(&monitor).window, told(&world.monitor).window);
    let mut again = monitor;
    let before = told(&again);
    again.take_in(&listed(), minute(60));
    let after = told(&again);
    assert!(
        (before.starts_within_day - after.starts_within_day).abs() < 0.02,
        "{before:?} {after:?}"
    );
}

#[test]
fn who_has_long_been_followed_is_not_taught_anew() {
    let mut world = world(false);
    world.run(3 * 1440, &[]);
    let now = minute(3 * 1440);
    let before = world.monitor.forecast(&account("mira"), now);
    world.monitor.take_in(&listed(), now);
    assert_eq!(world.monitor.forecast(&account("mira"), now), before);
}
