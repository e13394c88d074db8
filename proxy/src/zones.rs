//! Midnights of time zones: from the system's database, else from the one that comes with us.

use almanac_wire::{Span, Timestamp, ZoneName};
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

/// Whether there is such a zone.
pub(crate) fn exists(zone: ZoneName) -> bool {
    TimeZone::get(zone.as_str()).is_ok()
}

/// The first midnight of a zone after a moment. Where a change of clocks leaves out midnight, the
/// day begins with the first moment after it.
pub(crate) fn midnight_after(zone: ZoneName, at: Timestamp) -> Timestamp {
    let next = || local(zone, at)?.tomorrow().ok()?.start_of_day().ok();
    // No zone that exists and no time of ours leads here; no day is longer.
    next().map_or(at + Span::HOUR * 25, |next| moment(&next))
}

/// The last midnight of a zone, at or before a moment.
pub(crate) fn midnight_before(zone: ZoneName, at: Timestamp) -> Timestamp {
    let last = || local(zone, at)?.start_of_day().ok();
    last().map_or(at - Span::HOUR * 25, |last| moment(&last))
}

fn local(zone: ZoneName, at: Timestamp) -> Option<ZonedDateTime> {
    let zone = TimeZone::get(zone.as_str()).ok()?;
    Some(jiff::Timestamp::from_millisecond(at.ms()).ok()?.to_zoned_datetime(zone))
}

fn moment(local: &ZonedDateTime) -> Timestamp {
    Timestamp::from_ms(local.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_day_is_as_long_as_the_zone_makes_it() {
        let pacific: ZoneName = "America/Los_Angeles".parse().unwrap();
        for (now, before, after) in [
            ("2026-01-01T07:59:59Z", "2025-12-31T08:00:00Z", "2026-01-01T08:00:00Z"),
            ("2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z"),
            // 23 hours in spring, 25 in autumn.
            ("2026-03-08T12:00:00Z", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"),
        ] {
            assert_eq!(midnight_after(pacific, at(now)), at(after), "{now}");
            assert_eq!(midnight_before(pacific, at(now)), at(before), "{now}");
        }
    }

    #[test]
    fn a_midnight_that_is_left_out_is_the_first_moment_after() {
        let cairo: ZoneName = "Africa/Cairo".parse().unwrap();
        // On 2026-04-24 the clocks go from 00:00 to 01:00.
        assert_eq!(midnight_after(cairo, at("2026-04-23T12:00:00Z")), at("2026-04-23T22:00:00Z"));
    }

    #[test]
    fn made_up_zones_do_not_exist() {
        assert!(exists("America/Los_Angeles".parse().unwrap()));
        assert!(!exists("America/Springfield".parse().unwrap()));
    }
}
