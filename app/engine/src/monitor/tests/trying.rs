//! Trials from end to end: draws, shadows, audits, and the way back.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::policy::ByRule;
use crate::trial::{Arm, Cause, Design, Drawn, Readiness, TrialNews, TrialOrder};

/// Every evening of eight accounts, in which every third broadcast is short.
fn evenings_of_eight(reveals: Reveals) -> World {
    let evening = |n: i64, day: i64| {
        let start = day * 1440 + 700 + n * 90 + (day * 37 + n * 11) % 50;
        Truth { start, end: start + if (day + n) % 3 == 0 { 25 } else { 130 } }
    };
    let days = |n| (0..40).map(move |day| evening(n, day)).collect();
    let truth = (0..8).map(|n| (account(&format!("name{n}")), days(n))).collect();
    let mut world = World::with(truth, reveals, Span::HOUR * 2, || Box::<ByRule>::default());
    world.quotas = "4/min,40/h";
    world.monitor.handle(
        Event::Set(Settings {
            rule: Rule::Fixed { interval: Some(Span::HOUR * 2) },
            ..Settings::default()
        }),
        minute(0),
    );
    world
}

fn order(world: &mut World, order: TrialOrder) {
    world.monitor.handle(Event::Trial(order), minute(world.now));
}

fn begin(world: &mut World, drawn: Drawn) {
    let design = Design { drawn, share: 50, seed: 3, migrate: false, audits: true };
    order(world, TrialOrder::Begin(design));
}

/// The share of broadcasts seen of those that both began and ended between two minutes.
fn truly_caught(world: &World, from: i64, to: i64) -> f64 {
    let (mut caught, mut all) = (0.0, 0.0);
    for (account, truths) in &world.truth {
        for (index, truth) in truths.iter().enumerate() {
            if truth.start > from && truth.end < to {
                let mut seen = world.answers.iter();
                let seen = seen.any(|(of, _, live, _)| of == account && *live == Some(index));
                all += 1.0;
                caught += f64::from(u8::from(seen));
            }
        }
    }
    caught / all
}

#[test]
fn a_shadow_tells_what_the_other_would_have_caught() {
    let mut world = evenings_of_eight(Reveals::Last);
    world.run(14_400, &[]);
    begin(&mut world, Drawn::Shadow);
    world.run(50_000, &[]);
    let trial = world.monitor.trials().trial.unwrap();
    let [fixed, adaptive] = &trial.arms;
    assert!(!fixed.shadow && adaptive.shadow && trial.readiness == Readiness::Ready);
    let (told, was) = (fixed.coverage.unwrap(), truly_caught(&world, 14_400, 50_000));
    assert!((told.value - was).abs() < 0.03, "{told:?} for {was}");
    assert!(told.low < was && was < told.high);
    assert!((fixed.requests.unwrap().value - 12.0).abs() < 0.7, "{:?}", fixed.requests);
    assert!(adaptive.coverage.unwrap().value > was + 0.05, "{:?}", adaptive.coverage);
    assert!(trial.more_caught.unwrap().value > 0.04, "{:?}", trial.more_caught);
}

#[test]
fn days_drawn_are_ruled_by_whom_they_are_drawn_to() {
    let mut world = evenings_of_eight(Reveals::Last);
    world.run(14_400, &[]);
    begin(&mut world, Drawn::Days);
    world.run(50_000, &[]);
    let trial = world.monitor.trials().trial.unwrap();
    let [fixed, adaptive] = &trial.arms;
    let days = fixed.days + adaptive.days;
    assert!((days - 8.0 * 24.7).abs() < 1.0 && (0.35..0.65).contains(&(fixed.days / days)));
    assert!(trial.more_caught.unwrap().low > 0.0, "{:?}", trial.more_caught);
}

#[test]
fn where_misses_stay_unknown_audits_tell_of_them() {
    let mut world = evenings_of_eight(Reveals::Start);
    let design = Design { drawn: Drawn::Shadow, share: 0, seed: 5, migrate: false, audits: true };
    order(&mut world, TrialOrder::Begin(design));
    world.run(57_000, &[]);
    let trial = world.monitor.trials().trial.unwrap();
    let (told, was) = (trial.arms[0].coverage, truly_caught(&world, 0, 57_000));
    let told = told.unwrap();
    assert!(told.low < was && was < told.high, "{told:?} for {was}");
    assert!(told.value < 0.97, "seen ones alone would say all: {told:?}");
    let audits = trial.arms[0].broadcasts;
    assert!(audits > 4.0, "{audits}");
}

#[test]
fn a_trial_restored_goes_on_to_the_bit_as_if_nothing_had_been() {
    let run = |kills: &[i64]| {
        let mut world = evenings_of_eight(Reveals::Start);
        world.run(3000, &[]);
        begin(&mut world, Drawn::Days);
        world.run(12_000, kills);
        world
    };
    let (undisturbed, killed) =
        (run(&[]), run(&(1..20).map(|i| 3000 + i * 391).collect::<Vec<_>>()));
    let first = undisturbed.requests.iter().zip(&killed.requests).find(|(one, other)| one != other);
    assert_eq!(first, None);
    assert!(undisturbed.store.snapshot() == killed.store.snapshot());
    assert!(!undisturbed.store.follows.is_empty());
}

#[test]
fn one_word_brings_everything_back_to_the_fixed_interval() {
    let mut world = evenings_of_eight(Reveals::Last);
    world.monitor.handle(Event::Set(Settings::default()), minute(0));
    world.run(10_000, &[]);
    order(&mut world, TrialOrder::RollBack);
    let from = world.answers.len();
    world.run(13_000, &[11_000]);
    let gaps = |world: &World| {
        let asked: Vec<i64> = world.answers[from..]
            .iter()
            .filter(|(of, ..)| *of == account("name1"))
            .map(|(_, at, ..)| *at)
            .collect();
        asked.windows(2).map(|pair| pair[1] - pair[0]).collect::<std::collections::BTreeSet<_>>()
    };
    // 40 requests an hour for eight accounts, and four fifths of that where somebody waits.
    assert_eq!(gaps(&world), [12].into());
    let fallen = world.monitor.trials().fallen.unwrap();
    assert_eq!((fallen.at, fallen.cause), (minute(10_000), Cause::Person));
    order(&mut world, TrialOrder::Resume);
    let requests = world.requests.len();
    world.run(14_440, &[]);
    assert!(world.requests.len() - requests < 1500, "the rule counts again");
    let news = world.store.log.iter().filter_map(|entry| {
        if let LogWhat::Trial(news) = &entry.what { Some(*news) } else { None }
    });
    assert_eq!(news.collect::<Vec<_>>(), [TrialNews::FellBack(Cause::Person), TrialNews::Resumed]);
}

#[test]
fn forecasts_that_do_not_hold_bring_it_back_by_themselves() {
    let mut world = evenings_of_eight(Reveals::Last);
    world.monitor.handle(Event::Set(Settings::default()), minute(0));
    world.run(20_000, &[]);
    assert_eq!(world.monitor.trials().fallen, None);
    // From another life: 1000 forecasts that said 0.9, of which none came true.
    let mut snapshot = world.store.snapshot();
    for _ in 0..1000 {
        let _ = snapshot.trials.guard.note(0.9, false);
    }
    world.monitor = Monitor::restore(snapshot, (world.policy)(), minute(world.now));
    world.run(20_600, &[20_300]);
    let fallen = world.monitor.trials().fallen.unwrap();
    assert_eq!(fallen.cause, Cause::Calibration);
    let mira = account("name1");
    let trials = &world.store.trials;
    assert_eq!(trials.arm(&mira, minute(world.now)), Some(Arm::Fixed), "after a restart too");
}
