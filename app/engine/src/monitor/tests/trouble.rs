//! Upstreams and a proxy that fail, and browsers that sleep.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::view::Why;

#[test]
fn unknown_and_not_found_waves_end_nothing() {
    for outcome in [
        Outcome::NotFound,
        Outcome::Unknown { reason: UnknownReason::Blocked, retry_at: None, detail: None },
        Outcome::Unknown { reason: UnknownReason::BadAnswer, retry_at: None, detail: None },
    ] {
        let mut world = two_evenings();
        world.faults.push((121, 200, outcome));
        world.run(215, &[]);
        let sessions = world.sessions_of(&account("mira"));
        assert!(matches!(sessions.as_slice(), [Session { end: End::Open { .. }, .. }]));
        world.run(2000, &[]);
        world.assert_truthful();
    }
}

#[test]
fn an_account_that_is_not_there_is_asked_about_ever_less_but_twice_a_day() {
    let mut world = two_evenings();
    let (from, to) = (500, 6500);
    world.faults.push((from, to, Outcome::NotFound));
    world.run(to, &[]);
    let row = world.monitor.row(&account("mira")).unwrap();
    assert!(matches!(row.standing, Standing::NotFound { .. }));
    assert_eq!(row.why, Some(Why::Missing));
    let asked: Vec<i64> = world.requests.iter().copied().filter(|at| *at >= from).collect();
    let gaps: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps[..4], [30; 4], "{gaps:?}");
    assert!(gaps.iter().all(|gap| *gap <= 12 * 60 + 1), "{gaps:?}");
    assert!(gaps.len() < 30, "{gaps:?}");
    world.run(to + 12 * 60 + 60, &[]);
    assert!(world.monitor.overview().troubles.is_empty());
    let row = world.monitor.row(&account("mira")).unwrap();
    assert!(matches!(row.standing, Standing::Offline { .. }));
}

/// Nobody is promised a check before the upstream can be asked, and a row says what the notice says.
fn assert_promises_agree(world: &World, until: Option<Timestamp>) {
    let overview = world.monitor.overview();
    let until = until.or(overview.troubles[0].retry_at).unwrap();
    assert!(overview.troubles.iter().all(|one| one.retry_at == Some(until)), "{overview:?}");
    for account in world.monitor.accounts() {
        let row = world.monitor.row(account).unwrap();
        assert!(row.next_check.is_none_or(|at| at >= until), "{until:?} {row:?}");
        if let Standing::Unknown { retry_at, .. } = row.standing {
            assert!(retry_at.is_none_or(|at| at >= until), "{until:?} {row:?}");
        }
    }
    let plan = world.monitor.plan_view(false);
    assert!(plan.checks.iter().all(|check| check.at >= until), "{until:?} {plan:?}");
}

#[test]
fn nobody_is_promised_a_check_before_the_upstream_can_be_asked() {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let blocked = |retry_at| Outcome::Unknown {
        reason: UnknownReason::Blocked,
        retry_at: Some(minute(retry_at)),
        detail: None,
    };
    // Each of two requests is told another time, the later one to wait longer.
    let from = world.now;
    let until = from + 1440;
    world.faults.push((from, from + 400, blocked(from + 410)));
    world.faults.push((from + 400, until, blocked(until)));
    let failing = |world: &World| !world.monitor.overview().troubles.is_empty();
    while !failing(&world) {
        world.run(world.now + 1, &[]);
    }
    while world.now < until {
        assert_promises_agree(&world, None);
        world.run(world.now + 7, &[]);
    }
    world.run(until + 100, &[]);
    // The day's budget is gone.
    let spent =
        QuotaState { window_s: 86_400, zone: None, limit: 120, remaining: 0, reset_s: 3600 * 13 };
    let info = UpstreamInfo { budget: vec![spent], ..world.info() };
    world.monitor.handle(Event::Upstreams(vec![info]), minute(world.now));
    let gone = minute(world.now) + Span::HOUR * 13;
    assert_promises_agree(&world, Some(gone));
}

#[test]
fn nobody_is_promised_a_check_before_the_proxy_is_asked_again() {
    let mut world = two_evenings();
    world.run(150, &[]);
    for _ in 0..8 {
        world.monitor.handle(Event::GreetingFailed(ProxyFailure::Unreachable), minute(179));
    }
    assert_eq!(world.monitor.overview().troubles[0].retry_at, Some(minute(194)));
    assert_promises_agree(&world, None);
}

#[test]
fn trouble_is_shown_with_its_beginning_and_an_upstream_in_trouble_is_left_be() {
    let mut world = two_evenings();
    let retry_at = Some(minute(165));
    world.faults.push((
        145,
        164,
        Outcome::Unknown { reason: UnknownReason::Blocked, retry_at, detail: None },
    ));
    world.run(163, &[]);
    let overview = world.monitor.overview();
    assert!(matches!(overview.troubles[0].matter, Matter::Upstream(Platform::Tiktok, _)));
    assert_eq!(overview.troubles[0].retry_at, retry_at);
    let row = world.monitor.row(&account("mira")).unwrap();
    assert!(matches!(row.standing, Standing::Unknown { was_live: true, .. }));
    let during = world.requests.iter().filter(|m| (145..165).contains(*m)).count();
    assert_eq!(during, 1, "asked again before the time it was told");
    world.run(170, &[]);
    assert!(world.monitor.overview().troubles.is_empty());
    assert!(matches!(world.monitor.row(&account("mira")).unwrap().standing, Standing::Live { .. }));
}

#[test]
fn a_monitor_that_takes_over_knows_of_the_trouble_and_since_when() {
    let mut world = two_evenings();
    let blocked = Outcome::Unknown { reason: UnknownReason::Blocked, retry_at: None, detail: None };
    world.faults.push((145, 200, blocked));
    world.run(163, &[]);
    let before = world.monitor.overview();
    assert_eq!(before.troubles.len(), 1);
    let mut next = Monitor::restore(world.store.snapshot(), (world.policy)(), minute(163));
    assert_ne!(next.overview().troubles, before.troubles, "else this proves nothing");
    next.succeed(&world.monitor);
    assert_eq!(next.overview().troubles, before.troubles);
    assert_eq!(next.overview().upstreams, before.upstreams);
    world.monitor = next;
    world.run(230, &[]);
    assert!(world.monitor.overview().troubles.is_empty(), "it goes on from there");

    let failed = Event::GreetingFailed(ProxyFailure::Unreachable);
    world.monitor.handle(Event::TryAgain, minute(230));
    world.monitor.handle(failed, minute(230));
    let mut next = Monitor::restore(world.store.snapshot(), (world.policy)(), minute(232));
    next.succeed(&world.monitor);
    assert_eq!(next.overview().troubles[0].since, minute(230));
    assert!(next.poll_timeout().is_some());
}

#[test]
fn what_was_known_is_doubted_once_its_check_is_overdue_for_want_of_answers() {
    let evening = vec![Truth { start: 10, end: 900 }];
    let truth = ["mira", "nora"].map(|name| (account(name), evening.clone()));
    let mut world = World::new(BTreeMap::from(truth), Reveals::Last, Span::MINUTE * 60);
    world.run(130, &[]);
    let blocked = Outcome::Unknown { reason: UnknownReason::Blocked, retry_at: None, detail: None };
    world.faults.push((130, 500, blocked));
    let unknown = |world: &World| {
        let rows = ["mira", "nora"].map(|name| world.monitor.row(&account(name)).unwrap());
        rows.iter()
            .filter(|row| matches!(row.standing, Standing::Unknown { was_live: true, .. }))
            .count()
    };
    assert_eq!(unknown(&world), 0);
    world.run(300, &[]);
    assert_eq!(unknown(&world), 2, "only one was asked, but both are overdue");
    world.run(600, &[]);
    assert_eq!(unknown(&world), 0);
}

#[test]
fn after_a_long_sleep_checks_come_back_evenly() {
    let names: Vec<String> = (0..60).map(|i| format!("name{i}")).collect();
    let truth = names.iter().map(|name| (account(name), Vec::new())).collect();
    let mut world = World::new(truth, Reveals::Start, Span::MINUTE * 120);
    world.run(300, &[]);
    world.requests.clear();
    world.now += 480;
    let woke = world.now;
    world.run(woke + 120, &[]);
    let burst = world.requests.iter().filter(|at| **at < woke + 10).count();
    assert!(burst <= 7, "{burst} requests within ten minutes of waking");
    let asked: std::collections::BTreeSet<_> =
        world.answers.iter().filter(|(_, at, ..)| *at >= woke).map(|(of, ..)| of).collect();
    assert_eq!(asked.len(), 60, "everybody is caught up with within one interval");
}

#[test]
fn a_lost_proxy_is_greeted_again_with_growing_patience() {
    let mut monitor = Monitor::restore(Snapshot::default(), Box::new(Fixed::default()), minute(0));
    let mut greetings = Vec::new();
    for second in 0..3600 {
        let now = minute(0) + Span::from_s(second);
        while let Some(action) = monitor.poll_action(now) {
            if let Action::Save(changes) = action {
                // The first failure is in the log, and the others are not.
                assert!(matches!(changes[..], [Change::Log(_)]) && greetings.len() == 1);
                continue;
            }
            assert_eq!(action, Action::Greet);
            greetings.push(second);
            monitor.handle(Event::GreetingFailed(ProxyFailure::Unreachable), now);
        }
    }
    assert_eq!(greetings, [0, 15, 45, 105, 225, 465, 945, 1845, 2745]);
    let troubles = monitor.overview().troubles;
    assert_eq!(troubles[0].matter, Matter::Proxy(ProxyFailure::Unreachable));
    assert_eq!(troubles[0].since, minute(0));
}

#[test]
fn a_proxy_that_may_answer_again_is_greeted_at_once() {
    let mut monitor = Monitor::restore(Snapshot::default(), Box::new(Fixed::default()), minute(0));
    let greeted = |monitor: &mut Monitor, now| {
        let mut count = 0;
        while let Some(action) = monitor.poll_action(now) {
            // That it was lost is in the log.
            if matches!(action, Action::Save(_)) {
                continue;
            }
            assert_eq!(action, Action::Greet);
            count += 1;
            monitor.handle(Event::GreetingFailed(ProxyFailure::TokenWanted), now);
        }
        count
    };
    assert_eq!(greeted(&mut monitor, minute(0)), 1);
    let soon = minute(0) + Span::from_s(2);
    assert_eq!(greeted(&mut monitor, soon), 0);
    monitor.handle(Event::TryAgain, soon);
    assert_eq!(greeted(&mut monitor, soon), 1);
    assert_eq!(monitor.overview().troubles[0].matter, Matter::Proxy(ProxyFailure::TokenWanted));
}

#[test]
fn one_account_that_its_upstream_fails_at_keeps_no_other_from_being_asked() {
    let truth = ["broken", "mira", "nora"].map(|name| (account(name), Vec::new()));
    let mut world = World::new(BTreeMap::from(truth), Reveals::Last, Span::MINUTE * 10);
    world.broken = Some(account("broken"));
    // Beyond the day that is the longest anybody waits, too.
    world.run(3 * 1440, &[]);
    for name in ["mira", "nora"] {
        let asked: Vec<i64> = world
            .answers
            .iter()
            .filter(|(of, ..)| *of == account(name))
            .map(|(_, at, ..)| *at)
            .collect();
        let longest = asked.windows(2).map(|two| two[1] - two[0]).max();
        assert!(asked[0] < 5 && longest <= Some(20), "{name}: {:?}, {longest:?}", asked.first());
    }
    let tried = world.requests.len() - world.answers.len();
    assert!((200..400).contains(&tried), "once in a quarter of an hour: {tried}");
}

#[test]
fn what_is_served_is_not_known_while_the_proxy_is_silent() {
    let mut world = two_evenings();
    assert_eq!(world.monitor.served(), None);
    world.run(5, &[]);
    let mut served = world.monitor.served().unwrap();
    // What is left of the budget is told as well, once an answer has said it.
    assert!(!std::mem::take(&mut served[0].budget).is_empty());
    assert_eq!(served, [world.info()]);
    world.monitor.handle(Event::GreetingFailed(ProxyFailure::Unreachable), minute(5));
    assert_eq!(world.monitor.served(), None);
}

#[test]
fn a_budget_is_missed_only_where_it_stays_away() {
    let without = |wait: Span| {
        let mut world = evenings();
        world.run(60, &[]);
        world.monitor.upstreams[0].out_of_budget(wait, minute(world.now));
        world.monitor.overview().troubles
    };
    assert!(without(Span::MINUTE * 40).is_empty());
    let told = without(Span::HOUR * 3);
    assert_eq!(told[0].matter, Matter::OverBudget(Platform::Tiktok));
}
