//! A day's budget lasts the day.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// Forty who go live at all hours, under a fifth of what it would take to see them all.
fn crowd() -> World {
    let of = |n: i64| -> Vec<Truth> {
        let start = |day: i64| day * 1440 + 36 * n;
        (0..20).map(|day| Truth { start: start(day), end: start(day) + 100 }).collect()
    };
    let truth = (0..40).map(|n| (account(&format!("a{n}")), of(n)));
    let quotas = "10/min,60/h,120/day";
    World { quotas, ..World::with(truth.collect(), Reveals::Last, Span::HOUR, catching) }
}

fn catching() -> Box<dyn Policy> {
    Box::new(Adaptive::following(Aim::Catch(0.98)))
}

/// The minutes between one request and the next.
fn gaps(world: &World) -> Vec<i64> {
    world.requests.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn nobody_is_left_unasked_for_half_a_day_because_all_is_spent() {
    let mut world = crowd();
    world.run(5 * 1440, &[]);
    let first: Vec<_> = world.requests.iter().take_while(|at| **at < 60).collect();
    assert!(first.len() >= 40, "whoever is new is looked at at once: {}", first.len());
    let longest = gaps(&world).into_iter().max();
    assert!(longest.is_some_and(|gap| gap <= 5 * 60), "{longest:?}");
}

#[test]
fn what_a_person_asks_for_does_not_wait() {
    let mut world = crowd();
    world.run(1440, &[]);
    let now = minute(world.now);
    let wishes = Wishes { check_now: Some(now), ..Wishes::default() };
    world.monitor.handle(Event::Wish(account("a7"), wishes), now);
    world.run(1440 + 2, &[]);
    let last = world.answers.iter().rev().find(|(of, ..)| *of == account("a7"));
    assert!(last.is_some_and(|(_, at, ..)| *at >= 1440), "{last:?}");
}

#[test]
fn a_restart_changes_nothing() {
    assert_kills_change_nothing(crowd, 3);
}
