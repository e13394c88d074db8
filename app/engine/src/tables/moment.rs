//! Dates and times of day, as tables write them.

use almanac_wire::{Span, Timestamp};
use chrono::NaiveDate;

use crate::zone::Zone;

/// `2026-03-01`, as its midnight in UTC.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc();
    Some(Timestamp::from_ms(midnight.timestamp_millis()))
}

/// `19:30`, `19:30:05` or `19:30:05.123`, as the time since midnight.
pub(super) fn time_of_day(text: &str) -> Option<Span> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
    let (seconds, part) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "")),
        None => ("0", ""),
    };
    let seconds = seconds.parse::<i64>().ok()?;
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    let ms = format!("{part:0<3}").get(..3)?.parse::<i64>().ok()?;
    let is_time = (0..24).contains(&hours) && (0..60).contains(&minutes);
    (digits && is_time && (0..60).contains(&seconds)).then(|| {
        Span::HOUR * hours + Span::MINUTE * minutes + Span::SECOND * seconds + Span::from_ms(ms)
    })
}

/// `2026-03-01T19:30:05.123Z`, with any offset.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let (day, rest) = text.split_once(['T', 't', ' '])?;
    let offset_at = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at(offset_at);
    let offset = match zone.strip_prefix(['Z', 'z']) {
        Some("") => Span::ZERO,
        Some(_) => return None,
        None => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let zone = zone.get(1..)?;
            let (hours, minutes) = match zone.split_once(':') {
                Some(parts) => parts,
                None => {
                    (zone.get(..2)?, zone.get(2..).filter(|rest| !rest.is_empty()).unwrap_or("0"))
                }
            };
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            (minutes < 24 * 60).then(|| Span::MINUTE * (sign * minutes))?
        }
    };
    Some(date(day)? + time_of_day(clock)? - offset)
}

/// As [`moment`] reads it, or without an offset: then it is what the clocks of a zone show.
pub(super) fn moment_in(text: &str, zone: &Zone) -> Option<Timestamp> {
    moment(text).or_else(|| {
        let (day, clock) = text.split_once(['T', 't', ' '])?;
        Some(local(date(day)?, time_of_day(clock)?, zone))
    })
}

/// A moment as tables have it and are read, in UTC: `2026-11-28T00:42:10.000Z`.
#[must_use]
pub fn written(at: Timestamp) -> String {
    let ms = at.ms().rem_euclid(Span::MINUTE.ms());
    Zone::UTC.local(at).map_or_else(String::new, |local| {
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            local.year,
            local.month,
            local.day,
            local.hour,
            local.minute,
            ms / 1000,
            ms % 1000
        )
    })
}

/// The moment at which the clocks of a zone show a date and a time of day; for one that they skip
/// the moment at which they skip it, for one that they show twice the first.
pub(super) fn local(midnight: Timestamp, time: Span, zone: &Zone) -> Timestamp {
    let shown = midnight + time;
    let [before, after] =
        [shown - Span::DAY, shown + Span::DAY].map(|at| shown - zone.offset_at(at));
    let is_it = |at: Timestamp| at + zone.offset_at(at) == shown;
    if is_it(before) {
        before
    } else if is_it(after) {
        after
    } else {
        zone.offset_around(before).1.start
    }
}
