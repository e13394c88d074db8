//! A person leaves a part of a platform's budget to other programs.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::settings::Share;

fn asked(percent: u8) -> Monitor {
    let share = Share::try_from(percent).unwrap();
    let settings = Settings {
        rule: Rule::Fixed { interval: None },
        shares: BTreeMap::from([(Platform::Tiktok, share)]),
    };
    let mut monitor = Monitor::restore(Snapshot::default(), Box::new(Fixed::default()), minute(0));
    monitor.handle(Event::Set(settings), minute(0));
    monitor.handle(Event::Add((0..10).map(|i| account(&format!("a{i}"))).collect()), minute(0));
    let info = UpstreamInfo {
        platform: Platform::Tiktok,
        batch: 1,
        reveals: Reveals::Last,
        quotas: "10/min,60/h".parse().unwrap(),
        suggestions: Vec::new(),
    };
    monitor.handle(Event::Upstreams(vec![info]), minute(0));
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
