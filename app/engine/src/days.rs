//! On which days an account went live: the latest 128, one bit a day.

use serde::{Deserialize, Serialize};

use almanac_wire::{Span, Timestamp};

/// Bits of a word.
const BITS: i64 = 32;
/// Days that are remembered.
const KEPT: i64 = 4 * BITS;

/// Days (UTC) on which a broadcast is known to have begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveDays {
    /// The latest: days since 1970-01-01.
    latest: i64,
    /// That day first, the lowest bit first. In words that every JSON reader can hold.
    words: [u32; 4],
}

impl LiveDays {
    /// Takes down that a broadcast began.
    pub fn note(&mut self, start: Timestamp) {
        let day = day_of(start);
        if self.words == [0; 4] {
            self.latest = day;
        }
        if day > self.latest {
            let ahead = day - self.latest;
            let old = *self;
            let moved = |place: i64| (place >= ahead && old.bit(place - ahead)).then_some(place);
            self.words = [0; 4];
            self.latest = day;
            (0..KEPT).filter_map(moved).for_each(|place| self.set(place));
        }
        self.set(self.latest - day);
    }

    /// How many of the `count` days before that of `now` there was one.
    #[must_use]
    pub fn among(&self, count: i64, now: Timestamp) -> u32 {
        u32::try_from(self.latest(count, now).filter(|live| *live).count()).unwrap_or(0)
    }

    /// Whether there was one on each of the `count` days before that of `now`, oldest first.
    pub(crate) fn latest(&self, count: i64, now: Timestamp) -> impl Iterator<Item = bool> + '_ {
        let today = day_of(now);
        (today - count..today).map(|day| self.bit(self.latest - day))
    }

    /// Whether two moments are of the same day.
    pub(crate) const fn same_day(one: Timestamp, other: Timestamp) -> bool {
        day_of(one) == day_of(other)
    }

    fn bit(&self, place: i64) -> bool {
        let word = usize::try_from(place / BITS).ok().filter(|_| place >= 0);
        let word = word.and_then(|word| self.words.get(word));
        word.is_some_and(|word| word >> (place % BITS) & 1 == 1)
    }

    fn set(&mut self, place: i64) {
        let word = usize::try_from(place / BITS).ok().filter(|_| place >= 0);
        if let Some(word) = word.and_then(|word| self.words.get_mut(word)) {
            *word |= 1 << (place % BITS);
        }
    }
}

const fn day_of(at: Timestamp) -> i64 {
    at.ms().div_euclid(Span::DAY.ms())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn day(n: i64) -> Timestamp {
        Timestamp::from_s(1_780_012_800) + Span::DAY * n
    }

    #[test]
    fn days_are_counted_once_in_whatever_order_they_come() {
        let mut days = LiveDays::default();
        for n in [5, 3, 3, 90, 40, 41, 90] {
            days.note(day(n) + Span::HOUR * 7);
        }
        let among = |count, now| days.among(count, day(now) + Span::HOUR);
        assert_eq!((among(100, 100), among(28, 100), among(9, 100)), (5, 1, 0));
        assert_eq!((among(3, 6), among(1, 4), among(1, 5)), (2, 1, 0));
        assert_eq!(among(1, 90), 0, "today is not over");
    }

    #[test]
    fn what_is_too_long_ago_is_forgotten() {
        let mut days = LiveDays::default();
        days.note(day(0));
        days.note(day(127));
        assert_eq!(days.among(200, day(128)), 2);
        days.note(day(128));
        days.note(day(-1));
        assert_eq!(days.among(200, day(129)), 2);
        days.note(day(5000));
        assert_eq!(days.among(200, day(5001)), 1);
    }
}
