//! Far more accounts are due than can be asked.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// Twelve who go live every evening, and as many of whom nothing is ever seen, under so little that
/// everybody is asked three times a day.
fn crowd() -> World {
    let evening = |day: i64| Truth { start: day * 1440 + 1260, end: day * 1440 + 1390 };
    let of = |n: i64| if n % 2 == 0 { (0..40).map(evening).collect() } else { Vec::new() };
    let truth = (0..24).map(|n| (account(&format!("a{n}")), of(n)));
    World { quotas: "3/h", ..World::with(truth.collect(), Reveals::Start, Span::HOUR, spends) }
}

fn spends() -> Box<dyn Policy> {
    Box::new(Adaptive::new(Prices::for_missed(100.0), Aim::Budget))
}

#[test]
fn whoever_is_worth_most_is_asked_though_others_are_due() {
    let mut world = crowd();
    world.run(30 * 1440, &[]);
    let late: Vec<_> = world.answers.iter().filter(|(_, at, ..)| *at > 20 * 1440).collect();
    let regular = |of: &AccountId| world.truth[of].len() > 1;
    let evening = |at: i64| (1260..1400).contains(&(at % 1440));
    let evenings: Vec<_> = late.iter().filter(|(_, at, ..)| evening(*at)).collect();
    let well = evenings.iter().filter(|(of, ..)| regular(of)).count();
    assert!(well * 10 >= evenings.len() * 8, "{well} of {}", evenings.len());
}

#[test]
fn nobody_waits_beyond_the_bound() {
    let mut world = crowd();
    world.run(20 * 1440, &[]);
    for name in world.truth.keys() {
        let at = world.answers.iter().filter(|(of, ..)| of == name).map(|(_, at, ..)| *at);
        let at: Vec<i64> = at.collect();
        let longest = at.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(longest.is_some_and(|gap| gap <= 1440 + 21), "{name}: {longest:?}");
    }
}

#[test]
fn whose_interval_is_pinned_is_not_asked_more_often() {
    let mut world = crowd();
    let wishes = Wishes { interval: Some(Span::HOUR * 16), ..Wishes::default() };
    world.monitor.handle(Event::Wish(account("a0"), wishes), minute(0));
    world.run(20 * 1440, &[]);
    let asked = world.answers.iter().filter(|(of, ..)| *of == account("a0")).count();
    assert!((15..=31).contains(&asked), "{asked} in 20 days, every 16 hours");
}

#[test]
fn a_restart_changes_nothing() {
    assert_kills_change_nothing(crowd, 5);
}
