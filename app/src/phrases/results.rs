//! What the Results screen says.

use almanac_engine::trial::{
    Arm, ArmView, Cause, Drawn, Estimate, Fallen, Readiness, TrialView, TrialsView,
};
use almanac_wire::Span;

use super::account::JOINED;
use super::times::{Present, span};
use crate::words::{list, percent, results as say};

/// A blank at which no line ends.
const UNBROKEN: &str = "\u{a0}";

/// What is tried and since when.
pub(crate) fn trial_in_words(trial: &TrialView, present: Present<'_>) -> String {
    let since = present.when(trial.began_at);
    let what = match trial.design.drawn {
        Drawn::Shadow => say::running_shadow(&since),
        Drawn::Days => say::running_days(&since),
        Drawn::Accounts => say::running_accounts(&percent(trial.share), &since),
    };
    match (trial.ended_at, trial.weighed_at) {
        (Some(ended), _) => say::ended(&what, &present.when(ended)),
        (None, Some(at)) => format!("{what} · {}", say::weighed(&present.when(at))),
        (None, None) => what,
    }
}

/// A policy's name, and its column: what it saw, how late, at how many requests, and what that rests
/// on.
pub(crate) fn arm_column(arm: &ArmView) -> (String, [String; 4]) {
    let name = match arm.arm {
        Arm::Fixed => say::fixed(),
        Arm::Adaptive => say::adaptive(),
    };
    let name = if arm.shadow { say::shadow(name) } else { name.to_owned() };
    let share = |share: f64| percent(whole(share * 100.0).try_into().unwrap_or(100));
    let minutes = |minutes: f64| span(Span::from_minutes(minutes));
    let tenths = |requests: f64| format!("{requests:.1}");
    let rests_on =
        list(&[say::account_days(whole(arm.days)), say::broadcasts_seen(whole(arm.broadcasts))]);
    let column = [
        between(arm.coverage, share),
        between(arm.delay, minutes),
        between(arm.requests, tenths),
        rests_on,
    ];
    (name, column)
}

fn between(estimate: Option<Estimate>, told: impl Fn(f64) -> String) -> String {
    match estimate {
        Some(Estimate { value, low, high }) => {
            // No line ends within the brackets.
            let [low, high] = [low, high].map(|end| told(end).replace(' ', UNBROKEN));
            say::between(&told(value), &format!("{low}{JOINED}"), &format!("{JOINED}{high}"))
        }
        None => "–".to_owned(),
    }
}

/// Which is better, or why that cannot be said.
pub(crate) fn verdict(trial: &TrialView) -> String {
    match (trial.more_caught, trial.readiness) {
        (Some(more), _) => {
            let points = |share: f64| format!("{:+.1}", share * 100.0).replace('-', "\u{2212}");
            say::more_caught(&points(more.value), &points(more.low), &points(more.high))
        }
        (None, Readiness::Blind) => say::blind().to_owned(),
        (None, Readiness::Ready | Readiness::TooFew) => say::too_few().to_owned(),
    }
}

/// Why everything went back to one interval.
pub(crate) fn fallen_in_words(fallen: Fallen, present: Present<'_>) -> String {
    let when = present.when(fallen.at);
    match fallen.cause {
        Cause::Person => say::fallen_person(&when),
        Cause::NotANumber | Cause::Calibration => say::fallen_calibration(&when),
        Cause::Worse => say::fallen_worse(&when),
    }
}

/// How forecasts hold by which checks are planned; nothing before the first.
pub(crate) fn guard_in_words(view: &TrialsView) -> String {
    let error = view.calibration_error.filter(|_| view.forecasts >= 1.0);
    let told = |error: f64| {
        let error = percent(whole(error * 100.0).try_into().unwrap_or(100));
        say::guard(whole(view.forecasts), &error)
    };
    error.map(told).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
fn whole(number: f64) -> usize {
    number.round().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use almanac_engine::trial::Design;

    use super::super::times::tests::{PRESENT, ago};
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Option<Estimate> {
        Some(Estimate { value, low, high })
    }

    fn arm(arm: Arm, shadow: bool) -> ArmView {
        ArmView {
            arm,
            shadow,
            days: 84.0,
            broadcasts: 41.6,
            coverage: estimate(0.93, 0.88, 0.96),
            delay: estimate(14.0, 9.0, 21.0),
            requests: None,
        }
    }

    #[test]
    fn a_policy_is_told_with_its_uncertainty() {
        let (name, column) = arm_column(&arm(Arm::Adaptive, true));
        assert_eq!(name, "Where it is worth most (shadow)");
        assert_eq!(
            column,
            [
                "93% (88%\u{2060}–\u{2060}96%)",
                "14 min (9\u{a0}min\u{2060}–\u{2060}21\u{a0}min)",
                "–",
                "84 days of accounts, 42 broadcasts"
            ]
        );
    }

    #[test]
    fn a_trial_says_what_it_does_and_what_it_found() {
        let design =
            Design { drawn: Drawn::Accounts, share: 10, seed: 1, migrate: true, audits: true };
        let mut trial = TrialView {
            design,
            began_at: ago(60),
            ended_at: None,
            share: 25,
            weighed_at: Some(ago(-30)),
            arms: [arm(Arm::Fixed, false), arm(Arm::Adaptive, false)],
            more_caught: estimate(0.053, 0.011, 0.09),
            readiness: Readiness::Ready,
        };
        let told = trial_in_words(&trial, PRESENT);
        let expected =
            "25% of the accounts changed over, since 19:24 · the next share is weighed 20:54";
        assert_eq!(told, expected);
        let told = "Difference in broadcasts seen: +5.3 of 100, between +1.1 and +9.0.";
        assert!(verdict(&trial).starts_with(told), "{}", verdict(&trial));
        trial.more_caught = None;
        trial.readiness = Readiness::Blind;
        assert!(verdict(&trial).starts_with("The platform does not tell"));
        let fallen = Fallen { at: ago(5), cause: Cause::Person };
        assert!(fallen_in_words(fallen, PRESENT).contains("since 20:19, as you wished"));
        assert_eq!(guard_in_words(&TrialsView::default()), "");
    }
}
