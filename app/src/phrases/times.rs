//! Moments and stretches, as the viewer's language tells them, in the viewer's zone.

use almanac_engine::zone::Zone;
use almanac_wire::{Span, Timestamp};

use crate::words::{Style, Unit, moment, times, unit};

/// Where a moment is told from: the present, and the zone of whoever reads.
#[derive(Clone, Copy)]
pub(crate) struct Present<'a> {
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a Zone,
}

impl Present<'_> {
    /// `18:05` today, `Sun 18:05` within a week, else `12 Nov 18:05`.
    pub(crate) fn when(self, at: Timestamp) -> String {
        let number = |at: Timestamp| wall_ms(at, self.zone).div_euclid(Span::DAY.ms());
        let year = |at: Timestamp| self.zone.local(at).map(|local| local.year);
        let style = match number(at) - number(self.now) {
            0 => Style::Time,
            -6..=6 => Style::WeekdayTime,
            _ if year(at) == year(self.now) => Style::DayTime,
            _ => Style::DateTime,
        };
        moment(style, wall_ms(at, self.zone))
    }

    /// `18:05–20:40`; the second day is told only where it is not clear.
    pub(crate) fn range(self, from: Timestamp, to: Timestamp) -> String {
        let start = self.when(from);
        if clock(from, self.zone) == clock(to, self.zone) && to - from < Span::MINUTE {
            return start;
        }
        let end = clock(to, self.zone);
        if to - from < Span::HOUR * 18 {
            return times::range(&start, &end);
        }
        match self.when(to) {
            today if today == end => times::range(&start, &times::today_at(&end)),
            other => times::range(&start, &other),
        }
    }
}

/// A moment as the clock on the wall of a zone shows it, in milliseconds.
pub(super) fn wall_ms(at: Timestamp, zone: &Zone) -> i64 {
    (at + zone.offset_at(at)).ms()
}

/// `18:05` on the viewer's clock.
pub(crate) fn clock(at: Timestamp, zone: &Zone) -> String {
    moment(Style::Time, wall_ms(at, zone))
}

/// `48 min`, `2 hr 31 min`, `3 days 4 hr`: two units at most.
pub(crate) fn span(span: Span) -> String {
    let minutes = span.ms().max(0) / Span::MINUTE.ms();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let two = |large: String, small: String| times::two_units(&large, &small);
    match (days, hours, rest) {
        (0, 0, 0) => times::less_than_a_minute().to_owned(),
        (0, 0, rest) => unit(rest, Unit::Minute),
        (0, hours, 0) => unit(hours, Unit::Hour),
        (0, hours, rest) => two(unit(hours, Unit::Hour), unit(rest, Unit::Minute)),
        (days, 0, _) => unit(days, Unit::Day),
        (days, hours, _) => two(unit(days, Unit::Day), unit(hours, Unit::Hour)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Sunday, 1 March 2026, 20:24 UTC.
    pub(in crate::phrases) const NOW: Timestamp = Timestamp::from_s(1_772_396_640);
    pub(in crate::phrases) const PRESENT: Present<'static> = Present { now: NOW, zone: &Zone::UTC };

    /// A moment so many minutes before [`NOW`].
    pub(in crate::phrases) fn ago(minutes: i64) -> Timestamp {
        NOW - Span::MINUTE * minutes
    }

    #[test]
    fn a_moment_says_its_day_only_when_it_is_another() {
        assert_eq!(PRESENT.when(ago(19)), "20:05");
        assert_eq!(PRESENT.when(ago(24 * 60)), "Sat 20:24");
        assert_eq!(PRESENT.when(NOW + Span::HOUR * 6), "Mon 02:24");
        assert_eq!(PRESENT.when(ago(9 * 24 * 60)), "20 Feb 20:24");
        assert_eq!(PRESENT.when(ago(90 * 24 * 60)), "1 Dec 2025 20:24");
    }

    #[test]
    fn the_day_is_that_of_the_viewer() {
        let zone = Zone::fixed(Span::HOUR * 5);
        let present = Present { now: NOW, zone: &zone };
        assert_eq!(present.when(NOW), "01:24");
        assert_eq!(present.when(ago(90)), "Sun 23:54");
    }

    #[test]
    fn a_range_crosses_midnight_without_a_second_day() {
        assert_eq!(PRESENT.range(ago(139), ago(0)), "18:05–20:24");
        assert_eq!(PRESENT.range(ago(22 * 60), ago(20 * 60)), "Sat 22:24–00:24");
        assert_eq!(PRESENT.range(ago(30 * 60), ago(60)), "Sat 14:24–today 19:24");
        assert_eq!(PRESENT.range(ago(5), ago(5)), "20:19");
    }

    #[test]
    fn spans_have_two_units_at_most() {
        let told = [0, 1, 48, 60, 151, 1440, 4567].map(|minutes| span(Span::MINUTE * minutes));
        assert_eq!(
            told,
            [
                "less than a minute",
                "1 min",
                "48 min",
                "1 hr",
                "2 hr 31 min",
                "1 day",
                "3 days 4 hr"
            ]
        );
    }
}
