//! How alike an account's days are.

use almanac_wire::Span;

use super::clock::{BIN, BINS, Clock, Moment};

/// How alike the days with a start are, `0.0..=1.0`: 1 where every such day has its starts at the
/// same times of the day, be it one start or several; 0 where they are no more alike than days
/// turned around the clock at random would be. Alike means: to within about an hour. Times that
/// differ by a standard deviation of 15, 30, 60 and 120 minutes score about 0.94, 0.81, 0.55 and
/// 0.27. Which days have a start does not matter, nor does the number of days.
///
/// The days are seen as spike trains and compared by the correlation of their smoothed densities,
/// averaged over all pairs of days (Schreiber, Fellous, Whitmer, Tiesinga and Sejnowski, A new
/// correlation-based measure of spike timing reliability, Neurocomputing 52-54, 2003), and
/// corrected for chance as Cohen's kappa is: `(observed - chance) / (1 - chance)`. Unlike the
/// resultant length it does not fall when an account has several usual times a day; as pairs of
/// different days are compared, few days give a wide scatter but no bias.
///
/// A day runs from the account's quietest hour to the next, so that none is cut in two by midnight.
/// A start of which only an interval is known agrees with others as much as it may be expected to.
/// With fewer than two days there is nothing to compare, and the answer is 0.
pub(super) fn consistency(starts: &[Moment]) -> f64 {
    let mut all = Clock::EMPTY;
    for start in starts {
        all.add(*start, 1);
    }
    let night = i64::try_from(all.quietest()).unwrap_or(0) * BIN;
    let day_of = |start: &Moment| start.local.saturating_sub(night).div_euclid(Span::DAY.ms());
    let mut days: Vec<i64> = starts.iter().map(day_of).collect();
    days.sort_unstable();
    days.dedup();

    // With u = a day's density over its own length: the sum over pairs of u_i u_j is
    // (|sum of u|^2 - sum of |u|^2) / 2, so no pair needs to be looked at.
    let mut together = [0.0; BINS];
    let mut apart = 0.0;
    let mut masses = 0.0;
    let mut masses_apart = 0.0;
    for day in &days {
        let (mut blurred, mut sharp) = (Clock::EMPTY, Clock::EMPTY);
        for start in starts.iter().filter(|start| day_of(start) == *day) {
            blurred.add(*start, 1);
            sharp.add(Moment { width: 0, ..*start }, 1);
        }
        let (blurred, sharp) = (densities(&blurred), densities(&sharp));
        let length = dot(&sharp, &sharp).sqrt();
        let mass = blurred.iter().sum::<f64>() / length;
        masses += mass;
        masses_apart += mass * mass;
        apart += dot(&blurred, &blurred) / (length * length);
        for (sum, density) in together.iter_mut().zip(&blurred) {
            *sum += density / length;
        }
    }
    let pairs = (days.len() * days.len().saturating_sub(1)) as f64;
    if pairs < 1.0 {
        return 0.0;
    }
    let observed = (dot(&together, &together) - apart) / pairs;
    // The mean of the same over all turns of each day around the clock.
    let chance = (masses * masses - masses_apart) / (BINS as f64 * pairs);
    ((observed - chance) / (1.0 - chance)).clamp(0.0, 1.0)
}

fn densities(clock: &Clock) -> [f64; BINS] {
    clock.smoothed().0.map(|weight| weight as f64)
}

fn dot(a: &[f64; BINS], b: &[f64; BINS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// One start a day, at these minutes of the day.
    fn daily(minutes: impl Iterator<Item = f64>) -> f64 {
        let at = |(day, minute): (i64, f64)| Moment {
            local: Span::DAY.ms() * day
                + format!("{minute:.0}").parse::<i64>().unwrap_or(0) * 60_000,
            width: 0,
        };
        consistency(&(0..).zip(minutes).map(at).collect::<Vec<_>>())
    }

    /// Numbers that fill 0 to 1 evenly, whichever stretch of them is taken (Weyl).
    fn even(i: u32, step: f64) -> f64 {
        (f64::from(i) * step).fract()
    }

    #[test]
    fn it_falls_with_the_spread_as_documented() {
        for (spread, expected) in
            [(0.0, 1.0), (15.0, 0.94), (30.0, 0.81), (60.0, 0.55), (120.0, 0.27)]
        {
            let normal = |i: u32| {
                let radius = (-2.0 * ((f64::from(i) + 0.5) / 400.0).ln()).sqrt();
                radius * (even(i, 0.618_034) * std::f64::consts::TAU).cos()
            };
            let found = daily((0..400).map(|i| 1200.0 + spread * normal(i)));
            assert!((found - expected).abs() < 0.02, "{spread} minutes: {found}");
        }
    }

    /// `per_day` starts on each of `days`, at minutes drawn by a linear congruential generator.
    fn random(days: i64, per_day: i64, seed: &mut u64) -> f64 {
        let mut minute = || {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i64::try_from((*seed >> 33) % 1440).unwrap_or(0)
        };
        let mut starts = Vec::new();
        for day in 0..days {
            for _ in 0..per_day {
                let local = Span::DAY.ms() * day + minute() * 60_000;
                starts.push(Moment { local, width: 0 });
            }
        }
        consistency(&starts)
    }

    #[test]
    fn chance_scores_nothing_however_many_starts_a_day_has() {
        let mut seed = 1;
        for per_day in [1, 2, 5, 12] {
            let found = random(300, per_day, &mut seed);
            assert!(found < 0.03, "{per_day} a day: {found}");
        }
    }

    #[test]
    fn a_few_days_are_not_consistent_by_being_few() {
        let mut seed = 1;
        let mean = (0..200).map(|_| random(5, 1, &mut seed)).sum::<f64>() / 200.0;
        // Below zero is cut off, or it would be 0.
        assert!(mean < 0.05, "{mean}");
    }

    #[test]
    fn two_days_score_their_likeness_beyond_chance() {
        // An hour apart: exp(-1 h^2 / 4 (45 min)^2) = 0.637, by chance 2 sqrt(pi) 45 min / 24 h.
        // Three box passes are a little more compact than the Gaussian of these formulas.
        let found = daily([600.0, 660.0].into_iter());
        assert!((found - (0.637 - 0.110) / (1.0 - 0.110)).abs() < 0.04, "{found}");
    }

    #[test]
    fn one_day_has_nothing_to_compare() {
        assert_eq!(daily([600.0].into_iter()), 0.0);
        assert_eq!(consistency(&[]), 0.0);
    }
}
