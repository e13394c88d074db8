//! What a person wishes for an account, and who is followed no more.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn wishes_come_before_plans() {
    let mut world = evenings();
    world.run(3000, &[]);
    let (mira, requests) = (account("mira"), world.requests.len());
    let wish = |world: &mut World, wishes| {
        world.monitor.handle(Event::Wish(account("mira"), wishes), minute(world.now));
    };
    let asked = |world: &World, since: usize| {
        let answers = world.answers.iter().skip(since);
        answers.filter(|(of, ..)| *of == mira).map(|(_, at, ..)| *at).collect::<Vec<_>>()
    };
    wish(&mut world, Wishes { paused: true, ..Wishes::default() });
    let from = world.answers.len();
    world.run(7000, &[3500]);
    assert!(asked(&world, from).is_empty(), "after a restart neither");
    assert!(world.requests.len() > requests, "others are checked on");
    let now = Wishes { check_now: Some(minute(world.now)), paused: true, ..Wishes::default() };
    wish(&mut world, now);
    world.run(7500, &[]);
    assert_eq!(asked(&world, from), [7000]);
    wish(&mut world, Wishes { interval: Some(Span::MINUTE * 30), ..Wishes::default() });
    let from = world.answers.len();
    world.run(7700, &[]);
    assert_eq!(asked(&world, from), (0..7).map(|i| 7500 + i * 30).collect::<Vec<_>>());
}

#[test]
fn removing_an_account_forgets_it_and_late_answers_bring_nothing_back() {
    let mut world = two_evenings();
    world.run(150, &[]);
    let late = CheckResult {
        account: account("mira"),
        asked_at: minute(150),
        answered_at: minute(151),
        outcome: Outcome::NotFound,
    };
    world.monitor.handle(Event::Remove(vec![account("mira")]), minute(150));
    assert!(world.monitor.observe(&late, 1.0).is_empty());
    world.run(200, &[]);
    assert!(
        world.store.tracks.is_empty()
            && world.store.sessions.is_empty()
            && world.store.days.is_empty()
    );
    assert_eq!(world.monitor.overview().accounts, 0);
}
