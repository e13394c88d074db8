//! Words, knobs and what they are printed as.

use almanac_wire::Reveals;

use super::*;
use crate::population::Period;

#[test]
fn policies_are_asked_for_by_word_and_set_by_hand() {
    let wish = |text: &str| text.parse::<Wish>().map_err(|error| error.to_string());
    assert_eq!(wish("fixed"), Ok(Wish { kind: PolicyKind::Fixed, knob: None }));
    assert_eq!(wish("fixed=47.5"), Ok(Wish { kind: PolicyKind::Fixed, knob: Some(47.5) }));
    for kind in PolicyKind::ALL {
        assert_eq!(wish(kind.word()), Ok(Wish { kind, knob: None }));
    }
    assert!(wish("fix").unwrap_err().starts_with("“fix” is no policy; these are: fixed, road"));
    for bad in ["fixed=", "fixed=-3", "fixed=soon", "fixed=inf"] {
        assert!(wish(bad).unwrap_err().ends_with("the interval in minutes"), "{bad}");
    }
}

#[test]
fn a_fixed_interval_spends_what_it_is_told_to() {
    let midnight = Timestamp::from_s(0);
    let period = Period { from: midnight, measured_from: midnight, until: midnight };
    let names: Vec<String> = (0..120).map(|n| n.to_string()).collect();
    let population = Population { sessions: vec![Vec::new(); 120], names, period };
    let batch = |batch| Conditions {
        reveals: Reveals::Start,
        batch,
        budget: None,
        imported: Span::ZERO,
        prices: crate::prices::PriceWords::default(),
    };
    let knob = |requests, many| PolicyKind::Fixed.knob(requests, &population, &batch(many));
    assert!((knob(1440.0, 1) - 120.0).abs() < 1e-9);
    assert!((knob(72.0, 50) - 60.0).abs() < 1e-9, "three requests a round");
    assert!((knob(1e9, 1) - 1.0).abs() < 1e-9, "never more often than once a minute");
    let back = requests_for(Span::HOUR * 2, &population, &batch(1));
    assert!((back - 1440.0).abs() < 1e-9);
}

#[test]
fn knobs_turn_the_right_way_and_are_printed_as_they_are() {
    let midnight = Timestamp::from_s(0);
    let until = midnight + Span::DAY * 10;
    let period = Period { from: midnight, measured_from: midnight, until };
    let session = |n: i64| almanac_fakes::Session {
        start: midnight + Span::DAY * n,
        end: midnight + Span::DAY * n + Span::HOUR,
    };
    let sessions = vec![(0..10).map(session).collect(); 6];
    let names = (0..6).map(|n: i32| n.to_string()).collect();
    let population = Population { sessions, names, period };
    let conditions = Conditions {
        reveals: Reveals::Start,
        batch: 1,
        budget: None,
        imported: Span::ZERO,
        prices: crate::prices::PriceWords::default(),
    };
    for (kind, little, much, printed) in [
        (PolicyKind::Fixed, 120.0, 60.0, "every 120.0 min"),
        (PolicyKind::Roadmap, 2.0, 1.0, "2.0000 times its intervals"),
        (PolicyKind::EntryFrequency, 12.0, 24.0, "12.00 checks a session"),
        (PolicyKind::HabitQueue, 120.0, 60.0, "base of 120.0 min"),
        (PolicyKind::Poisson, 115.2, 460.8, "a session worth 115.2000 requests"),
        (PolicyKind::Adaptive, 57.6, 230.4, "a session worth 57.6 requests"),
        (PolicyKind::Oracle, 72.0, 144.0, "72.0/day"),
    ] {
        let knob = |requests| kind.knob(requests, &population, &conditions);
        assert!((knob(72.0) - little).abs() < 1e-9, "{kind}: {}", knob(72.0));
        assert!((knob(144.0) - much).abs() < 1e-9, "{kind}: {}", knob(144.0));
        assert_eq!(Spec { kind, setting: Setting::Knob(knob(72.0)) }.to_string(), printed);
        let (policy, _) = Spec { kind, setting: Setting::Budget }.policy(&population, &conditions);
        assert_eq!(policy.name(), kind.word());
    }
}

#[test]
fn all_are_compared_when_none_are_named() {
    let kinds: Vec<PolicyKind> = DEFAULT.split(',').map(|word| word.parse().unwrap()).collect();
    assert_eq!(kinds, PolicyKind::ALL);
}
