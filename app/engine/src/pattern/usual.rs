//! Usual times: the few stretches of the day in which an account mostly starts.

use serde::{Deserialize, Serialize};

use almanac_wire::Span;

use super::circular::MINUTES;
use super::clock::{BIN, BINS, Clock, Moment, bin_of};
use super::estimate::Estimate;
use super::week::Calendar;

/// A usual time: "usually 19:40-20:30, Mon-Fri".
///
/// A peak of the smoothed density of starts over the day, as far to both sides as it stays above a
/// fifth of its height (170 minutes at least), that holds at least three starts and twice what an
/// even spread over the day would put there. So each holds nearly a quarter of all starts or more,
/// and there are at most four.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    /// The average start from `from` to `to`: minutes after local midnight, `0.0..1440.0`.
    pub at: f64,
    /// Its beginning and its end as minutes after local midnight, `0.0..1440.0`; `from > to` where
    /// it lies across midnight. Of ten starts or more the earliest and the latest tenth are left
    /// out.
    pub from: f64,
    /// See `from`; a start at `to` belongs to it.
    pub to: f64,
    /// Share of all past starts that lie from `from` to `to`, `0.0..=1.0`. As `from` and `to` were
    /// drawn around these very starts, it says too much of the next one; `chance` does not.
    pub share: f64,
    /// The probability that the next start lies from `from` to `to`, `0.0..1.0`: of `n` starts,
    /// `k` of them from `from` to `to`, `(k - 1) / (n + 1)`. Source: Wilks, Determination of sample
    /// sizes for setting tolerance limits (1941): the gaps between `n` values in order, and the two
    /// outside of them, are equally likely to hold the next.
    pub chance: f64,
    /// Weekdays on more than half of which it was kept and at least twice, 0 (Sunday) to 6, rising.
    /// A start after midnight belongs to the day before where `at` lies before midnight, and the
    /// other way round.
    pub days: Vec<u8>,
}

const DAY: i64 = Span::DAY.ms();
const FEWEST_STARTS: usize = 3;
/// A start this close to a usual time counts as told by it.
const CLOSE: i64 = Span::HOUR.ms();

/// A stretch of the clock and the starts in it.
struct Slot {
    /// Where on the clock it begins, in milliseconds.
    begin: i64,
    /// How far behind `begin` its starts lie, in milliseconds, rising; never empty.
    offsets: Vec<i64>,
}

impl Slot {
    /// Its starts but for the earliest and the latest tenth.
    fn middle(&self) -> &[i64] {
        let outer = self.offsets.len() / 10;
        self.offsets.get(outer..self.offsets.len() - outer).unwrap_or_default()
    }

    /// How far behind `begin` these lie on average. The median would follow the others too far
    /// when a start of theirs is hidden: measured on real traces, it foretells less.
    fn mean(&self) -> i64 {
        let middle = self.middle();
        middle.iter().sum::<i64>() / i64::try_from(middle.len()).unwrap_or(1)
    }

    /// How far behind `begin` a local time lies.
    const fn offset(&self, local: i64) -> i64 {
        local.saturating_sub(self.begin).rem_euclid(DAY)
    }
}

/// Finds the slots in the `density` of all `starts`, or of all but the one at place `hidden`. Then
/// two starts make a slot, since the hidden one may have been its third.
fn slots(density: &Clock, starts: &[Moment], hidden: Option<usize>) -> Vec<Slot> {
    let all = starts.len();
    let fewest = FEWEST_STARTS - usize::from(hidden.is_some());
    let mut rest = density.smoothed().0;
    let even = rest.iter().sum::<i64>() / i64::try_from(BINS).unwrap_or(1);
    let mut found: Vec<Slot> = Vec::new();
    loop {
        let peak = (0..BINS).max_by_key(|&i| rest[i]).unwrap_or(0);
        // Lower than this, no stretch of it can hold twice the even share.
        if rest[peak] <= 2 * even {
            break;
        }
        let floor = rest[peak] / 5;
        let (mut first, mut bins) = (peak, 1);
        while bins < BINS && rest[(first + BINS - 1) % BINS] > floor {
            first = (first + BINS - 1) % BINS;
            bins += 1;
        }
        while bins < BINS && rest[(first + bins) % BINS] > floor {
            bins += 1;
        }
        let inside = |at: usize| (at + BINS - first) % BINS < bins;
        for (i, weight) in rest.iter_mut().enumerate() {
            if inside(i) {
                *weight = 0;
            }
        }
        let begin = i64::try_from(first).unwrap_or(0) * BIN;
        let mut slot = Slot { begin, offsets: Vec::new() };
        for (i, start) in starts.iter().enumerate() {
            if Some(i) != hidden && inside(bin_of(start.local)) {
                slot.offsets.push(slot.offset(start.local));
            }
        }
        let n = slot.offsets.len();
        if n >= fewest && n * BINS >= 2 * all * bins {
            slot.offsets.sort_unstable();
            found.push(slot);
        }
    }
    found.sort_by_key(|slot| (all - slot.offsets.len(), slot.begin));
    found
}

/// The usual times, and the probability that the next start is within an hour of one.
///
/// That probability is learned by hiding each start in turn: was it within an hour of a usual time
/// that the others alone give (leave-one-out cross-validation, Stone 1974)? A start known only to
/// an interval counts by the part of it that was. From `k` such starts among `n` follows
/// `(k + 1) / (n + 2)`: Laplace's rule of succession. Without usual times it is 0.
pub(super) fn usual(starts: &[Moment], calendar: &Calendar) -> (Vec<Usual>, Estimate) {
    let mut density = Clock::EMPTY;
    for start in starts {
        density.add(*start, 1);
    }
    let shown = slots(&density, starts, None);
    if shown.is_empty() {
        return (Vec::new(), Estimate::NEVER);
    }
    let mut hits = 0.0;
    for (i, start) in starts.iter().enumerate() {
        density.add(*start, -1);
        let told: f64 = slots(&density, starts, Some(i))
            .iter()
            .map(|slot| closeness(*start, slot.begin + slot.mean()))
            .sum();
        hits += told.min(1.0);
        density.add(*start, 1);
    }
    let usual = shown.iter().map(|slot| describe(slot, starts, calendar)).collect();
    (usual, Estimate::of(hits, starts.len() as f64, 0.5, 2.0))
}

/// The part of a start's interval that lies within an hour of a time of the day, `0.0..=1.0`.
fn closeness(start: Moment, at: i64) -> f64 {
    let apart = (start.local.rem_euclid(DAY) - at + DAY / 2).rem_euclid(DAY) - DAY / 2;
    let half = start.width.clamp(2, DAY) / 2;
    let inside = (apart + half).min(CLOSE) - (apart - half).max(-CLOSE);
    inside.max(0) as f64 / (2 * half) as f64
}

fn describe(slot: &Slot, starts: &[Moment], calendar: &Calendar) -> Usual {
    let mean = slot.mean();
    let end = |of: Option<&i64>| of.copied().unwrap_or(mean);
    let (first, last) = (end(slot.middle().first()), end(slot.middle().last()));
    // The day on which the time itself lies that the start belongs to.
    let far = end(slot.offsets.last());
    let within = |start: &&Moment| slot.offset(start.local) <= far;
    let day = |start: &Moment| {
        start.local.saturating_add(mean - slot.offset(start.local)).div_euclid(DAY)
    };
    let days = starts.iter().filter(within).map(day).collect();
    let kept = slot.offsets.iter().filter(|&&offset| first <= offset && offset <= last).count();
    let (kept, all) = (kept as f64, starts.len() as f64);
    let minute = |offset: i64| (slot.begin + offset).rem_euclid(DAY) as f64 / DAY as f64 * MINUTES;
    Usual {
        at: minute(mean),
        from: minute(first),
        to: minute(last),
        share: kept / all,
        chance: (kept - 1.0) / (all + 1.0),
        days: calendar.mostly(days),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use almanac_wire::Timestamp;

    use super::*;
    use crate::pattern::Period;
    use crate::zone::Zone;

    /// What is usual with a start a day at these minutes of the day: from, to and share of each,
    /// and the confidence.
    fn found(minutes: &[i64]) -> (Vec<(f64, f64, f64)>, f64) {
        let at =
            |(day, minute): (i64, &i64)| Moment { local: day * DAY + minute * 60_000, width: 0 };
        let starts: Vec<_> = (0..).zip(minutes).map(at).collect();
        let period = Period::last(Span::DAY * 30, Timestamp::from_ms(30 * DAY));
        let (usual, confidence) = usual(&starts, &Calendar::new(&Zone::UTC, &period));
        (usual.iter().map(|usual| (usual.from, usual.to, usual.share)).collect(), confidence.value)
    }

    #[test]
    fn three_make_a_usual_time_and_two_do_not() {
        assert_eq!(found(&[1200, 1200, 60, 400, 800]), (Vec::new(), 0.0));
        let (usual, confidence) = found(&[1200, 1200, 1200, 400, 800]);
        assert_eq!(usual, [(1200.0, 1200.0, 0.6)]);
        // Each of the three is told by the two others.
        assert_eq!(confidence, 4.0 / 7.0);
    }

    #[test]
    fn a_start_does_not_tell_itself() {
        // An hour and ten minutes late: with it, the average would be within an hour.
        let (usual, confidence) = found(&[1200, 1200, 1200, 1200, 1270]);
        assert_eq!(usual, [(1200.0, 1270.0, 1.0)]);
        assert_eq!(confidence, 5.0 / 7.0);
    }

    #[test]
    fn a_peak_reaches_down_to_a_fifth_of_its_height() {
        let at = |late: i64| {
            let mut minutes = vec![1200; 8];
            minutes.extend([1200 + late; 2]);
            found(&minutes).0
        };
        assert_eq!(at(80), [(1200.0, 1280.0, 1.0)]);
        assert_eq!(at(180), [(1200.0, 1200.0, 0.8)]);
    }

    #[test]
    fn starts_all_over_half_the_day_are_not_usual() {
        let over = |hours: i64| {
            let minutes: Vec<_> = (0..29).map(|i| 400 + i * hours * 60 / 28).collect();
            found(&minutes).0.len()
        };
        assert_eq!((over(8), over(11)), (1, 0));
    }
}
