use std::collections::BTreeSet;

use super::*;
use crate::archetypes::{FROM, generate};

const DRAW: Draw = Draw {
    accounts: 10,
    min_sessions: 8,
    seed: 1,
    split: Split::All,
    from_day: 0,
    days: None,
    warmup_days: 14,
};

fn source() -> Source {
    Source::join("made up".to_owned(), vec![generate(96, 60, 1, FROM).unwrap()]).unwrap()
}

fn one(name: &str, sessions: &[(i64, i64)]) -> Trace {
    let hour = |hour: i64| FROM + Span::HOUR * hour;
    let sessions = sessions.iter().map(|(a, b)| Session { start: hour(*a), end: hour(*b) });
    [(name.to_owned(), sessions.collect())].into_iter().collect()
}

fn names(split: Split, seed: u64, accounts: usize) -> BTreeSet<String> {
    let drawn = source().draw(&Draw { split, seed, accounts, ..DRAW }).unwrap();
    drawn.names.into_iter().collect()
}

#[test]
fn halves_are_apart_and_the_same_for_every_seed() {
    let all = names(Split::All, 1, 1000);
    let (tune, test) = (names(Split::Tune, 1, 1000), names(Split::Test, 1, 1000));
    assert!(tune.is_disjoint(&test) && tune.union(&test).eq(all.iter()));
    assert!(tune.len() * 3 > all.len() && test.len() * 3 > all.len(), "{}", tune.len());
    for seed in 2..6 {
        assert!(names(Split::Tune, seed, 10).is_subset(&tune));
        assert!(names(Split::Test, seed, 10).is_subset(&test));
    }
    assert_ne!(names(Split::All, 1, 10), names(Split::All, 2, 10));
    assert!(names(Split::All, 3, 5).is_subset(&names(Split::All, 3, 10)), "draws are nested");
}

#[test]
fn time_is_cut_at_both_ends() {
    let draw = Draw { from_day: 10, days: Some(30), warmup_days: 7, ..DRAW };
    let drawn = source().draw(&draw).unwrap();
    let first = FROM + Span::DAY * 10;
    assert_eq!(
        drawn.period,
        Period { from: first, measured_from: first + Span::DAY * 7, until: first + Span::DAY * 30 }
    );
    for sessions in &drawn.sessions {
        let within =
            |session: &&Session| first <= session.start && session.start < first + Span::DAY * 30;
        assert!(sessions.iter().filter(within).count() >= 8);
        assert!(sessions[0].start < first, "what was before is kept");
    }
    let none = source().draw(&Draw { from_day: 50, ..DRAW }).unwrap_err().to_string();
    assert!(none.contains("has 61 days") && none.contains("from day 64 on"), "{none}");
    let nobody = source().draw(&Draw { min_sessions: 999, ..DRAW }).unwrap_err();
    assert!(matches!(nobody, LabError::NobodyDrawn { min_sessions: 999 }));
}

#[test]
fn only_whole_sessions_after_the_warm_up_are_measured() {
    let at = |hour: i64| FROM + Span::HOUR * hour;
    let period = Period { from: at(0), measured_from: at(24), until: at(48) };
    let measures = |a, b| period.measures(&Session { start: at(a), end: at(b) });
    assert!(measures(24, 25) && measures(47, 48));
    assert!(!measures(23, 25) && !measures(47, 49));
}

#[test]
fn files_join_and_years_are_laid_side_by_side() {
    let week = 7 * 24;
    let near = Source::join(String::new(), vec![one("a", &[(1, 2)]), one("a", &[(50, 51)])]);
    assert_eq!(near.unwrap().trace, one("a", &[(1, 2), (50, 51)]));
    // Three hundred weeks and a day later, on a Tuesday: it stays a Tuesday.
    let far = one("b", &[(300 * week + 24 + 5, 300 * week + 24 + 6)]);
    let far = Source::join(String::new(), vec![one("a", &[(1, 2)]), far]).unwrap();
    let b = far.trace.iter().find(|(name, _)| *name == "b").unwrap().1;
    let moved = (b[0].start - FROM).ms() / Span::HOUR.ms();
    assert!(moved.rem_euclid(week) == 24 + 5 && moved.abs() <= week, "{moved}");
    let clash = Source::join(String::new(), vec![one("a", &[(1, 3)]), one("a", &[(2, 4)])]);
    assert!(matches!(clash, Err(LabError::Contradiction { name }) if name == "a"));
    assert!(matches!(Source::join(String::new(), Vec::new()), Err(LabError::EmptyTrace)));
}
