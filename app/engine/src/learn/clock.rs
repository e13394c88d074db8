//! Time as the learner counts it: whole seconds, slots of the local week, pieces of five minutes.

use std::ops::Range;

use almanac_wire::{Span, Timestamp};

use crate::zone::Zone;

/// A day in seconds.
pub(super) const DAY: i64 = 86_400;
/// A slot in seconds: the resolution at which starts are counted.
pub(super) const SLOT: i64 = 600;
/// Slots of a day.
pub(super) const DAY_SLOTS: usize = 144;
/// Slots of a week.
pub(super) const WEEK_SLOTS: usize = 7 * DAY_SLOTS;
/// Slots of an hour.
pub(super) const HOUR_SLOTS: usize = 6;
/// Hours of a week.
pub(super) const WEEK_HOURS: usize = 168;
/// A piece in seconds: the resolution at which time at risk is counted.
pub(super) const PIECE: i64 = 300;
/// Pieces of an hour.
pub(super) const HOUR_PIECES: usize = 12;
/// Pieces of a day, to turn starts a day into starts a piece.
pub(super) const DAY_PIECES: f64 = 288.0;
/// A lesson tells of at most this long before its end: earlier time would have faded to 3 % of its
/// weight by then, and no lesson may take for ever.
const LONGEST: i64 = 180 * DAY;

/// Whole seconds since 1970, UTC.
pub(super) const fn seconds(at: Timestamp) -> i64 {
    at.ms().div_euclid(1000)
}

/// Days since 1970, UTC, of a moment in seconds.
pub(super) const fn day_of(second: i64) -> i64 {
    second.div_euclid(DAY)
}

/// Where a moment is on the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Slot of the week; the first is Thursday 00:00 to 00:10, as 1970 began on a Thursday.
    pub(super) slot: usize,
    /// Piece of the hour.
    pub(super) minute: usize,
}

/// A zone's clock, quick for moments that lie close together.
pub(super) struct LocalClock<'a> {
    zone: &'a Zone,
    /// Seconds from which and until which the offset holds.
    holds: Range<i64>,
    /// Seconds ahead of UTC.
    offset: i64,
}

impl<'a> LocalClock<'a> {
    pub(super) const fn new(zone: &'a Zone) -> Self {
        Self { zone, holds: 0..0, offset: 0 }
    }

    /// Where a moment in seconds is on the local clock.
    pub(super) fn place(&mut self, second: i64) -> Place {
        if !self.holds.contains(&second) {
            let (offset, holds) = self.zone.offset_around(Timestamp::from_s(second));
            self.holds = seconds(holds.start)..seconds(holds.end);
            self.offset = offset.ms().div_euclid(Span::SECOND.ms());
        }
        let local = second + self.offset;
        Place {
            slot: index(local.div_euclid(SLOT), WEEK_SLOTS),
            minute: index(local.div_euclid(PIECE), HOUR_PIECES),
        }
    }
}

/// A running number as a place in a ring.
fn index(number: i64, ring: usize) -> usize {
    i64::try_from(ring)
        .ok()
        .and_then(|ring| usize::try_from(number.rem_euclid(ring)).ok())
        .unwrap_or(0)
}

/// A stretch of time of at most five minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its middle.
    pub(super) middle: i64,
    /// Its length in seconds.
    pub(super) length: i64,
}

/// A stretch of time (seconds) in pieces, cut at the full five minutes of UTC.
pub(super) fn pieces(stretch: Range<i64>) -> impl Iterator<Item = Piece> {
    cut(stretch, PIECE)
        .map(|part| Piece { middle: part.start.midpoint(part.end), length: part.end - part.start })
}

/// A stretch of time (seconds), no longer than a lesson may be, cut at the midnights of UTC.
pub(super) fn days(stretch: Range<i64>) -> impl Iterator<Item = Range<i64>> {
    cut(bounded(stretch), DAY)
}

/// The last part of a stretch of time, no longer than a lesson may be.
pub(super) fn bounded(stretch: Range<i64>) -> Range<i64> {
    stretch.start.max(stretch.end - LONGEST)..stretch.end
}

fn cut(stretch: Range<i64>, every: i64) -> impl Iterator<Item = Range<i64>> {
    let mut from = stretch.start;
    std::iter::from_fn(move || {
        let to = ((from.div_euclid(every) + 1) * every).min(stretch.end);
        (from < to).then(|| std::mem::replace(&mut from, to)..to)
    })
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn pieces_meet_at_full_five_minutes() {
        let found: Vec<_> = pieces(100..900).map(|piece| (piece.middle, piece.length)).collect();
        assert_eq!(found, [(200, 200), (450, 300), (750, 300)]);
        let reversed = Range { start: 900, end: 100 };
        assert_eq!(pieces(reversed).count(), 0);
    }

    #[test]
    fn a_lesson_is_cut_at_midnights_and_bounded() {
        let found: Vec<_> = days(-10..DAY + 5).collect();
        assert_eq!(found, [-10..0, 0..DAY, DAY..DAY + 5]);
        assert_eq!(days(i64::MIN / 1000..i64::MAX / 1000).count(), 181);
    }

    #[test]
    fn the_place_is_that_of_the_local_clock() {
        let zone = Zone::fixed(Span::HOUR * 5 + Span::MINUTE * 30);
        let mut clock = LocalClock::new(&zone);
        assert_eq!(clock.place(0), Place { slot: 33, minute: 6 });
        assert_eq!(clock.place(6 * DAY + 18 * 3600 + 1800 - 1).slot, WEEK_SLOTS - 1);
        assert_eq!(clock.place(6 * DAY + 18 * 3600 + 1800), Place { slot: 0, minute: 0 });
    }
}
