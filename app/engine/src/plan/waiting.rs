//! What it is worth to look at an account that was offline.

use almanac_wire::{Span, Timestamp};

use super::prices::Prices;
use crate::forecast::Outlook;
use crate::learn::Class;

/// The stretch over which the rate of harm is taken.
const STRETCH: Span = Span::from_ms(5 * Span::MINUTE.ms());
/// How long a session that is found would have stayed undetected, roughly.
const REST: Span = Span::from_ms(2 * Span::HOUR.ms());

/// What a check at `now` of an account is worth in requests that was last seen offline at
/// `asked_at`: `t g(t) - ∫ g`, with `t` the hours waited and `g` the harm an hour of waiting on
/// does, sessions that end unseen and sessions that are not detected yet, at their prices. Where
/// harm recurs, the average cost of waiting and requests is least when checks are made as this
/// index reaches the price of a request (Whittle's index of a renewal process). Not negative, and no
/// more than what is on is worth: where many wait for too long the index alone would go by the wait.
#[must_use]
pub fn worth_while_offline(
    outlook: &Outlook,
    asked_at: Timestamp,
    now: Timestamp,
    prices: &Prices,
) -> f64 {
    let floor = prices.floor_within(Span::HOUR);
    // Sessions that began and ended unseen, hours for which others were on and not detected; how
    // fast the ones grow now, and how many are on.
    let (mut missed, mut undetected, mut ending, mut on) = (0.0, 0.0, 0.0, 0.0);
    let parts: Vec<_> = outlook.parts(asked_at, now).collect();
    // From the youngest to the oldest, so that the area under each curve adds up.
    let mut area = [0.0; 4];
    let mut before = Span::ZERO;
    for part in parts.iter().rev() {
        let age = now - part.middle;
        let middle = before + (age - before) / 2;
        let hours = (age - before).hours();
        for (area, class) in area.iter_mut().zip(Class::ALL) {
            *area += outlook.share(class, middle) * hours;
        }
        before = age;
        let starts = part.starts + floor * (part.to - part.from).hours();
        let share = outlook.share(part.class, age);
        missed += starts * (1.0 - share);
        undetected += starts * area[part.class.index()];
        ending += starts * (share - outlook.share(part.class, age + STRETCH)) / STRETCH.hours();
        on += starts * share;
    }
    let cost = prices.missed * missed + prices.delay * undetected;
    let rate = prices.missed * ending + prices.delay * on;
    // No check gains more than what is on.
    let gain = on * (prices.missed + prices.delay * REST.hours());
    ((now - asked_at).hours() * rate - cost).min(gain).max(0.0)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::forecast::Standing;
    use crate::plan::samples::{ORIGIN, STEP, even, exponential, prices};

    fn worth(starts: f64, waited: Span) -> f64 {
        let standing = Standing::Offline { since: ORIGIN };
        let outlook = Outlook::new(&even(300, starts), &exponential(Span::HOUR * 2), standing);
        worth_while_offline(&outlook, ORIGIN, ORIGIN + waited, &prices())
    }

    #[test]
    fn it_rises_with_the_wait_and_with_the_starts_expected() {
        let mut before = 0.0;
        for step in 1..60 {
            let worth = worth(0.01, STEP * step);
            assert!(worth > before, "step {step}: {worth} after {before}");
            before = worth;
        }
        assert!(worth(0.02, Span::HOUR) > 1.5 * worth(0.01, Span::HOUR));
        assert!(worth(0.01, Span::ZERO) < 1e-9);
    }

    #[test]
    fn however_long_the_wait_it_is_worth_no_more_than_what_is_on() {
        // Sessions of two hours, one in a hundred steps of five minutes: about 0.24 are on.
        let prices = prices();
        let most = 0.27 * (prices.missed + prices.delay * REST.hours());
        for hours in [10, 18, 24] {
            let worth = worth(0.01, Span::HOUR * hours);
            assert!(worth > 0.0 && worth <= most, "{hours} h: {worth}, at most {most}");
        }
    }

    #[test]
    fn nothing_to_be_expected_is_worth_the_floor_alone() {
        assert!(worth(0.0, Span::HOUR * 6) < 0.2 * worth(0.01, Span::HOUR * 6));
    }
}
