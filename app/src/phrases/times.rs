//! Moments, stretches and numbers, as people write them: 24 hours, in the viewer's zone.

use almanac_engine::zone::{Local, Zone};
use almanac_wire::{Span, Timestamp};

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Where a moment is told from: the present, and the zone of whoever reads.
#[derive(Clone, Copy)]
pub(crate) struct Present<'a> {
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a Zone,
}

impl Present<'_> {
    /// `18:05` today, `Sun 18:05` within a week, else `12 Nov 18:05`.
    pub(crate) fn when(self, at: Timestamp) -> String {
        let mut text = self.day(at);
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&clock(at, self.zone));
        text
    }

    /// `18:05–20:40`; the second day is told only where it is not clear.
    pub(crate) fn range(self, from: Timestamp, to: Timestamp) -> String {
        let mut text = self.when(from);
        if clock(from, self.zone) == clock(to, self.zone) && to - from < Span::MINUTE {
            return text;
        }
        text.push('–');
        if to - from < Span::HOUR * 18 {
            text.push_str(&clock(to, self.zone));
        } else {
            let day = self.day(to);
            text.push_str(if day.is_empty() { "today" } else { &day });
            text.push(' ');
            text.push_str(&clock(to, self.zone));
        }
        text
    }

    /// The day of a moment, empty for today.
    fn day(self, at: Timestamp) -> String {
        let number = |at: Timestamp| (at + self.zone.offset_at(at)).ms().div_euclid(Span::DAY.ms());
        let away = number(at) - number(self.now);
        let Some(local) = self.zone.local(at) else { return String::new() };
        match away {
            0 => String::new(),
            -6..=6 => name(&WEEKDAYS, local.weekday).to_owned(),
            _ => {
                let mut text = format!("{} {}", local.day, month(local));
                if self.zone.local(self.now).is_some_and(|today| today.year != local.year) {
                    text.push_str(&format!(" {}", local.year));
                }
                text
            }
        }
    }
}

fn month(local: Local) -> &'static str {
    name(&MONTHS, local.month.saturating_sub(1))
}

fn name(names: &[&'static str], index: u32) -> &'static str {
    usize::try_from(index).ok().and_then(|i| names.get(i)).copied().unwrap_or_default()
}

/// `18:05` on the viewer's clock.
pub(crate) fn clock(at: Timestamp, zone: &Zone) -> String {
    zone.local(at)
        .map_or_else(|| "–".to_owned(), |local| format!("{:02}:{:02}", local.hour, local.minute))
}

/// `48 min`, `2 h 31 min`, `3 d 4 h`: two units at most.
pub(crate) fn span(span: Span) -> String {
    let minutes = span.ms().max(0) / Span::MINUTE.ms();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => count_of(days, "day", "days"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `1 account`, `46 accounts`, `1,000 accounts`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    count_of(i64::try_from(n).unwrap_or(i64::MAX), one, many)
}

fn count_of(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// `12,304`.
pub(crate) fn grouped(n: i64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
            ["less than a minute", "1 min", "48 min", "1 h", "2 h 31 min", "1 day", "3 d 4 h"]
        );
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([7, 312, 1000, 1_234_567].map(grouped), ["7", "312", "1,000", "1,234,567"]);
        assert_eq!(count(1, "account", "accounts"), "1 account");
    }
}
