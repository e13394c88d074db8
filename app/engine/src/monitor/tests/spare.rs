//! Requests to spare: nobody is due, and what is not used now is lost.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::policy::Reason;

fn spends() -> Box<dyn Policy> {
    Box::new(Adaptive::new(Prices::for_missed(100.0), Aim::Budget))
}

fn catches() -> Box<dyn Policy> {
    Box::new(Adaptive::following(Aim::Catch(0.9)))
}

/// Three who go live every evening, under so much.
fn under(quotas: &'static str, policy: fn() -> Box<dyn Policy>) -> World {
    World { quotas, ..World::with(evenings().truth, Reveals::Start, Span::HOUR, policy) }
}

/// Requests of the day that begins at this minute.
fn day(world: &World, from: i64) -> usize {
    world.requests.iter().filter(|at| (from..from + 1440).contains(*at)).count()
}

fn whys(world: &World) -> impl Iterator<Item = Reason> + '_ {
    world.store.log.iter().filter_map(|entry| match &entry.what {
        LogWhat::Checked { why, .. } => *why,
        _ => None,
    })
}

#[test]
fn an_hours_budget_is_used_up_from_the_first_day_on() {
    let mut world = under("6/h", spends);
    world.run(3 * 1440, &[]);
    for from in [0, 1440, 2880] {
        assert!(day(&world, from) > 140, "{} from {from}", day(&world, from));
    }
    assert!(whys(&world).any(|why| why == Reason::Spare));
    let mut aimed = under("6/h", catches);
    aimed.run(3 * 1440, &[]);
    assert!(
        whys(&aimed).all(|why| why != Reason::Spare),
        "a target asks for no more than it takes"
    );
}

#[test]
fn a_days_budget_is_kept_for_its_best_hours() {
    let mut world = under("60/h,100/day", spends);
    world.run(3 * 1440, &[]);
    assert!(whys(&world).all(|why| why != Reason::Spare));
}

#[test]
fn whose_interval_is_pinned_is_not_asked_more_often() {
    let mut world = under("6/h", spends);
    let wishes = Wishes { interval: Some(Span::HOUR * 6), ..Wishes::default() };
    world.monitor.handle(Event::Wish(account("mira"), wishes), minute(0));
    world.run(3 * 1440, &[]);
    let asked = world.answers.iter().filter(|(of, ..)| *of == account("mira")).count();
    assert!((10..=13).contains(&asked), "{asked}");
}

#[test]
fn a_restart_changes_nothing() {
    assert_kills_change_nothing(|| under("6/h", spends), 5);
}
