//! The same lessons, the same model as the research prototype's.

use almanac_wire::Span;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::tests::{Account, MONDAY, hours};
use super::*;
use crate::session::Interval;
use crate::zone::Zone;

/// The research prototype, whose coefficients these are, says the same of the same lessons. (It
/// smooths the week as a ring here, as this does; docs/science.md has the comparison.)
#[test]
fn it_agrees_with_the_research_prototype() {
    let mut account = Account::new(Zone::UTC);
    for day in (0..30).filter(|day| day % 7 != 3) {
        let at = MONDAY + Span::DAY * day + hours(20) + Span::MINUTE * (day * 7 % 40);
        let quiet_until = at - Span::HOUR;
        let (seen, from, ended) = (at + Span::MINUTE * 20, account.offline, account.ended);
        let start =
            if day % 3 == 0 { Interval::between(quiet_until, seen) } else { Interval::exact(at) };
        let seen_until = seen + Span::MINUTE * (day * 13 % 90);
        let over_by = seen_until + Span::MINUTE * 15;
        for lesson in [
            Lesson::Quiet { from, to: quiet_until, complete: false, ended },
            Lesson::Started { after: Some(quiet_until), start, ended },
            Lesson::Lasted { start, seen_from: seen, seen_until, over_by },
        ] {
            account.learner.learn(lesson);
        }
        account.offline = over_by;
        account.ended = Some(seen_until + (over_by - seen_until) / 2);
    }
    let now = MONDAY + Span::DAY * 30;
    let (from, ended) = (account.offline, account.ended);
    account.learner.learn(Lesson::Quiet { from, to: now, complete: false, ended });
    let fit = account.fit(now);
    for (minutes, starts_a_day) in [
        (550, 1.9676),
        (1170, 10.4864),
        (1200, 36.947),
        (1220, 80.593),
        (1260, 17.135),
        (1430, 1.9360),
        (2660, 38.790),
        (5540, 42.341),
        (7920, 2.6986),
    ] {
        // The middle of a piece.
        let at = now + Span::MINUTE * minutes + Span::SECOND * 150;
        let found = fit.intensity_at(&Zone::UTC, at, account.ended);
        assert!((found / starts_a_day - 1.0).abs() < 0.002, "{minutes}: {found}");
    }
    for (class, shares) in Class::ALL.into_iter().zip([
        [0.8449, 0.3261, 0.0297],
        [0.9161, 0.5159, 0.0684],
        [0.9348, 0.6010, 0.1049],
        [0.9669, 0.7423, 0.1705],
    ]) {
        for (minutes, share) in [30, 60, 120].into_iter().zip(shares) {
            let found = fit.survival().at(class, Span::MINUTE * minutes);
            assert!((found - share).abs() < 2e-4, "{class:?} {minutes}: {found}");
        }
    }
}
