#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::estimate::{coverage, delay, difference};
use super::{Arm, Cause, Design, Drawn, Estimate, Guard, Step, Sums, Trial, chance};

fn account(n: i64) -> AccountId {
    AccountId::new(Platform::Tiktok, &format!("someone{n}")).unwrap()
}

fn day(n: i64) -> Timestamp {
    Timestamp::from_s(1_780_012_800) + Span::DAY * n
}

fn design(drawn: Drawn, share: u8) -> Design {
    Design { drawn, share, seed: 7, migrate: true, audits: true }
}

fn adaptive(trial: &Trial, moments: impl Iterator<Item = (i64, Timestamp)>) -> Vec<bool> {
    moments.map(|(n, at)| trial.arm(&account(n), at) == Some(Arm::Adaptive)).collect()
}

fn count(drawn: &[bool]) -> usize {
    drawn.iter().filter(|drawn| **drawn).count()
}

#[test]
fn accounts_are_drawn_once_and_a_larger_share_keeps_whom_it_has() {
    let trial = |share| Trial::begin(1, design(Drawn::Accounts, share), day(0));
    let drawn = |share, on| adaptive(&trial(share), (0..1000).map(|n| (n, day(on))));
    let (tenth, half) = (drawn(10, 0), drawn(50, 0));
    assert!((70..130).contains(&count(&tenth)) && (440..560).contains(&count(&half)));
    assert_eq!(half, drawn(50, 30), "on every day the same");
    assert!(tenth.iter().zip(&half).all(|(before, now)| *now || !before));
    assert_eq!((count(&drawn(0, 0)), count(&drawn(100, 0))), (0, 1000));
}

#[test]
fn days_are_drawn_for_each_account_by_itself() {
    let trial = Trial::begin(1, design(Drawn::Days, 50), day(0));
    let days = |n| adaptive(&trial, (0..1000).map(move |on| (n, day(on))));
    let (one, other) = (days(1), days(2));
    assert!((440..560).contains(&count(&one)) && (440..560).contains(&count(&other)));
    let agree = one.iter().zip(&other).filter(|(a, b)| a == b).count();
    assert!((440..560).contains(&agree), "{agree}");
    let noon = trial.arm(&account(1), day(3) + Span::HOUR * 12);
    assert_eq!(noon, trial.arm(&account(1), day(3) + Span::HOUR * 23), "a whole day");
}

#[test]
fn another_seed_is_another_draw_and_an_ended_trial_draws_nobody() {
    let mut trial = Trial::begin(1, design(Drawn::Accounts, 50), day(0));
    let other = Trial { design: Design { seed: 8, ..trial.design }, ..trial };
    let all = || (0..100).map(|n| (n, day(0)));
    assert_ne!(adaptive(&trial, all()), adaptive(&other, all()));
    trial.ended_at = Some(day(1));
    assert_eq!(trial.arm(&account(1), day(2)), None);
}

#[test]
fn audits_come_at_any_hour_on_two_days_of_five() {
    let trial = Trial::begin(1, design(Drawn::Shadow, 0), day(0));
    let mut at = day(0);
    let mut hours = [0; 4];
    let mut audits = 0;
    while at < day(1000) {
        let Some(audit) = trial.audit_after(&account(1), at) else {
            at += Span::DAY;
            continue;
        };
        assert!(audit > at && audit < at + Span::DAY * 2);
        let quarter = audit.ms().rem_euclid(Span::DAY.ms()) / (Span::HOUR * 6).ms();
        hours[usize::try_from(quarter).unwrap()] += 1;
        (at, audits) = (audit, audits + 1);
    }
    assert!((330..470).contains(&audits), "{audits}");
    assert!(hours.iter().all(|count| *count > 60), "{hours:?}");
}

/// Accounts of which each catches another share: `caught` on average.
fn accounts(repeat: i64, caught: f64) -> Vec<Sums> {
    let one = |n: i64| {
        let own = (caught + 0.1 * (chance(1, &account(n), repeat, 0) - 0.5)).clamp(0.0, 1.0);
        let mut sums = Sums::default();
        for broadcast in 0..12 {
            let is = chance(2, &account(n), repeat * 100 + broadcast, 1) < own;
            let seen = is.then(|| {
                Span::from_minutes(60.0 * chance(3, &account(n), broadcast, repeat.cast_unsigned()))
            });
            sums.broadcast(1.0, f64::from(u8::from(is)), seen);
        }
        sums
    };
    (0..15).map(one).collect()
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let (mut held, mut told_apart, mut medians) = (0, 0, 0);
    for repeat in 0..300 {
        let (one, other) = (accounts(repeat, 0.9), accounts(repeat + 1000, 0.9));
        let Estimate { low, high, .. } = coverage(one.iter()).unwrap();
        held += usize::from(low <= 0.9 && 0.9 <= high);
        let (a, b): (Vec<_>, Vec<_>) = (one.iter().collect(), other.iter().collect());
        let off = difference(&a, &b).unwrap();
        told_apart += usize::from(off.low > 0.0 || off.high < 0.0);
        let median = delay(one.iter()).unwrap();
        medians += usize::from(median.low <= 30.0 && 30.0 <= median.high);
    }
    assert!((279..=300).contains(&held), "{held} of 300 held 0.9");
    assert!(told_apart <= 21, "{told_apart} of 300 differences that are none");
    assert!((276..=300).contains(&medians), "{medians} of 300 held the median");
}

#[test]
fn a_difference_that_is_there_is_found() {
    let (good, bad) = (accounts(1, 0.95), accounts(2, 0.7));
    let difference = difference(&good.iter().collect::<Vec<_>>(), &bad.iter().collect::<Vec<_>>());
    let Estimate { value, low, high } = difference.unwrap();
    assert!(low > 0.05 && value > 0.15 && high < 0.45, "{difference:?}");
}

#[test]
fn who_caught_all_has_not_shown_that_it_always_will() {
    let mut all = [Sums::default(); 4];
    all.iter_mut().for_each(|sums| sums.broadcast(1.0, 1.0, None));
    let Estimate { value, low, high } = coverage(all.iter()).unwrap();
    assert!((value - 1.0).abs() < 1e-9 && low < 0.5 && (high - 1.0).abs() < 1e-9, "{low}");
    assert_eq!(coverage(all[..1].iter()), None, "one account tells of nobody else");
    assert_eq!(coverage([Sums::default(); 5].iter()), None);
}

#[test]
fn the_guard_breaks_where_forecasts_do_not_hold_and_only_there() {
    let mut honest = Guard::default();
    for n in 0..5000 {
        let said = chance(1, &account(0), n, 0);
        assert_eq!(honest.note(said, chance(2, &account(0), n, 0) < said), None, "{n}");
    }
    let mut wrong = Guard::default();
    let breaks = (0..5000).find(|n| wrong.note(0.8, n % 2 == 0).is_some());
    assert!(breaks.is_some_and(|n| (300..400).contains(&n)), "as soon as there are enough");
    assert_eq!(wrong.note(0.8, true), Some(Cause::Calibration));
    assert_eq!(Guard::default().note(f64::NAN, true), Some(Cause::NotANumber));
}

#[test]
fn the_share_grows_where_it_does_no_harm_and_goes_where_it_does() {
    let trial = Trial::begin(1, design(Drawn::Accounts, 10), day(0));
    let off = |low, high| Some(Estimate { value: f64::midpoint(low, high), low, high });
    assert_eq!(trial.weigh(off(0.0, 0.1), day(6)), None, "too soon");
    assert_eq!(trial.weigh(off(-0.02, 0.1), day(7)), Some(Step::On(25)));
    assert_eq!(trial.weigh(off(-0.2, 0.1), day(7)), None, "nobody knows yet");
    assert_eq!(trial.weigh(off(-0.2, -0.01), day(7)), Some(Step::Back));
    assert_eq!(trial.weigh(None, day(70)), None);
    let all = Trial { share: 100, ..trial };
    assert_eq!(all.weigh(off(0.0, 0.1), day(9)), None, "there is no more");
}
