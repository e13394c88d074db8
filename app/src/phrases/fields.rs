//! Dates and times as the browser's own fields write them.

use almanac_engine::wishes::DailyWindow;
use almanac_engine::zone::Zone;
use almanac_wire::Timestamp;

/// `2026-07-03T20:52`, as a field for date and time takes it.
pub(crate) fn date_time(at: Timestamp, zone: &Zone) -> String {
    zone.local(at).map_or_else(String::new, |local| {
        let (year, month, day) = (local.year, local.month, local.day);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", local.hour, local.minute)
    })
}

/// Reads what such a field says.
pub(crate) fn read_date_time(text: &str, zone: &Zone) -> Option<Timestamp> {
    let (date, time) = text.trim().split_once('T')?;
    let mut date = date.splitn(3, '-');
    let mut part = || date.next()?.parse::<u32>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    let minutes = u32::from(read_time(time)?);
    let year = i32::try_from(year).ok()?;
    zone.moment(year, month, day, minutes / 60, minutes % 60)
}

/// `20:52`, from minutes after midnight.
pub(crate) fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Reads what a field for a time says; seconds are left away.
pub(crate) fn read_time(text: &str) -> Option<u16> {
    let mut parts = text.trim().split(':');
    let mut part = || parts.next()?.parse::<u16>().ok();
    let (hours, minutes) = (part()?, part()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// A window from two fields; none while one is empty.
pub(crate) fn read_window(from: &str, to: &str) -> Option<DailyWindow> {
    Some(DailyWindow { from: read_time(from)?, to: read_time(to)? })
}

#[cfg(test)]
mod tests {
    use almanac_wire::Span;

    use super::*;

    #[test]
    fn fields_are_read_as_they_were_written() {
        let zone = Zone::fixed(Span::HOUR * 2);
        let at = Timestamp::from_s(1_772_396_640);
        assert_eq!(date_time(at, &zone), "2026-03-01T22:24");
        assert_eq!(read_date_time("2026-03-01T22:24", &zone), Some(at));
        for text in ["", "2026-03-01", "2026-02-30T10:00", "2026-03-01T25:00", "xT10:00"] {
            assert_eq!(read_date_time(text, &zone), None, "{text}");
        }
    }

    #[test]
    fn a_window_takes_two_times() {
        assert_eq!(read_window("19:00", "01:30"), Some(DailyWindow { from: 1140, to: 90 }));
        assert_eq!(read_window("19:00", ""), None);
        assert_eq!([0, 1140, 1439].map(time), ["00:00", "19:00", "23:59"]);
        assert_eq!([read_time("07:05:30"), read_time("24:00")], [Some(425), None]);
    }
}
