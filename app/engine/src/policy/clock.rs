//! The clock and the week that the simple policies go by: UTC, where their originals take the
//! time of the machine they run on.

use almanac_wire::{Span, Timestamp};

/// Whole minutes after midnight, `0..1440`.
pub(super) const fn minute_of_day(at: Timestamp) -> i64 {
    at.ms().rem_euclid(Span::DAY.ms()) / Span::MINUTE.ms()
}

/// The whole hour of the day, `0..24`.
pub(super) const fn hour_of_day(at: Timestamp) -> i64 {
    minute_of_day(at) / 60
}

/// The day of the week, `0..7`, the same for the same day.
pub(super) fn weekday(at: Timestamp) -> usize {
    usize::try_from(at.ms().div_euclid(Span::DAY.ms()).rem_euclid(7)).unwrap_or(0)
}
