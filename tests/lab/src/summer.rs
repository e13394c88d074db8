//! Summer time by the rules of two parts of the world, for streamers who are made up.

use almanac_wire::{Span, Timestamp};
use chrono::{DateTime, Datelike, NaiveDate, Weekday};

/// When clocks are put forward and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summer {
    /// Never.
    None,
    /// As in New York: second Sunday of March to first Sunday of November.
    Us,
    /// As in Berlin: last Sunday of March to last Sunday of October.
    Eu,
}

impl Summer {
    /// How far clocks are ahead of winter time.
    #[must_use]
    pub fn ahead(self, at: Timestamp) -> Span {
        let on = self.season(at).is_some_and(|(from, until)| from <= at && at < until);
        if on { Span::HOUR } else { Span::ZERO }
    }

    /// The summer of the moment's year, UTC.
    fn season(self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let year = DateTime::from_timestamp_millis(at.ms())?.year();
        match self {
            Self::None => None,
            Self::Us => {
                let from =
                    moment(NaiveDate::from_weekday_of_month_opt(year, 3, Weekday::Sun, 2)?, 7);
                let until =
                    moment(NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Sun, 1)?, 6);
                Some((from, until))
            }
            Self::Eu => Some((moment(last_sunday(year, 3)?, 1), moment(last_sunday(year, 10)?, 1))),
        }
    }
}

/// Of a month with 31 days.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    last.checked_sub_days(chrono::Days::new(u64::from(last.weekday().num_days_from_sunday())))
}

fn moment(day: NaiveDate, hour: i64) -> Timestamp {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    Timestamp::from_ms(midnight.timestamp_millis()) + Span::HOUR * hour
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(summer: Summer, text: &str) -> i64 {
        let at = DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        summer.ahead(Timestamp::from_ms(at)).ms() / Span::HOUR.ms()
    }

    #[test]
    fn clocks_change_when_they_do_in_2026() {
        for (summer, change, hours) in [
            (Summer::Us, "2026-03-08T06:59:59Z", 0),
            (Summer::Us, "2026-03-08T07:00:00Z", 1),
            (Summer::Us, "2026-11-01T05:59:59Z", 1),
            (Summer::Us, "2026-11-01T06:00:00Z", 0),
            (Summer::Eu, "2026-03-29T00:59:59Z", 0),
            (Summer::Eu, "2026-03-29T01:00:00Z", 1),
            (Summer::Eu, "2026-10-25T00:59:59Z", 1),
            (Summer::Eu, "2026-10-25T01:00:00Z", 0),
            (Summer::None, "2026-07-01T00:00:00Z", 0),
        ] {
            assert_eq!(ahead(summer, change), hours, "{summer:?} {change}");
        }
    }
}
