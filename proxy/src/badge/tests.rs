//! What badges say.

use std::collections::BTreeMap;

use almanac_wire::{Probability, StartWindow, WindowLength, ZoneClock};

use super::*;

/// 2026-01-01 12:00 UTC, a Thursday; 13:00 on the clock.
const NOON: Timestamp = Timestamp::from_s(1_767_268_800);

fn window(minutes: i64, probability: f64) -> StartWindow {
    StartWindow {
        from: NOON + Span::MINUTE * minutes,
        length: WindowLength::nearest(Span::MINUTE * 50),
        probability: Probability::nearest(probability),
    }
}

fn says(standing: Standing, windows: Vec<StartWindow>, later: Span) -> (Tone, String) {
    let account: AccountId = "demo:mira.codes".parse().unwrap();
    let forecast = AccountForecast {
        standing,
        checked_at: None,
        next_check: None,
        pattern: None,
        chances: None,
        next_window: None,
        windows,
    };
    let zone = ZoneClock::new("Europe/Berlin", 3600, Vec::new()).unwrap();
    let accounts = BTreeMap::from([(account.clone(), forecast)]);
    let snapshot = ForecastSnapshot::new(NOON, zone, accounts).unwrap();
    let now = NOON + later;
    let badge = describe(&account, &snapshot, Freshness::of(&snapshot, now), now);
    (badge.tone, badge.text)
}

#[test]
fn badges_say_what_is_known() {
    let text = |standing, windows, later| says(standing, windows, later).1;
    let none = Span::ZERO;
    assert_eq!(text(Standing::Live, Vec::new(), none), "live");
    let evening = || vec![window(400, 0.8217)];
    assert_eq!(text(Standing::Offline, evening(), none), "likely 19:40 82 %");
    assert_eq!(text(Standing::Unknown, evening(), none), "likely 19:40 82 %");
    assert_eq!(text(Standing::Offline, vec![window(400, 0.3)], none), "maybe 19:40 30 %");
    assert_eq!(text(Standing::Offline, vec![window(1840, 0.7)], none), "likely Fri 19:40 70 %");
    assert_eq!(text(Standing::Offline, Vec::new(), none), "offline");
    assert_eq!(text(Standing::Unknown, Vec::new(), none), "unknown");
}

#[test]
fn what_is_over_is_not_to_come() {
    let two = vec![window(400, 0.8), window(1840, 0.7)];
    assert_eq!(
        says(Standing::Offline, two, Span::MINUTE * 450).1,
        "likely Fri 19:40 70 % · 7 h old"
    );
}

#[test]
fn what_is_stale_says_so_and_claims_nothing() {
    let old = Span::HOUR * 3;
    assert_eq!(
        says(Standing::Live, Vec::new(), old),
        (Tone::Quiet, "was live · 3 h old".to_owned())
    );
    let (tone, text) = says(Standing::Offline, vec![window(400, 0.8)], old);
    assert_eq!((tone, text.as_str()), (Tone::Quiet, "likely 19:40 80 % · 3 h old"));
    assert_eq!(says(Standing::Unknown, Vec::new(), Span::DAY * 3).1, "unknown · 3 d old");
}
