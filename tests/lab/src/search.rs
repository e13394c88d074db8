//! Finds how much a policy must spend.

use crate::error::LabError;
use crate::figures::Figures;

/// What a setting costs and achieves.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried<S> {
    /// The setting.
    pub setting: S,
    /// What came of it.
    pub figures: Figures,
}

/// The least spending is known to within this factor.
const FINE: f64 = 1.01;
/// How many settings just below it are tried as well: coverage does not rise quite evenly.
const BELOW: i32 = 4;
/// How much smaller each of these is.
const STEP: f64 = 0.98;
/// Twice the measure must send at least this much more, or more is of no use.
const GROWTH: f64 = 1.01;
/// Nobody spends less than this many requests a day.
const LEAST: f64 = 0.05;

/// The setting with the fewest requests that reaches the target, and `true`; where none does, the
/// one with the highest coverage, and `false`.
///
/// `attempt` runs a policy that is to send about so many requests a day; `start` and `most` are
/// such numbers.
///
/// # Errors
/// Those of an attempt.
pub fn fewest<S: Clone>(
    target: f64,
    start: f64,
    most: f64,
    mut attempt: impl FnMut(f64) -> Result<Tried<S>, LabError>,
) -> Result<(Tried<S>, bool), LabError> {
    let mut tried: Vec<Tried<S>> = Vec::new();
    let mut run = |measure: f64| -> Result<(bool, f64), LabError> {
        let result = attempt(measure)?;
        let told = (reaches(&result.figures, target), result.figures.requests_per_day);
        tried.push(result);
        Ok(told)
    };
    let mut measure = start.min(most);
    let (mut reached, mut sent) = run(measure)?;
    // `enough` reaches the target, `short` does not.
    let (mut enough, mut short) = (reached.then_some(measure), (!reached).then_some(measure));
    while short.is_none() && measure / 2.0 >= LEAST {
        measure /= 2.0;
        reached = run(measure)?.0;
        if reached { enough = Some(measure) } else { short = Some(measure) }
    }
    while enough.is_none() && measure < most {
        measure = (measure * 2.0).min(most);
        let before = sent;
        (reached, sent) = run(measure)?;
        if reached {
            enough = Some(measure);
        } else {
            short = Some(measure);
            if sent < before * GROWTH {
                break;
            }
        }
    }
    if let (Some(mut enough), Some(mut short)) = (enough, short) {
        while enough / short > FINE {
            let middle = (enough * short).sqrt();
            if run(middle)?.0 { enough = middle } else { short = middle }
        }
        for step in 1..=BELOW {
            run(short * STEP.powi(step))?;
        }
    }
    Ok(best(tried, target))
}

/// The setting whose requests a day come nearest to a number.
///
/// # Errors
/// Those of an attempt.
pub fn nearest<S: Clone>(
    requests: f64,
    most: f64,
    mut attempt: impl FnMut(f64) -> Result<Tried<S>, LabError>,
) -> Result<Tried<S>, LabError> {
    let off = |one: &Tried<S>| (one.figures.requests_per_day / requests).ln().abs();
    let mut measure = requests.min(most);
    let mut best = attempt(measure)?;
    let (mut low, mut high) = (None, None);
    let mut last = best.figures.requests_per_day;
    for _ in 0..16 {
        if off(&best) < FINE.ln() / 2.0 {
            break;
        }
        if last < requests {
            low = Some(measure);
        } else {
            high = Some(measure);
        }
        measure = match (low, high) {
            (Some(low), Some(high)) if high / low < 1.001 => break,
            (Some(low), Some(high)) => f64::sqrt(low * high),
            (Some(low), None) if low >= most => break,
            (Some(low), None) => f64::min(low * 2.0, most),
            (None, Some(high)) if high <= LEAST => break,
            (None, Some(high)) => high / 2.0,
            (None, None) => break,
        };
        let next = attempt(measure)?;
        let saturated = high.is_none() && next.figures.requests_per_day < last * GROWTH;
        last = next.figures.requests_per_day;
        if off(&next) < off(&best) {
            best = next;
        }
        if saturated {
            break;
        }
    }
    Ok(best)
}

/// The greatest count for which `holds`, and what it answered there; counts that hold are taken to
/// lie below those that do not. `None` where not even 1 holds.
///
/// # Errors
/// Those of `holds`.
pub fn greatest<R>(
    most: usize,
    mut holds: impl FnMut(usize) -> Result<Option<R>, LabError>,
) -> Result<Option<(usize, R)>, LabError> {
    let mut best = None;
    let (mut good, mut bad) = (0, most + 1);
    let mut count = most.min(8);
    while bad - good > 1 {
        match holds(count)? {
            Some(answer) => (good, best) = (count, Some((count, answer))),
            None => bad = count,
        }
        let doubled = if bad > most { (count * 2).min(most) } else { usize::MAX };
        count = if doubled > good && doubled < bad { doubled } else { good.midpoint(bad) };
    }
    Ok(best)
}

fn reaches(figures: &Figures, target: f64) -> bool {
    figures.coverage >= target - 1e-9
}

fn best<S: Clone>(mut tried: Vec<Tried<S>>, target: f64) -> (Tried<S>, bool) {
    let requests = |one: &Tried<S>| one.figures.requests_per_day;
    let coverage = |one: &Tried<S>| one.figures.coverage;
    let reached = tried.iter().any(|one| reaches(&one.figures, target));
    if reached {
        tried.retain(|one| reaches(&one.figures, target));
        tried.sort_by(|a, b| requests(a).total_cmp(&requests(b)));
    } else {
        let order = |a: &Tried<S>, b: &Tried<S>| {
            coverage(b).total_cmp(&coverage(a)).then(requests(a).total_cmp(&requests(b)))
        };
        tried.sort_by(order);
    }
    (tried.swap_remove(0), reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A policy that sends what it is told, up to `cap`, and covers `cover(requests)` percent.
    fn policy(
        cap: f64,
        cover: impl Fn(f64) -> f64,
    ) -> impl FnMut(f64) -> Result<Tried<f64>, LabError> {
        move |measure| {
            let requests_per_day = measure.min(cap);
            let figures = Figures {
                requests_per_day,
                coverage: cover(requests_per_day),
                ..Figures::default()
            };
            Ok(Tried { setting: measure, figures })
        }
    }

    #[test]
    fn the_fewest_requests_that_reach_the_target_are_found() {
        for start in [1.0, 100.0, 5000.0] {
            let rising = |requests: f64| 100.0 * (1.0 - (-requests / 300.0).exp());
            let (found, reached) = fewest(98.0, start, 1e5, policy(1e9, rising)).unwrap();
            let exact = -300.0 * 0.02_f64.ln();
            let ratio = found.figures.requests_per_day / exact;
            assert!(reached && (1.0..1.011).contains(&ratio), "{ratio} from {start}");
        }
    }

    #[test]
    fn a_lucky_setting_just_below_is_taken() {
        let lucky = |requests: f64| match requests {
            r if r >= 1000.0 => 99.0,
            r if (965.0..985.0).contains(&r) => 98.5,
            _ => 90.0,
        };
        let (found, reached) = fewest(98.0, 100.0, 1e5, policy(1e9, lucky)).unwrap();
        assert!(reached && found.figures.requests_per_day < 985.0, "{found:?}");
    }

    #[test]
    fn what_cannot_reach_the_target_says_so_and_shows_its_best() {
        let rising = |requests: f64| requests.min(800.0) / 10.0;
        let (found, reached) = fewest(98.0, 100.0, 1e5, policy(800.0, rising)).unwrap();
        assert!(!reached && (found.figures.coverage - 80.0).abs() < 1e-9, "{found:?}");
        let (found, reached) = fewest(98.0, 100.0, 200.0, policy(1e9, rising)).unwrap();
        assert!(!reached && (found.figures.coverage - 20.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_target_that_anything_reaches_costs_next_to_nothing() {
        let (found, reached) = fewest(50.0, 100.0, 1e5, policy(1e9, |_| 99.0)).unwrap();
        assert!(reached && found.figures.requests_per_day < 0.1, "{found:?}");
    }

    #[test]
    fn requests_are_met_though_the_knob_is_off() {
        let skewed = |measure: f64| {
            let figures =
                Figures { requests_per_day: 3.0 * measure.powf(0.7), ..Figures::default() };
            Ok(Tried { setting: measure, figures })
        };
        for requests in [10.0, 400.0, 3000.0] {
            let found = nearest(requests, 1e6, skewed).unwrap();
            let ratio = found.figures.requests_per_day / requests;
            assert!((0.99..1.01).contains(&ratio), "{ratio}");
        }
        let capped = nearest(900.0, 1e6, policy(400.0, |_| 0.0)).unwrap();
        assert!((capped.figures.requests_per_day - 400.0).abs() < 1e-9);
    }

    #[test]
    fn the_greatest_count_is_found_by_few_questions() {
        for most in [1, 7, 8, 9, 500] {
            for limit in 0..=most {
                let mut questions = 0;
                let holds = |count: usize| {
                    questions += 1;
                    assert!((1..=most).contains(&count));
                    Ok((count <= limit).then_some(count * 10))
                };
                let found = greatest(most, holds).unwrap();
                assert_eq!(found, (limit > 0).then_some((limit, limit * 10)), "of {most}");
                assert!(questions <= 18, "{questions} questions for {limit} of {most}");
            }
        }
    }
}
