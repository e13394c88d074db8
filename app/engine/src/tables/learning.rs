//! `schedule_learning`, the table that the roadmap keeps: one row a session, local dates and times.

use almanac_wire::{Platform, Span, Timestamp};

use super::moment::{date, local, time_of_day};
use super::{Row, RowTrouble};
use crate::session::{End, Interval, KnownBy, Session};
use crate::zone::Zone;

/// What a table does not say of itself.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The platform of a handle that names none, in a row that names none.
    pub platform: Platform,
    /// The zone of dates and times that name none.
    pub zone: &'a Zone,
    /// When it is read: later than this nothing can have been.
    pub now: Timestamp,
}

/// The roadmap's tool looks once an hour, and writes down when it looked: a session began within
/// the hour before, and ended within the hour before.
const LOOKED_EVERY: Span = Span::HOUR;

pub(super) fn session(row: &Row<'_>, reading: &Reading<'_>) -> Result<Session, RowTrouble> {
    let account = row.account("username", "handle", reading.platform)?;
    let day = row.need("session_date", "date such as 2026-03-01", date)?;
    let start = row.need("start_time", "time such as 19:30", time_of_day)?;
    let found = local(day, start, reading.zone);
    let end = match row.read("end_time", "time such as 22:05", time_of_day)? {
        // Times say no date: an end before the start is on the day after.
        Some(end) if end < start => Some(local(day + Span::DAY, end, reading.zone)),
        Some(end) => Some(local(day, end, reading.zone)),
        None => {
            row.read("duration_minutes", "number of minutes", minutes)?.map(|lasted| found + lasted)
        }
    };
    // A session without an end was on when it was found, and no more is known of it.
    let gone = end.unwrap_or((found + LOOKED_EVERY).min(reading.now)).max(found);
    let seen = (gone - LOOKED_EVERY).max(found);
    let count = "whole number";
    Ok(Session {
        account,
        recorded_at: found,
        start: Interval::between(found - LOOKED_EVERY, found),
        end: End::Over(Interval::between(seen, gone)),
        known_by: KnownBy::Imported,
        room_id: None,
        started_at: None,
        title: None,
        // The table's default is nothing, which says that nobody counted.
        peak_viewers: row
            .read("peak_viewers", count, |text| text.parse().ok())?
            .filter(|peak| *peak > 0),
        gifts: row.read("total_gifts", count, |text| text.parse().ok())?.filter(|sum| *sum > 0),
    })
}

fn minutes(text: &str) -> Option<Span> {
    let minutes: i64 = text.parse().ok()?;
    (0..=7 * 24 * 60).contains(&minutes).then(|| Span::MINUTE * minutes)
}
