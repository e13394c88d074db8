//! Local time without a time zone database: the browser knows every zone and tells the offsets.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use almanac_wire::{Span, Timestamp};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};

/// A zone as a list of its offsets from UTC over the years that matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The offset before the first change.
    first: Span,
    /// Changes in order: from this moment on, this offset.
    changes: Vec<(Timestamp, Span)>,
}

/// A moment on the clock and calendar of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Year of the common era.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 (Sunday) to 6, as the roadmap counts.
    pub weekday: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self::fixed(Span::ZERO);

    /// A zone that never changes.
    #[must_use]
    pub const fn fixed(offset: Span) -> Self {
        Self { first: offset, changes: Vec::new() }
    }

    /// Learns a zone from whoever knows it: `offset` tells the offset at a moment. Changes between
    /// `from` and `to` are found to the second, provided that they lie a week or more apart.
    #[must_use]
    pub fn sample(from: Timestamp, to: Timestamp, offset: &dyn Fn(Timestamp) -> Span) -> Self {
        let mut zone = Self::fixed(offset(from));
        let mut before = from;
        while before < to {
            let after = (before + Span::DAY * 7).min(to);
            if offset(after) != offset(before) {
                let (mut low, mut high) = (before, after);
                while high - low > Span::SECOND {
                    let middle = low + (high - low) / 2;
                    if offset(middle) == offset(before) { low = middle } else { high = middle }
                }
                let second = Span::SECOND.ms();
                let at = Timestamp::from_ms(high.ms().div_euclid(second) * second);
                zone.changes.push((at, offset(after)));
            }
            before = after;
        }
        zone
    }

    /// What the zone's clocks are ahead of UTC at a moment.
    #[must_use]
    pub fn offset_at(&self, at: Timestamp) -> Span {
        self.offset_around(at).0
    }

    /// UTC as long as the clocks show what they showed at a moment, and moved along with them when
    /// they change: hours told by it are UTC's, and still a habit of the zone keeps its hour.
    #[must_use]
    pub fn moved_since(&self, moment: Timestamp) -> Self {
        let then = self.offset_at(moment);
        let changes = self.changes.iter().map(|(at, offset)| (*at, *offset - then));
        Self { first: self.first - then, changes: changes.collect() }
    }

    /// What the zone's clocks are ahead of UTC at a moment, and from when until when they are.
    #[must_use]
    pub fn offset_around(&self, at: Timestamp) -> (Span, Range<Timestamp>) {
        let passed = self.changes.partition_point(|(from, _)| *from <= at);
        let until = self.changes.get(passed).map_or(Timestamp::from_ms(i64::MAX), |next| next.0);
        match passed.checked_sub(1).and_then(|i| self.changes.get(i)) {
            Some((from, offset)) => (*offset, *from..until),
            None => (self.first, Timestamp::from_ms(i64::MIN)..until),
        }
    }

    /// Clock and calendar at a moment; `None` outside the years a calendar can hold.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> Option<Local> {
        let clock = self.clock(at)?;
        Some(Local {
            year: clock.year(),
            month: clock.month(),
            day: clock.day(),
            weekday: clock.weekday().num_days_from_sunday(),
            hour: clock.hour(),
            minute: clock.minute(),
        })
    }

    fn clock(&self, at: Timestamp) -> Option<NaiveDateTime> {
        let shifted = at + self.offset_at(at);
        DateTime::from_timestamp_millis(shifted.ms()).map(|utc| utc.naive_utc())
    }

    /// The moment at which clock and calendar show this; where a change of the clocks makes them
    /// show it twice, the first. `None` where there is no such day or time.
    #[must_use]
    pub fn moment(
        &self,
        year: i32,
        month: u32,
        day: u32,
        hour: u32,
        minute: u32,
    ) -> Option<Timestamp> {
        let shown = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, 0)?;
        let shown = Timestamp::from_ms(shown.and_utc().timestamp_millis());
        // The offset holds around the moment sought: by it or by the one before, the clock shows it.
        let offsets = [self.offset_at(shown - Span::DAY), self.offset_at(shown + Span::DAY)];
        let exact = offsets.into_iter().find(|offset| self.offset_at(shown - *offset) == *offset);
        Some(shown - exact.unwrap_or(offsets[0]))
    }

    /// The moments between two at which the local clock shows a whole multiple of `hours`.
    #[must_use]
    pub fn hour_marks(&self, from: Timestamp, to: Timestamp, hours: u32) -> Vec<(Timestamp, u32)> {
        let quarter = Span::MINUTE.ms() * 15;
        let mut at = Timestamp::from_ms(from.ms().div_euclid(quarter) * quarter);
        let mut marks = Vec::new();
        while at <= to {
            if let Some(local) = self.local(at)
                && at >= from
                && local.minute == 0
                && local.hour % hours.max(1) == 0
            {
                marks.push((at, local.hour));
            }
            at += Span::from_ms(quarter);
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Central European time in 2026: changes on 29 March and 25 October at 01:00 UTC.
    fn berlin(at: Timestamp) -> Span {
        let summer = Timestamp::from_s(1_774_746_000)..Timestamp::from_s(1_792_890_000);
        if summer.contains(&at) { Span::HOUR * 2 } else { Span::HOUR }
    }

    fn zone() -> Zone {
        Zone::sample(Timestamp::from_s(1_767_225_600), Timestamp::from_s(1_798_761_600), &berlin)
    }

    #[test]
    fn changes_are_found_to_the_second() {
        for at in [1_774_745_999, 1_774_746_000, 1_792_889_999, 1_792_890_000] {
            let at = Timestamp::from_s(at);
            assert_eq!(zone().offset_at(at), berlin(at));
        }
    }

    #[test]
    fn an_offset_holds_between_changes() {
        let (change, back) = (Timestamp::from_s(1_774_746_000), Timestamp::from_s(1_792_890_000));
        assert_eq!(zone().offset_around(change), (Span::HOUR * 2, change..back));
        let (offset, holds) = zone().offset_around(change - Span::SECOND);
        assert_eq!((offset, holds.end), (Span::HOUR, change));
        assert!(Zone::UTC.offset_around(change).1.contains(&Timestamp::from_ms(i64::MIN)));
    }

    #[test]
    fn a_habit_moves_with_the_clocks_of_its_zone() {
        let (change, back) = (Timestamp::from_s(1_774_746_000), Timestamp::from_s(1_792_890_000));
        let offsets = |since: Timestamp| {
            let moved = zone().moved_since(since);
            [change - Span::SECOND, change, back].map(|at| moved.offset_at(at))
        };
        assert_eq!(offsets(change - Span::DAY), [Span::ZERO, Span::HOUR, Span::ZERO]);
        assert_eq!(offsets(change + Span::DAY), [-Span::HOUR, Span::ZERO, -Span::HOUR]);
    }

    #[test]
    fn hour_marks_follow_the_local_clock_across_a_change() {
        let midnight = Timestamp::from_s(1_774_738_800);
        let marks = zone().hour_marks(midnight, midnight + Span::DAY, 6);
        let hours: Vec<_> =
            marks.iter().map(|(at, h)| ((*at - midnight).ms() / 3_600_000, *h)).collect();
        assert_eq!(hours, [(0, 0), (5, 6), (11, 12), (17, 18), (23, 0)]);
    }

    #[test]
    fn a_moment_is_found_by_what_the_clock_shows() {
        let zone = zone();
        for at in [1_774_745_999, 1_774_746_000, 1_780_000_000, 1_792_889_999, 1_792_900_000] {
            let at = Timestamp::from_s(at / 60 * 60);
            let local = zone.local(at).unwrap();
            let found = zone.moment(local.year, local.month, local.day, local.hour, local.minute);
            let again = found.and_then(|found| zone.local(found)).unwrap();
            assert_eq!(again, local);
            assert!(found == Some(at) || found == Some(at - Span::HOUR), "{at:?} {found:?}");
        }
        assert_eq!(zone.moment(2026, 2, 30, 10, 0), None);
        assert_eq!(zone.moment(2026, 2, 3, 24, 0), None);
    }

    #[test]
    fn local_calendar() {
        let local = zone().local(Timestamp::from_s(1_774_746_000)).unwrap();
        assert_eq!(
            (local.year, local.month, local.day, local.weekday, local.hour),
            (2026, 3, 29, 0, 3)
        );
    }
}
