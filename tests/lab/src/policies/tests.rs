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
        prices: crate::prices::PriceWords::default(),
    };
    let knob = |requests, many| PolicyKind::Fixed.knob(requests, &population, &batch(many));
    assert!((knob(1440.0, 1) - 120.0).abs() < 1e-9);
    assert!((knob(72.0, 50) - 60.0).abs() < 1e-9, "three requests a round");
    assert!((knob(1e9, 1) - 1.0).abs() < 1e-9, "never more often than once a minute");
    let back = requests_for(Span::HOUR * 2, &population, &batch(1));
    assert!((back - 1440.0).abs() < 1e-9);
}
