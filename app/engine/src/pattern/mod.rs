//! What is usual for an account: when it goes live, for how long, on which days.
//!
//! Pure functions from sessions, a zone and a moment to a [`Pattern`]. Times of the day are
//! averaged on the clock face ([`ClockMean`]), so that 23:30 and 00:30 average to midnight, in the
//! wall-clock time of the zone at that moment, so that a change to summer time moves nothing.
//! Lengths are real time. The files: `circular` averages, `clock` the density of starts over the
//! day, `consistency`, `usual` times and the confidence in them, `week` days, `row` the export.

mod analyze;
mod circular;
mod clock;
mod consistency;
mod estimate;
mod row;
mod usual;
mod week;

#[cfg(test)]
mod day_tests;

#[cfg(test)]
mod tests;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;

pub use analyze::{Analysis, Durations, NEEDED, Pattern, Period, WINDOW, analyze};
pub use circular::ClockMean;
pub use estimate::Estimate;
pub use row::PatternRow;
pub use usual::Usual;
pub use week::Weekday;
