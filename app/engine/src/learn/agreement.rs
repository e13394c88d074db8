//! The same lessons, the same model: that of the research prototype, but for what came since.

use almanac_wire::Span;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::tests::{Account, MONDAY, hours};
use super::*;
use crate::session::Interval;
use crate::zone::Zone;

/// The research prototype, whose coefficients these are, said the same of the same lessons to within
/// 0.2 %, until 28 November 2026, when an account's first hour became its own (`endings::young`): the
/// figures are what the model came to with that alone.
#[test]
fn the_same_lessons_make_the_same_model() {
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
        (550, 2.4533),
        (1170, 11.4083),
        (1200, 38.928),
        (1220, 84.560),
        (1260, 17.589),
        (1430, 2.2810),
        (2660, 41.268),
        (5540, 45.235),
        (7920, 3.5346),
    ] {
        // The middle of a piece.
        let at = now + Span::MINUTE * minutes + Span::SECOND * 150;
        let found = fit.intensity_at(&Zone::UTC, at, account.ended);
        assert!((found / starts_a_day - 1.0).abs() < 0.002, "{minutes}: {found}");
    }
    for (class, shares) in Class::ALL.into_iter().zip([
        [0.5715, 0.1387, 0.0133],
        [0.7476, 0.3136, 0.0430],
        [0.7995, 0.4098, 0.0733],
        [0.8941, 0.5952, 0.1388],
    ]) {
        for (minutes, share) in [30, 60, 120].into_iter().zip(shares) {
            let found = fit.survival().at(class, Span::MINUTE * minutes);
            assert!((found - share).abs() < 2e-4, "{class:?} {minutes}: {found}");
        }
    }
}
