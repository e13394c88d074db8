//! What holds whatever the lessons.

use almanac_wire::{Span, Timestamp};
use proptest::prelude::*;

use super::tests::{MONDAY, hours};
use super::*;
use crate::session::Interval;
use crate::zone::Zone;

/// Any time within two months, some years apart, or at the end of the world.
fn any_time() -> impl Strategy<Value = Timestamp> {
    let ms = prop_oneof![
        20 => (0..60 * Span::DAY.ms()).prop_map(|ms| MONDAY.ms() + ms),
        1 => 0..2_000_000_000_000_i64,
        1 => any::<i64>(),
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX)],
    ];
    ms.prop_map(Timestamp::from_ms)
}

/// Lessons that need make no sense: overlapping, reversed, out of order.
fn any_lesson() -> impl Strategy<Value = Lesson> {
    let some_time = || proptest::option::of(any_time());
    prop_oneof![
        (any_time(), any_time(), any::<bool>(), some_time())
            .prop_map(|(from, to, complete, ended)| Lesson::Quiet { from, to, complete, ended }),
        (any_time(), 0..10_i64, any::<bool>(), some_time()).prop_map(
            |(from, length, complete, ended)| {
                Lesson::Quiet { from, to: from + hours(length), complete, ended }
            }
        ),
        (some_time(), any_time(), 0..9_000_000_i64, some_time()).prop_map(
            |(after, at, width, ended)| {
                let start = Interval::between(at, at + Span::from_ms(width));
                Lesson::Started { after, start, ended }
            }
        ),
        (some_time(), any_time(), some_time()).prop_map(|(after, at, ended)| {
            Lesson::Started { after, start: Interval::exact(at), ended }
        }),
        proptest::array::uniform5(any_time()).prop_map(|[a, b, seen_from, seen_until, over_by]| {
            let start = Interval::between(a, b);
            Lesson::Lasted { start, seen_from, seen_until, over_by }
        }),
    ]
}

/// Lessons as checks teach them: what follows from stretches of so many minutes offline and live.
fn sensible(stretches: &[(i64, i64, bool)]) -> Vec<Lesson> {
    let (mut offline, mut ended) = (MONDAY, None);
    let mut lessons = Vec::new();
    for (quiet, live, exact) in stretches {
        let from = offline;
        let last = from + Span::MINUTE * *quiet;
        lessons.push(Lesson::Quiet { from, to: last, complete: false, ended });
        let at = last + Span::MINUTE * 20;
        let start = if *exact { Interval::exact(at) } else { Interval::between(last, at) };
        lessons.push(Lesson::Started { after: Some(last), start, ended });
        let over_by = at + Span::MINUTE * *live;
        let seen_until = over_by - Span::MINUTE;
        lessons.push(Lesson::Lasted { start, seen_from: at, seen_until, over_by });
        offline = over_by;
        ended = Some(over_by);
    }
    lessons
}

fn stretches() -> impl Strategy<Value = Vec<(i64, i64, bool)>> {
    proptest::collection::vec((0..3000_i64, 1..600_i64, any::<bool>()), 1..20)
}

fn check(fit: &Fit, from: Timestamp, ended: Option<Timestamp>) -> Result<(), TestCaseError> {
    let good = |x: f64| x.is_finite() && x > 0.0;
    prop_assert!(good(fit.rate()), "{}", fit.rate());
    let ahead = fit.ahead(&Zone::UTC, from, ended, Span::MINUTE * 5, 2016);
    prop_assert_eq!((ahead.starts.len(), ahead.class.len()), (2016, 2016));
    prop_assert!(ahead.starts.iter().all(|starts| good(*starts) && *starts < 0.32));
    prop_assert!(good(fit.intensity_at(&Zone::UTC, from, ended)));
    for class in Class::ALL {
        let shares: Vec<_> =
            (0..700).map(|i| fit.survival().at(class, Survival::STEP * i)).collect();
        prop_assert_eq!(shares[0], 1.0);
        prop_assert!(shares.is_sorted_by(|a, b| a >= b) && shares.iter().all(|x| *x >= 0.0));
    }
    Ok(())
}

fn check_week(learner: &Learner, pool: &Pool) -> Result<(), TestCaseError> {
    let good = |x: f64| x.is_finite() && x > 0.0;
    let week = learner.week(pool);
    prop_assert_eq!(week.len(), 168);
    for hour in week {
        prop_assert!(good(hour.expected) && good(hour.standard_error), "{hour:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_was_learned_hazards_are_positive_and_survival_falls(
        lessons in proptest::collection::vec(any_lesson(), 0..12),
        settled in proptest::collection::vec(any::<bool>(), 12),
        (now, from, ended) in (any_time(), any_time(), proptest::option::of(any_time())),
    ) {
        let mut learner = Learner::default();
        for (lesson, settled) in lessons.into_iter().zip(settled) {
            learner.learn(lesson);
            if settled {
                learner.settle(&Pool::default(), &Zone::UTC, now);
            }
        }
        check(&learner.settle(&Pool::default(), &Zone::UTC, now), from, ended)?;
        // Not even as everyone's prior does it do harm.
        let pool = Pool::gather([&learner]);
        check(&learner.settle(&pool, &Zone::UTC, now), from, ended)?;
        check(&Learner::default().settle(&pool, &Zone::UTC, now), from, ended)?;
        check_week(&learner, &Pool::default())?;
        check_week(&learner, &pool)?;
        check_week(&Learner::default(), &pool)?;
    }

    #[test]
    fn the_same_lesson_hundreds_of_times_does_no_harm(lesson in any_lesson(), now in any_time()) {
        let short = match lesson {
            Lesson::Quiet { from, complete, ended, .. } => {
                Lesson::Quiet { from, to: from + hours(3), complete, ended }
            }
            Lesson::Started { after, start, ended } => {
                let start = Interval::exact(start.latest());
                Lesson::Started { after: after.map(|_| start.latest() - hours(2)), start, ended }
            }
            other => other,
        };
        let mut learner = Learner::default();
        for _ in 0..300 {
            learner.learn(short);
        }
        check(&learner.settle(&Pool::default(), &Zone::UTC, now), now, None)?;
    }

    /// Stored and restored between any two calls, it is as if it never had been.
    #[test]
    fn restoring_changes_nothing(
        stretches in stretches(),
        settled in proptest::collection::vec(any::<bool>(), 60),
    ) {
        let (mut kept, mut restored) = (Learner::default(), Learner::default());
        let pool = Pool::gather(std::iter::empty());
        let stored_pool: Pool =
            postcard::from_bytes(&postcard::to_allocvec(&pool).unwrap()).unwrap();
        let now = MONDAY + Span::DAY * 50;
        for (lesson, settled) in sensible(&stretches).into_iter().zip(settled) {
            kept.learn(lesson);
            restored.learn(lesson);
            restored = postcard::from_bytes(&postcard::to_allocvec(&restored).unwrap()).unwrap();
            if settled {
                let fit = kept.settle(&pool, &Zone::UTC, now);
                prop_assert_eq!(fit, restored.settle(&stored_pool, &Zone::UTC, now));
                restored =
                    postcard::from_bytes(&postcard::to_allocvec(&restored).unwrap()).unwrap();
            }
            prop_assert_eq!(&kept, &restored);
        }
        prop_assert_eq!(
            kept.settle(&pool, &Zone::UTC, now),
            restored.settle(&stored_pool, &Zone::UTC, now)
        );
    }

    /// Asking for a fit changes nothing, whenever it is asked for.
    #[test]
    fn settling_without_lessons_changes_nothing(stretches in stretches(), now in any_time()) {
        let mut learner = Learner::default();
        for lesson in sensible(&stretches) {
            learner.learn(lesson);
        }
        let at = MONDAY + Span::DAY * 50;
        let fit = learner.settle(&Pool::default(), &Zone::UTC, at);
        prop_assert!(learner.pending().is_empty());
        let before = learner.clone();
        learner.settle(&Pool::default(), &Zone::UTC, now);
        prop_assert_eq!(&learner, &before);
        prop_assert_eq!(learner.settle(&Pool::default(), &Zone::UTC, at), fit);
    }

    /// Where a settling ends does not matter if a start came just before.
    #[test]
    fn settling_after_a_start_is_no_difference(stretches in stretches()) {
        let (mut at_once, mut often) = (Learner::default(), Learner::default());
        for lesson in sensible(&stretches) {
            at_once.learn(lesson);
            often.learn(lesson);
            if matches!(lesson, Lesson::Started { .. }) {
                often.settle(&Pool::default(), &Zone::UTC, MONDAY);
            }
        }
        let now = MONDAY + Span::DAY * 50;
        let settled = [&mut at_once, &mut often]
            .map(|learner| learner.settle(&Pool::default(), &Zone::UTC, now));
        prop_assert_eq!(&settled[0], &settled[1]);
        prop_assert_eq!(at_once, often);
    }

    /// Where it ends elsewhere matters little: even for new accounts, what is expected of a week
    /// differs by less than a quarter.
    #[test]
    fn settling_at_every_lesson_is_little_difference(stretches in stretches()) {
        let (mut at_once, mut often) = (Learner::default(), Learner::default());
        for lesson in sensible(&stretches) {
            at_once.learn(lesson);
            often.learn(lesson);
            often.settle(&Pool::default(), &Zone::UTC, MONDAY);
        }
        let now = MONDAY + Span::DAY * 50;
        let [a, b] = [&mut at_once, &mut often].map(|learner| {
            let fit = learner.settle(&Pool::default(), &Zone::UTC, now);
            fit.ahead(&Zone::UTC, now, None, Span::HOUR, 168).starts.iter().sum::<f64>()
        });
        prop_assert!((a / b).ln().abs() < 0.2, "{a} {b}");
    }

    /// What is finer than a second is cut off.
    #[test]
    fn only_whole_seconds_count(stretches in stretches(), ms in 0..1000_i64) {
        let shifted = |at: Timestamp| at + Span::from_ms(ms);
        let (mut whole, mut fine) = (Learner::default(), Learner::default());
        for lesson in sensible(&stretches) {
            whole.learn(lesson);
            fine.learn(match lesson {
                Lesson::Quiet { from, to, complete, ended } => Lesson::Quiet {
                    from: shifted(from), to: shifted(to), complete, ended: ended.map(shifted),
                },
                Lesson::Started { after, start, ended } => Lesson::Started {
                    after: after.map(shifted),
                    start: Interval::between(shifted(start.earliest()), shifted(start.latest())),
                    ended: ended.map(shifted),
                },
                Lesson::Lasted { start, seen_from, seen_until, over_by } => Lesson::Lasted {
                    start: Interval::between(shifted(start.earliest()), shifted(start.latest())),
                    seen_from: shifted(seen_from),
                    seen_until: shifted(seen_until),
                    over_by: shifted(over_by),
                },
            });
        }
        let now = MONDAY + Span::DAY * 50;
        prop_assert_eq!(
            whole.settle(&Pool::default(), &Zone::UTC, now),
            fine.settle(&Pool::default(), &Zone::UTC, now)
        );
    }

    /// A step is the sum of its parts.
    #[test]
    fn long_steps_are_sums_of_short_ones(stretches in stretches(), offset in 0..10_000_i64) {
        let mut learner = Learner::default();
        for lesson in sensible(&stretches) {
            learner.learn(lesson);
        }
        let from = MONDAY + Span::DAY * 45 + Span::SECOND * offset;
        let fit = learner.settle(&Pool::default(), &Zone::UTC, from);
        let ahead = |minutes, steps| {
            fit.ahead(&Zone::UTC, from, None, Span::MINUTE * minutes, steps).starts
        };
        let (short, long) = (ahead(5, 300), ahead(15, 100));
        for (parts, whole) in short.chunks(3).zip(long) {
            prop_assert!((parts.iter().sum::<f64>() - whole).abs() < 1e-9 * whole.max(1e-3));
        }
        for (i, starts) in short.iter().enumerate() {
            let middle = from + Span::MINUTE * 5 * i64::try_from(i).unwrap() + Span::SECOND * 150;
            let intensity = fit.intensity_at(&Zone::UTC, middle, None);
            prop_assert!((starts * 288.0 / intensity - 1.0).abs() < 1e-9);
        }
    }
}
