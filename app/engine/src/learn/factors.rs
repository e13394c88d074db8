//! What multiplies the weekly intensity: the minute of the hour, the time since the last end, and
//! how active the account is.
//!
//! Each is events over the events that the rest of the model expected, pulled towards the pool's.

use std::array;

use almanac_wire::Timestamp;

use super::clock::{DAY, HOUR_PIECES, seconds};
use super::column::Tally;
use super::pool::Pool;

/// Where the bins of the time since the last end begin, in seconds; the last one has no end.
pub(super) const SINCE: [i64; 11] =
    [0, 1800, 3600, 7200, 14_400, 28_800, 43_200, 64_800, 93_600, 180_000, 352_800];
/// As long ago as an end of which nothing is known, in seconds.
const NEVER: i64 = 60_000_000;
/// What the pool's factor is worth, in starts.
const PRIOR: f64 = 4.0;
/// What an activity of 1 is worth, in starts.
const ACTIVITY_PRIOR: f64 = 3.0;
/// The activity forgets by a factor of e with so many starts expected.
pub(super) const ACTIVITY_MEMORY: f64 = 5.0;
/// Between these the activity and the time since the last end count when time at risk is added up:
/// when an account is away, no starts at 20:00 do not say that 20:00 is not its time.
const AT_RISK: std::ops::Range<f64> = 0.1..1.5;

/// How long ago the last session ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Since {
    /// Its bin of [`SINCE`].
    pub(super) bin: usize,
    /// In days.
    pub(super) days: f64,
}

impl Since {
    /// At a moment in seconds.
    pub(super) fn new(at: i64, ended: Option<Timestamp>) -> Self {
        let elapsed = ended.map_or(NEVER, |ended| at.saturating_sub(seconds(ended)));
        Self {
            bin: SINCE.partition_point(|begin| *begin <= elapsed).saturating_sub(1),
            days: elapsed as f64 / DAY as f64,
        }
    }
}

/// The factors of the plain model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Factors {
    /// Of each piece of the local hour: scheduled sessions start at :00.
    pub(super) minute: [f64; HOUR_PIECES],
    /// Of each bin of the time since the last end.
    pub(super) since: [f64; SINCE.len()],
    /// Of everything: below 1 when starts fail to come.
    pub(super) activity: f64,
}

impl Factors {
    pub(super) fn new(
        minute: &Tally<HOUR_PIECES>,
        since: &Tally<{ SINCE.len() }>,
        activity: &Tally<1>,
        pool: &Pool,
    ) -> Self {
        let ratio = |seen: f64, due: f64, pooled: f64| (seen + PRIOR * pooled) / (due + PRIOR);
        Self {
            minute: array::from_fn(|i| {
                ratio(minute.seen.get(i), minute.due.get(i), pool.minute.get(i))
            }),
            since: array::from_fn(|i| {
                ratio(since.seen.get(i), since.due.get(i), pool.since.get(i))
            }),
            activity: (ACTIVITY_PRIOR + activity.seen.get(0))
                / (ACTIVITY_PRIOR + activity.due.get(0)),
        }
    }

    /// What a time at risk counts, so long after an end.
    pub(super) fn at_risk(&self, since: usize) -> f64 {
        (self.since[since] * self.activity).clamp(AT_RISK.start, AT_RISK.end)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn bins_of_the_time_since_the_last_end() {
        let bin = |elapsed: i64| Since::new(1000 + elapsed, Some(Timestamp::from_s(1000))).bin;
        assert_eq!([-5, 0, 1799, 1800, 352_799, 352_800].map(bin), [0, 0, 0, 1, 9, 10]);
        let never = Since::new(0, None);
        assert!(never.bin == 10 && never.days > 600.0);
    }

    #[test]
    fn without_lessons_they_are_the_pools() {
        let factors = Factors::new(&Tally::new(), &Tally::new(), &Tally::new(), &Pool::default());
        assert_eq!((factors.minute, factors.since), ([1.0; 12], [1.0; 11]));
        assert_eq!(factors.activity, 1.0);
    }

    #[test]
    fn starts_that_fail_to_come_make_it_less_active() {
        let mut activity = Tally::new();
        activity.seen.add(0, 1.0);
        activity.due.add(0, 5.0);
        let factors = Factors::new(&Tally::new(), &Tally::new(), &activity, &Pool::default());
        assert_eq!(factors.activity, 0.5);
    }
}
