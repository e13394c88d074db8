//! What checks see, and what is shown of it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn broadcasts_are_seen_and_missed_ones_revealed() {
    let mut world = two_evenings();
    world.run(2000, &[]);
    world.assert_truthful();
    let known: Vec<_> = world.sessions_of(&account("mira")).iter().map(|s| s.known_by).collect();
    assert_eq!(known, [KnownBy::Seen, KnownBy::Seen, KnownBy::Revealed]);
}

#[test]
fn who_was_seen_live_long_ago_is_doubted_until_asked_again() {
    let truth = BTreeMap::from([(account("mira"), vec![Truth { start: 10, end: 100 }])]);
    let mut world = World::new(truth, Reveals::Last, Span::MINUTE * 60);
    world.run(70, &[]);
    let standing = |world: &World| world.monitor.row(&account("mira")).unwrap().standing;
    assert!(matches!(standing(&world), Standing::Live { .. }));
    // Nobody had the app open meanwhile.
    world.now += 9 * 60;
    world.monitor.handle(Event::Seen(None), minute(world.now));
    assert!(
        matches!(standing(&world), Standing::Unknown { kind: None, was_live: true, .. }),
        "{:?}",
        standing(&world)
    );
    world.run(world.now + 90, &[]);
    assert!(matches!(standing(&world), Standing::Offline { .. }));
}

#[test]
fn a_broadcast_that_was_believed_over_goes_on_as_one() {
    let mut world = two_evenings();
    world.faults.push((150, 170, Outcome::Offline { last_broadcast: None }));
    world.run(2000, &[]);
    world.assert_truthful();
    assert_eq!(world.sessions_of(&account("mira")).len(), 3);
    assert!(
        world
            .store
            .log
            .iter()
            .any(|entry| matches!(entry.what, LogWhat::News(_, crate::News::Resumed)))
    );
}

#[test]
fn the_next_check_is_shown_while_one_is_under_way() {
    let mut world = two_evenings();
    world.run(95, &[]);
    assert_eq!(world.monitor.overview().next_check, Some(minute(120)));
    let order = world.monitor.poll_action(minute(120));
    assert!(matches!(order, Some(Action::Check(_))), "{order:?}");
    assert_eq!(world.monitor.overview().next_check, Some(minute(120)));
}

#[test]
fn extra_calls_change_nothing() {
    let mut world = two_evenings();
    world.run(500, &[]);
    let before = format!("{:?}", world.monitor);
    for _ in 0..3 {
        assert_eq!(world.monitor.poll_action(minute(499)), None);
        let _ = (world.monitor.poll_timeout(), world.monitor.overview());
    }
    assert_eq!(format!("{:?}", world.monitor), before);
}
