//! A person leaves a part of a platform's budget to other programs.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::settings::Share;

fn served(remaining: Option<u32>) -> UpstreamInfo {
    let quotas: almanac_wire::Quotas = "10/min,60/h".parse().unwrap();
    let state = |remaining| {
        quotas.as_slice().iter().map(move |quota| QuotaState {
            remaining,
            reset_s: 600,
            ..QuotaState::whole(quota)
        })
    };
    UpstreamInfo {
        platform: Platform::Tiktok,
        batch: 1,
        reveals: Reveals::Last,
        budget: remaining.map(|left| state(left).collect()).unwrap_or_default(),
        quotas,
        suggestions: Vec::new(),
    }
}

fn asked(percent: u8) -> Monitor {
    let share = Share::try_from(percent).unwrap();
    let settings = Settings {
        rule: Rule::Fixed { interval: None },
        shares: BTreeMap::from([(Platform::Tiktok, share)]),
    };
    let mut monitor = Monitor::restore(Snapshot::default(), Box::new(Fixed::default()), minute(0));
    monitor.handle(Event::Set(settings), minute(0));
    monitor.handle(Event::Add((0..10).map(|i| account(&format!("a{i}"))).collect()), minute(0));
    monitor.handle(Event::Upstreams(vec![served(None)]), minute(0));
    monitor
}

#[test]
fn half_a_budget_is_twice_the_interval() {
    let interval = |percent| asked(percent).overview().upstreams[0].interval;
    assert_eq!(interval(100), Some(Span::MINUTE * 10));
    assert_eq!(interval(50), Some(Span::MINUTE * 20));
}

#[test]
fn without_a_share_accounts_are_kept_but_not_checked() {
    let mut monitor = asked(0);
    for m in 0..60 {
        while let Some(action) = monitor.poll_action(minute(m)) {
            assert!(!matches!(action, Action::Check(_)), "{action:?}");
        }
    }
    assert_eq!((monitor.overview().accounts, monitor.overview().next_check), (10, None));
    // The gauge still shows the whole budget: it is the proxy's.
    assert_eq!(monitor.overview().upstreams[0].budget[1].limit, 60);
    monitor.handle(Event::Set(Settings::default()), minute(60));
    assert!(monitor.overview().next_check.is_some());
}

#[test]
fn a_greeting_tells_what_is_left() {
    let mut monitor = asked(100);
    let left = |monitor: &Monitor| {
        let upstream = monitor.overview().upstreams.remove(0);
        (upstream.told, upstream.budget[1].remaining)
    };
    assert_eq!(left(&monitor), (false, 60));
    monitor.handle(Event::Upstreams(vec![served(Some(0))]), minute(0));
    assert_eq!(left(&monitor), (true, 0));
    // Whoever comes after it knows as much; and what was said once is not said again.
    monitor.handle(Event::Set(Settings::default()), minute(11));
    assert_eq!(left(&monitor), (true, 1));
    assert_eq!(monitor.served().unwrap()[0].budget[1].remaining, 1);
}
