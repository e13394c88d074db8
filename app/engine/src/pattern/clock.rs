//! How starts spread over the day: 144 bins of ten minutes around the clock.
//!
//! Whole numbers, so that neither the order of the sessions nor where on the clock they lie can
//! change what is found.

use almanac_wire::Span;

/// Bins around the clock.
pub(super) const BINS: usize = 144;
/// What a bin covers, in milliseconds.
pub(super) const BIN: i64 = Span::MINUTE.ms() * 10;
const DAY: i64 = Span::DAY.ms();
/// What one start weighs, before smoothing.
const UNIT: i64 = 1 << 20;
/// Reach of one smoothing pass, in bins: a kernel with a standard deviation of 45 minutes.
const REACH: usize = 4;
/// Reach of a pass when looking for the quietest hour: a standard deviation of two hours.
const WIDE_REACH: usize = 12;

/// A moment known to lie in an interval, on the local clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// The middle of the interval: milliseconds since 1970 as the local clock and calendar show it.
    pub(super) local: i64,
    /// The interval's width in milliseconds.
    pub(super) width: i64,
}

/// A density over the day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(pub(super) [i64; BINS]);

impl Clock {
    pub(super) const EMPTY: Self = Self([0; BINS]);

    /// Adds a moment `times` times, spread evenly over its interval (at least a bin's width, at
    /// most a day); `-1` takes it away again.
    pub(super) fn add(&mut self, moment: Moment, times: i64) {
        let width = moment.width.clamp(BIN, DAY);
        let mut at = moment.local.saturating_sub(width / 2);
        let end = at.saturating_add(width);
        while at < end {
            let next = at.saturating_sub(at.rem_euclid(BIN)).saturating_add(BIN).min(end);
            self.0[bin_of(at)] += times * ((next - at) * UNIT / width);
            at = next;
        }
    }

    /// Smoothed for comparing and for finding peaks.
    pub(super) fn smoothed(&self) -> Self {
        self.box_filtered(REACH)
    }

    /// The bin in the middle of the account's night: where fewest starts are near.
    pub(super) fn quietest(&self) -> usize {
        let wide = self.box_filtered(WIDE_REACH).0;
        (0..BINS).min_by_key(|&i| wide[i]).unwrap_or(0)
    }

    /// A running mean of `2 reach + 1` bins, three times: nearly a Gaussian with a variance of
    /// `(2 reach + 1)^2 - 1) / 4` squared bins (Wells 1986), scaled by `(2 reach + 1)^3`.
    fn box_filtered(&self, reach: usize) -> Self {
        let mut from = self.0;
        for _ in 0..3 {
            let mut to = [0; BINS];
            let mut sum: i64 = (0..=2 * reach).map(|i| from[(BINS - reach + i) % BINS]).sum();
            for (i, out) in to.iter_mut().enumerate() {
                *out = sum;
                sum += from[(i + reach + 1) % BINS] - from[(i + BINS - reach) % BINS];
            }
            from = to;
        }
        Self(from)
    }
}

/// The bin that a local time falls into.
pub(super) fn bin_of(local: i64) -> usize {
    usize::try_from(local.rem_euclid(DAY) / BIN).unwrap_or(0) % BINS
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn moment(minute: i64, width: i64) -> Moment {
        Moment { local: minute * 60_000, width: width * 60_000 }
    }

    #[test]
    fn a_moment_is_spread_over_its_interval() {
        let mut clock = Clock::EMPTY;
        // From 23:45 to 00:25.
        clock.add(moment(5, 40), 1);
        let quarter = UNIT / 4;
        let expected =
            [(142, quarter / 2), (143, quarter), (0, quarter), (1, quarter), (2, quarter / 2)];
        for (i, weight) in clock.0.into_iter().enumerate() {
            let expected =
                expected.iter().find(|(bin, _)| *bin == i).map_or(0, |(_, weight)| *weight);
            assert_eq!(weight, expected, "bin {i}");
        }
        clock.add(moment(5, 40), -1);
        assert_eq!(clock.0, Clock::EMPTY.0);
    }

    #[test]
    fn a_moment_known_to_days_is_anywhere() {
        let mut clock = Clock::EMPTY;
        clock.add(moment(0, 5000), 1);
        assert_eq!(clock.0, [UNIT / 144; BINS]);
    }

    #[test]
    fn smoothing_has_a_standard_deviation_of_45_minutes() {
        let mut clock = Clock::EMPTY;
        clock.add(moment(725, 0), 1);
        let weights = clock.smoothed().0.map(|weight| weight as f64);
        let all: f64 = weights.iter().sum();
        assert!((all / (UNIT * 729) as f64 - 1.0).abs() < 1e-9, "nothing is lost");
        let squares =
            weights.iter().enumerate().map(|(i, w)| w * ((i as f64 - 72.0) * 10.0).powi(2));
        let deviation = (squares.sum::<f64>() / all).sqrt();
        assert!((44.0..46.0).contains(&deviation), "{deviation}");
    }

    #[test]
    fn the_quietest_hour_is_far_from_every_start() {
        let mut clock = Clock::EMPTY;
        for minute in [9 * 60, 22 * 60, 22 * 60] {
            clock.add(moment(minute, 0), 1);
        }
        let hour = clock.quietest() / 6;
        assert!((14..17).contains(&hour) || (3..5).contains(&hour), "{hour}");
    }
}
