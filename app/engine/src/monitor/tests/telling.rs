//! What a person is told: alerts and the log.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::wishes::Wish;

/// Everything that a person can be told.
fn told_of_everything() -> AlertRules {
    AlertRules { live: true, ended: true, ..AlertRules::default() }
}

#[test]
fn each_broadcast_is_told_once_although_the_browser_is_killed() {
    let evenings = vec![Truth { start: 100, end: 200 }, Truth { start: 500, end: 600 }];
    let truth = BTreeMap::from([(account("mira"), evenings)]);
    let mut world = World::new(truth, Reveals::Last, Span::MINUTE * 5);
    world.monitor.handle(Event::Alert(told_of_everything()), minute(0));
    world.run(700, &[101, 106, 150, 204, 207, 503, 599, 620]);
    let kinds: Vec<_> = world.alerts.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(
        kinds,
        [AlertKind::Live, AlertKind::Ended, AlertKind::Live, AlertKind::Ended],
        "{:?}",
        world.alerts
    );
    assert_eq!(world.monitor.overview().alerts.unseen.len(), 4);
    world.monitor.handle(Event::Seen(None), minute(700));
    assert_eq!(world.monitor.overview().alerts.unseen, []);
}

#[test]
fn the_first_broadcast_of_all_is_told_unless_it_was_on_when_it_was_followed() {
    let told = |faults: Vec<(i64, i64, Outcome)>| {
        let truth = BTreeMap::from([(account("mira"), vec![Truth { start: 0, end: 200 }])]);
        let mut world = World::new(truth, Reveals::Last, Span::MINUTE * 5);
        world.monitor.handle(Event::Alert(told_of_everything()), minute(0));
        world.faults = faults;
        world.run(100, &[]);
        world.alerts.len()
    };
    assert_eq!(told(vec![]), 0);
    assert_eq!(told(vec![(0, 50, Outcome::NotFound)]), 1, "not known before it was live");
    let timeout = Outcome::Unknown { reason: UnknownReason::Timeout, retry_at: None, detail: None };
    assert_eq!(told(vec![(0, 50, timeout)]), 0);
}

#[test]
fn the_log_says_why_each_check_was_made_and_how_things_stand_every_five_minutes() {
    let truth = BTreeMap::from([(account("mira"), vec![Truth { start: 10, end: 100 }])]);
    let mut world = World::new(truth, Reveals::Last, Span::MINUTE * 10);
    world.run(60, &[]);
    let checked = |entry: &LogEntry| match &entry.what {
        LogWhat::Checked { why, .. } => *why,
        _ => None,
    };
    let found = |entry: &LogEntry| match &entry.what {
        LogWhat::Checked { found, .. } => *found,
        _ => None,
    };
    let found: Vec<_> = world.store.log.iter().filter_map(found).collect();
    assert_eq!(found.first(), Some(&Found::Offline), "the first check is before the start");
    assert_eq!(found.last(), Some(&Found::Live));
    let whys: Vec<_> = world.store.log.iter().filter_map(checked).collect();
    assert_eq!(whys.len(), world.requests.len());
    assert!(whys.contains(&crate::policy::Reason::Interval), "{whys:?}");
    let status =
        world.store.log.iter().filter(|entry| matches!(entry.what, LogWhat::Status { .. }));
    let status: Vec<_> = status.collect();
    assert!((4..=6).contains(&status.len()), "{status:?}");
    assert!(
        matches!(&status.last().unwrap().what, LogWhat::Status { checks: 1, live: 1, left, .. }
            if *left == [(Platform::Tiktok, 50, 100)])
    );
}

#[test]
fn the_log_tells_what_a_person_did() {
    let truth = BTreeMap::from([(account("mira"), vec![])]);
    let mut world = World::new(truth, Reveals::Last, Span::MINUTE * 10);
    let did = [
        LogWhat::Wished(account("mira"), Wish::Pause(true)),
        LogWhat::Set(world.monitor.settings.clone()),
    ];
    for what in did.clone() {
        world.monitor.handle(Event::Did(what), minute(0));
    }
    world.run(1, &[]);
    let told = |what: &LogWhat| {
        let text = serde_json::to_string(what).unwrap();
        assert_eq!(serde_json::from_str::<LogWhat>(&text).unwrap(), *what);
        world.store.log.iter().any(|line| line.what == *what)
    };
    assert!(did.iter().all(told), "{:?}", world.store.log);
}
