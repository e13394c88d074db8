//! Where the demo's streamers live.

use almanac_wire::{Span, Timestamp};
use chrono::{Datelike as _, NaiveDate, Weekday};

/// A zone of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// Hours ahead of UTC, all year.
    Fixed(i64),
    /// Hours ahead of UTC in winter, one more in the European Union's summer.
    European(i64),
}

impl Zone {
    /// The local day of a moment, counted from 1970-01-01.
    pub(super) fn day_of(self, at: Timestamp) -> i64 {
        (at + self.offset(at)).ms().div_euclid(Span::DAY.ms())
    }

    /// The moment of a local time, given as minutes after a day's midnight.
    pub(super) fn moment(self, day: i64, minute: i64) -> Timestamp {
        let as_if_utc = Timestamp::from_ms(0) + Span::DAY * day + Span::MINUTE * minute;
        as_if_utc - self.offset(as_if_utc - self.winter())
    }

    fn winter(self) -> Span {
        match self {
            Self::Fixed(hours) | Self::European(hours) => Span::HOUR * hours,
        }
    }

    fn offset(self, at: Timestamp) -> Span {
        match self {
            Self::European(_) if is_european_summer(at) => self.winter() + Span::HOUR,
            Self::Fixed(_) | Self::European(_) => self.winter(),
        }
    }
}

/// From the last Sunday of March to that of October, changing at 01:00 UTC.
fn is_european_summer(at: Timestamp) -> bool {
    let Some(time) = chrono::DateTime::from_timestamp_millis((at - Span::HOUR).ms()) else {
        return false;
    };
    let date = time.date_naive();
    let change = |month| last_sunday(date.year(), month);
    match (change(3), change(10)) {
        (Some(begins), Some(ends)) => begins <= date && date < ends,
        _ => false,
    }
}

fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    Some(last.week(Weekday::Sun).first_day())
}

/// 0 for Monday to 6 for Sunday.
pub(super) fn weekday(day: i64) -> usize {
    // 1970-01-01 was a Thursday.
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_begins_and_ends_at_one_in_the_morning() {
        // 2026-03-29T01:00:00Z and 2026-10-25T01:00:00Z.
        let (begins, ends) = (Timestamp::from_s(1_774_746_000), Timestamp::from_s(1_792_890_000));
        let tick = Span::from_ms(1);
        assert!(!is_european_summer(begins - tick) && is_european_summer(begins));
        assert!(is_european_summer(ends - tick) && !is_european_summer(ends));
    }

    #[test]
    fn local_days_and_moments_agree() {
        for zone in [Zone::Fixed(9), Zone::Fixed(-5), Zone::European(1)] {
            for day in 20_000..20_800 {
                assert_eq!(zone.day_of(zone.moment(day, 12 * 60)), day);
            }
        }
        assert_eq!(weekday(0), 3);
        assert_eq!(weekday(-3), 0);
    }
}
