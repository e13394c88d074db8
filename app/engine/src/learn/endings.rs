//! How long sessions last: a hazard of ending that is constant within bands of age.
//!
//! Piecewise exponential survival with delayed entry, Gamma-smoothed towards the pool; each class
//! of start bends the curve by a factor for each group of ages (proportional hazards).

use std::array;

use almanac_wire::Span;

use super::ahead::Class;
use super::column::Tally;
use super::pool::Pool;
use super::survival::{Survival, share_at};

/// Where the bands of age begin, in minutes; the last one has no end.
pub(super) const BANDS: [f64; 14] =
    [0.0, 15.0, 30.0, 45.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 360.0, 480.0, 720.0];
/// Groups of ages, for each of which a class has its factor.
pub(super) const GROUPS: usize = 4;
/// Where the groups after the first begin, in minutes.
const GROUP_STARTS: [f64; GROUPS - 1] = [45.0, 90.0, 180.0];
/// Places in a table of a factor for each class and group.
pub(super) const FACTORS: usize = Class::ALL.len() * GROUPS;
/// What the pool's hazard is worth, in endings.
const PRIOR: f64 = 0.3;
/// In the bands before this age, in minutes, the pool's hazard is taken as many times as the account's
/// sessions end before it more often than the pool's, of which so many endings are taken not to.
const YOUNG: f64 = 60.0;
const YOUNG_ENDINGS: f64 = 1.0;
/// The tables' step in minutes.
const STEP: f64 = 5.0;
/// The ages of the tables: up to 48 hours, in steps.
const AGES: usize = 577;
/// How many of these are in each band.
const AGES_OF_BANDS: [usize; BANDS.len()] = [3, 3, 3, 3, 6, 6, 6, 6, 12, 12, 12, 24, 48, 433];
/// Beyond this age, in minutes, the tables say nothing.
const LAST_AGE: f64 = 2880.0;
/// No session is believed to last longer, in minutes.
const LONGEST: f64 = 30.0 * 1440.0;

/// The band an age in minutes falls into.
fn band_of(age: f64) -> usize {
    BANDS.partition_point(|begin| *begin <= age).saturating_sub(1)
}

/// The end of a band, in minutes.
fn band_end(band: usize) -> f64 {
    BANDS.get(band + 1).copied().unwrap_or(f64::INFINITY)
}

/// The place of a class's factor at an age in minutes.
pub(super) fn factor_of(class: Class, age: f64) -> usize {
    class.index() * GROUPS + GROUP_STARTS.partition_point(|begin| *begin <= age)
}

/// An account's hazard of ending, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Endings {
    /// In each band, a minute.
    hazard: [f64; BANDS.len()],
    /// The share of all sessions that are still on at each step.
    overall: Vec<f64>,
    /// The same by class.
    pub(super) survival: Survival,
}

impl Endings {
    /// Endings in each band over minutes at risk, in the pool's light.
    pub(super) fn new(learned: &Tally<{ BANDS.len() }>, pool: &Pool) -> Self {
        let young = young(learned, pool);
        let hazard = array::from_fn(|band| {
            let usual = pool.ending.get(band) * if BANDS[band] < YOUNG { young } else { 1.0 };
            let at_risk = learned.due.get(band) + PRIOR / usual;
            (learned.seen.get(band) + PRIOR) / at_risk
        });
        let [overall, surprising, unusual, usual, expected] = tables(|band| {
            let of = |class| hazard[band] * pool.class.get(factor_of(class, BANDS[band]));
            let [surprising, unusual, usual, expected] = Class::ALL.map(of);
            [hazard[band], surprising, unusual, usual, expected]
        });
        let survival = Survival::new([surprising, unusual, usual, expected]);
        Self { hazard, overall, survival }
    }

    /// The share of all sessions that are still on at an age in minutes.
    pub(super) fn overall(&self, age: f64) -> f64 {
        share_at(&self.overall, Span::from_minutes(age))
    }

    /// Learns that a session of a class was on from the age at which it was first seen, up to one
    /// age for certain, and that it was over by another (minutes).
    ///
    /// The ending is spread over the ages in between as the curve has it, and so is the time at
    /// risk: a step of the self-consistent estimate (Turnbull 1976). Tells how long the session
    /// is held to have lasted, in minutes.
    pub(super) fn learn(
        &self,
        endings: &mut Tally<{ BANDS.len() }>,
        classes: &mut Tally<FACTORS>,
        class: Class,
        [entry, on, over]: [f64; 3],
    ) -> f64 {
        let on = on.clamp(0.0, LONGEST);
        let over = over.min(LAST_AGE.max(on + 60.0)).max(on + 1.0);
        let entry = entry.clamp(0.0, on);
        let mut at_risk = |band: usize, age: f64, minutes: f64| {
            endings.due.add(band, minutes);
            classes.due.add(factor_of(class, age), minutes * self.hazard[band]);
        };
        for (band, begin) in BANDS.into_iter().enumerate() {
            let (from, to) = (begin.max(entry), band_end(band).min(on));
            if from < to {
                at_risk(band, from, to - from);
            }
        }
        let (first, last) = (self.overall(on), self.overall(over));
        let drop = first - last;
        let (mut age, mut lasted) = (on, on);
        while age < over {
            let band = band_of(age);
            let next = (age + STEP).min(over).min(band_end(band));
            let even = (next - age) / (over - on);
            let (ended, still_on) = if drop > 1e-9 {
                let ended = (self.overall(age) - self.overall(next)) / drop;
                let still_on = (self.overall(age.midpoint(next)) - last) / drop;
                (ended.max(even * 1e-3), still_on.clamp(0.0, 1.0))
            } else {
                (even, (over - age.midpoint(next)) / (over - on))
            };
            at_risk(band, age, (next - age) * still_on);
            lasted += (next - age) * still_on;
            endings.seen.add(band, ended);
            classes.seen.add(factor_of(class, age), ended);
            age = next;
        }
        lasted
    }
}

/// How many times as often as the pool's an account's sessions end young. Little is seen of any one of
/// the first bands, for a session is no longer that young when it is found.
fn young(learned: &Tally<{ BANDS.len() }>, pool: &Pool) -> f64 {
    let bands = || (0..BANDS.len()).take_while(|band| BANDS[*band] < YOUNG);
    let ended: f64 = bands().map(|band| learned.seen.get(band)).sum();
    let usual: f64 = bands().map(|band| learned.due.get(band) * pool.ending.get(band)).sum();
    (ended + YOUNG_ENDINGS) / (usual + YOUNG_ENDINGS)
}

/// The share that is still on at each step, from the hazards of each band. Several curves at once:
/// each step of one waits for the step before it.
fn tables<const L: usize>(hazards: impl Fn(usize) -> [f64; L]) -> [Vec<f64>; L] {
    let mut rows = Vec::with_capacity(AGES);
    let mut shares = [1.0; L];
    for (band, ages) in AGES_OF_BANDS.into_iter().enumerate() {
        let steps = hazards(band).map(|hazard| (-STEP * hazard).exp());
        for _ in 0..ages {
            rows.push(shares);
            for (share, step) in shares.iter_mut().zip(steps) {
                *share *= step;
            }
        }
    }
    array::from_fn(|lane| rows.iter().map(|row| row[lane]).collect())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn learned(sessions: &[[f64; 3]]) -> (Endings, Tally<14>, Tally<FACTORS>) {
        let (mut endings, mut classes) = (Tally::new(), Tally::new());
        for ages in sessions {
            let now = Endings::new(&endings, &Pool::default());
            let lasted = now.learn(&mut endings, &mut classes, Class::Usual, *ages);
            assert!(lasted >= ages[1].max(0.0) && lasted <= ages[2].max(ages[1] + 1.0));
        }
        (Endings::new(&endings, &Pool::default()), endings, classes)
    }

    #[test]
    fn bands_and_groups_are_found_by_age() {
        let bands = [0.0, 14.9, 15.0, 719.0, 720.0, 1e9].map(band_of);
        assert_eq!(bands, [0, 0, 1, 12, 13, 13]);
        let groups = [0.0, 45.0, 179.0, 180.0].map(|age| factor_of(Class::Unusual, age));
        assert_eq!(groups, [4, 5, 6, 7]);
    }

    #[test]
    fn a_table_has_every_age() {
        let (endings, ..) = learned(&[]);
        assert_eq!(endings.overall.len(), AGES);
        let mut ages = [0; BANDS.len()];
        for age in 0..577 {
            ages[band_of(f64::from(age) * STEP)] += 1;
        }
        assert_eq!(ages, AGES_OF_BANDS);
        assert!((endings.overall(LAST_AGE) - endings.overall[AGES - 1]).abs() < 1e-12);
        // The prior of the first hour is half that of later ones: 1 in 480 a minute.
        assert!((endings.overall(30.0) - (-30.0_f64 / 480.0).exp()).abs() < 1e-7);
        assert!((endings.overall(120.0) - (-60.0_f64 / 480.0 - 0.25).exp()).abs() < 1e-7);
    }

    #[test]
    fn sessions_of_two_hours_make_a_curve_that_falls_there() {
        let (endings, ..) = learned(&[[0.0, 118.0, 122.0]; 30]);
        assert!(endings.overall(100.0) > 0.9, "{}", endings.overall(100.0));
        assert!(endings.overall(150.0) < 0.1, "{}", endings.overall(150.0));
        let usual = endings.survival.mean(Class::Usual).minutes();
        assert!((100.0..150.0).contains(&usual), "{usual}");
    }

    #[test]
    fn every_session_ends_once_and_is_at_risk_from_when_it_was_seen() {
        for (ages, at_risk) in [
            ([0.0, 0.0, 300.0], 60.0..240.0),
            ([20.0, 50.0, 51.0], 30.0..31.0),
            ([0.0, 5000.0, 5000.0], 5000.0..5001.0),
            ([-5.0, -9.0, 1e12], 0.0..2880.0),
        ] {
            let (_, endings, classes) = learned(&[ages]);
            let ended: f64 = endings.seen.values().sum();
            let by_class: f64 = classes.seen.values().sum();
            let minutes: f64 = endings.due.values().sum();
            assert!((ended - 1.0).abs() < 2e-3, "{ages:?}: {ended}");
            assert!((ended - by_class).abs() < 1e-5, "{ages:?}");
            assert!(at_risk.contains(&minutes), "{ages:?}: {minutes}");
        }
    }

    #[test]
    fn who_ends_young_in_one_band_is_taken_to_in_the_others() {
        let first = |endings: Endings| endings.overall(15.0);
        let (usual, ..) = learned(&[]);
        let (short, ..) = learned(&[[30.0, 30.0, 45.0]; 4]);
        let (long, ..) = learned(&[[30.0, 240.0, 245.0]; 20]);
        assert!(first(short) < first(usual.clone()) - 0.03);
        assert!(first(long) > first(usual) + 0.005);
    }

    #[test]
    fn surprising_starts_end_sooner() {
        let (endings, ..) = learned(&[]);
        let at = |class| endings.survival.at(class, Span::HOUR);
        assert!(at(Class::Surprising) < at(Class::Unusual));
        assert!(at(Class::Unusual) < at(Class::Usual));
        assert!(at(Class::Usual) < at(Class::Expected));
    }
}
