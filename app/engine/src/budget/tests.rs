#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn at(s: i64) -> Timestamp {
    Timestamp::from_s(s)
}

fn classic() -> Ledger {
    Ledger::new("10/min,60/h,120/day".parse().unwrap())
}

#[test]
fn a_window_refuses_and_says_when_to_come_back() {
    let mut ledger = classic();
    for s in 0..10 {
        let ticket = ledger.reserve(at(s)).unwrap();
        ledger.settle(ticket, at(s));
    }
    let refusal = ledger.reserve(at(10)).unwrap_err();
    assert_eq!(refusal.by.to_string(), "the quota of 10/min");
    assert_eq!(refusal.retry_at, at(60));
    assert!(ledger.reserve(at(59)).is_err());
    assert!(ledger.reserve(at(60)).is_ok());
}

#[test]
fn a_request_under_way_holds_its_slot_until_a_window_after_its_answer() {
    let mut ledger = Ledger::new("1/min".parse().unwrap());
    let ticket = ledger.reserve(at(0)).unwrap();
    assert!(ledger.reserve(at(1000)).is_err());
    ledger.settle(ticket, at(1000));
    assert!(ledger.reserve(at(1059)).is_err());
    assert!(ledger.reserve(at(1060)).is_ok());
}

#[test]
fn a_restart_forgets_nothing_and_doubts_what_was_under_way() {
    let mut before = Ledger::new("2/h".parse().unwrap());
    let settled = before.reserve(at(0)).unwrap();
    before.settle(settled, at(1));
    before.reserve(at(2)).unwrap();
    let mut after = restart(&before, at(100));
    assert_eq!(after.reserve(at(200)).unwrap_err().retry_at, at(3601));
    assert!(after.reserve(at(3601)).is_ok());
    assert_eq!(after.reserve(at(3602)).unwrap_err().retry_at, at(3700));
}

#[test]
fn state_tells_what_is_left() {
    let mut ledger = classic();
    let ticket = ledger.reserve(at(0)).unwrap();
    ledger.settle(ticket, at(0));
    let state = ledger.state(at(30));
    assert_eq!(state.iter().map(|q| q.remaining).collect::<Vec<_>>(), [9, 59, 119]);
    assert_eq!(state[0].reset_s, 30);
    assert_eq!(
        ledger.state(at(60))[0],
        QuotaState { window_s: 60, zone: None, limit: 10, remaining: 10, reset_s: 0 }
    );
}

/// As after a kill.
fn restart(before: &Ledger, now: Timestamp) -> Ledger {
    let told = before.told().words().map_or_else(Told::new, |(by, words)| Told::of(by, &words));
    let spends: Vec<Spend> = before.spends().collect();
    Ledger { midnight: before.midnight, ..Ledger::new(before.quotas().clone()) }
        .restore(spends, told, now)
}

fn left(remaining: u32, until: i64) -> [Word; 1] {
    [Word::Left { remaining, until: at(until) }]
}

/// Days of 1000 s, each tenth of 900 s and each eleventh of 1100 s.
fn midnight(_: ZoneName, now: Timestamp) -> Timestamp {
    let length = |day: i64| match day % 11 {
        9 => 900,
        10 => 1100,
        _ => 1000,
    };
    let mut end = 0;
    for day in 0.. {
        end += length(day);
        if at(end) > now {
            break;
        }
    }
    at(end)
}

#[test]
fn a_zones_day_begins_anew_at_its_midnight() {
    let mut ledger = Ledger::new("2/day@Europe/Berlin".parse().unwrap()).with_midnight(midnight);
    for now in [100, 900] {
        let ticket = ledger.reserve(at(now)).unwrap();
        ledger.settle(ticket, at(now));
    }
    let refusal = ledger.reserve(at(901)).unwrap_err();
    assert_eq!(refusal.by.to_string(), "the quota of 2/day@Europe/Berlin");
    assert_eq!(refusal.retry_at, at(1030));
    assert_eq!(ledger.state(at(930))[0].reset_s, 100);
    assert!(ledger.reserve(at(1029)).is_err());
    assert!(ledger.reserve(at(1030)).is_ok());
    assert_eq!(ledger.state(at(1031))[0].remaining, 1);
}

#[test]
fn a_request_about_midnight_counts_in_both_days() {
    let mut ledger = Ledger::new("1/day@Europe/Berlin".parse().unwrap()).with_midnight(midnight);
    let ticket = ledger.reserve(at(960)).unwrap();
    ledger.settle(ticket, at(971));
    assert_eq!(ledger.reserve(at(1031)).unwrap_err().retry_at, at(2030));
}

#[test]
fn without_zones_a_day_is_as_long_as_any() {
    let mut ledger = Ledger::new("1/day@Europe/Berlin".parse().unwrap());
    let ticket = ledger.reserve(at(0)).unwrap();
    ledger.settle(ticket, at(0));
    assert_eq!(ledger.reserve(at(1)).unwrap_err().retry_at, at(25 * 3600 + 60));
}

#[test]
fn what_the_upstream_says_is_left_tightens_and_passes() {
    let mut ledger = classic();
    let ticket = ledger.reserve(at(0)).unwrap();
    ledger.heed(ticket, &left(2, 50), at(1));
    ledger.settle(ticket, at(1));
    ledger.reserve(at(2)).unwrap();
    ledger.reserve(at(3)).unwrap();
    let refusal = ledger.reserve(at(4)).unwrap_err();
    assert_eq!((refusal.by, refusal.retry_at), (Refuser::Upstream, at(50)));
    assert_eq!(restart(&ledger, at(5)).reserve(at(5)).unwrap_err(), refusal);
    assert!(ledger.reserve(at(50)).is_ok());
}

#[test]
fn what_is_said_to_be_left_never_widens() {
    let mut ledger = Ledger::new("1/min".parse().unwrap());
    let ticket = ledger.reserve(at(0)).unwrap();
    ledger.heed(ticket, &left(500, 50), at(1));
    ledger.settle(ticket, at(1));
    assert_eq!(ledger.reserve(at(2)).unwrap_err().retry_at, at(61));
}

#[test]
fn requests_that_the_upstream_had_not_seen_are_taken_off() {
    let mut ledger = classic();
    let [first, second, third] = [0, 0, 0].map(|s| ledger.reserve(at(s)).unwrap());
    ledger.settle(first, at(1));
    ledger.heed(second, &left(3, 50), at(2));
    ledger.settle(second, at(2));
    // The third was under way.
    ledger.reserve(at(3)).unwrap();
    ledger.reserve(at(3)).unwrap();
    assert!(ledger.reserve(at(3)).is_err());
    // An answer to an earlier request is no news; one to a later request is.
    ledger.heed(first, &left(9, 50), at(4));
    assert!(ledger.reserve(at(4)).is_err());
    ledger.heed(third, &left(3, 50), at(5));
    assert!(ledger.reserve(at(5)).is_ok());
}

#[test]
fn a_window_of_the_upstreams_own_holds_beside_ours() {
    let mut ledger = classic();
    let ticket = ledger.reserve(at(0)).unwrap();
    let window: Quotas = "2/10s".parse().unwrap();
    ledger.heed(ticket, &[Word::Window(window.as_slice()[0])], at(0));
    ledger.settle(ticket, at(0));
    let ticket = ledger.reserve(at(1)).unwrap();
    ledger.settle(ticket, at(1));
    let refusal = ledger.reserve(at(2)).unwrap_err();
    assert_eq!((refusal.by, refusal.retry_at), (Refuser::Upstream, at(10)));
    assert!(restart(&ledger, at(2)).reserve(at(2)).is_err());
    assert!(ledger.reserve(at(10)).is_ok());
}

#[test]
fn nothing_said_holds_for_ever() {
    let mut ledger = classic();
    let ticket = ledger.reserve(at(0)).unwrap();
    ledger.heed(ticket, &left(0, 9_000_000), at(0));
    ledger.settle(ticket, at(0));
    assert_eq!(ledger.reserve(at(1)).unwrap_err().retry_at, at(86_400));
}

#[test]
fn what_is_withdrawn_was_never_reserved() {
    let mut ledger = Ledger::new("1/min".parse().unwrap());
    let ticket = ledger.reserve(at(0)).unwrap();
    ledger.withdraw(ticket);
    assert!(ledger.reserve(at(0)).is_ok());
}

#[cfg(not(target_arch = "wasm32"))]
mod laws;
