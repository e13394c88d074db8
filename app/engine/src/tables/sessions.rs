//! This app's own CSV: one row a session, moments in UTC, nothing rounded.

use almanac_wire::Timestamp;

use super::moment::{moment_in, written};
use super::{Reading, Row, RowTrouble};
use crate::session::{End, Interval, KnownBy, Session};

const COLUMNS: [&str; 13] = [
    "account",
    "start_earliest",
    "start_latest",
    "end_earliest",
    "end_latest",
    "last_seen",
    "known_by",
    "title",
    "peak_viewers",
    "gifts",
    "room_id",
    "started_at",
    "recorded_at",
];

/// The sessions as CSV; `head` writes the line of names above them.
#[must_use]
pub fn to_csv(sessions: &[Session], head: bool) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    if head {
        let _ = writer.write_record(COLUMNS);
    }
    for session in sessions {
        let _ = writer.write_record(cells(session));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn cells(session: &Session) -> [String; 13] {
    let told = |at: Option<Timestamp>| at.map(written).unwrap_or_default();
    let (end, last_seen) = match session.end {
        End::Open { last_seen } => (None, Some(last_seen)),
        End::Over(interval) => (Some(interval), None),
    };
    let number = |n: Option<String>| n.unwrap_or_default();
    [
        session.account.to_string(),
        written(session.start.earliest()),
        written(session.start.latest()),
        told(end.map(Interval::earliest)),
        told(end.map(Interval::latest)),
        told(last_seen),
        known_word(session.known_by).to_owned(),
        session.title.clone().unwrap_or_default(),
        number(session.peak_viewers.map(|n| n.to_string())),
        number(session.gifts.map(|n| n.to_string())),
        session.room_id.clone().unwrap_or_default(),
        told(session.started_at),
        written(session.recorded_at),
    ]
}

const KNOWN: [(KnownBy, &str); 4] = [
    (KnownBy::Seen, "seen"),
    (KnownBy::Revealed, "revealed"),
    (KnownBy::Imported, "imported"),
    (KnownBy::Backfilled, "backfilled"),
];

fn known_word(known_by: KnownBy) -> &'static str {
    KNOWN.into_iter().find(|(one, _)| *one == known_by).map_or("imported", |(_, word)| word)
}

pub(super) fn session(row: &Row<'_>, reading: &Reading<'_>) -> Result<Session, RowTrouble> {
    let when = "moment such as 2026-03-01T19:30:00Z";
    let moment = |text: &str| moment_in(text, reading.zone);
    let count = "whole number";
    let account = row.account("account", "account", reading.platform)?;
    let exact = row.read("start", when, moment)?;
    let earliest = row.read("start_earliest", when, moment)?.or(exact);
    let earliest = earliest.ok_or(RowTrouble::Missing("start"))?;
    let latest = row.read("start_latest", when, moment)?.or(exact).unwrap_or(earliest);
    let ended = row.read("end", when, moment)?;
    let end_latest = row.read("end_latest", when, moment)?.or(ended);
    let end_earliest = row.read("end_earliest", when, moment)?.or(ended).or(end_latest);
    let last_seen = row.read("last_seen", when, moment)?;
    if latest < earliest {
        return Err(RowTrouble::Backwards);
    }
    let end = match (end_earliest, end_latest, last_seen) {
        (Some(from), to, _) => {
            let to = to.unwrap_or(from);
            if to < from || to < earliest {
                return Err(RowTrouble::Backwards);
            }
            End::Over(Interval::between(from, to))
        }
        (None, _, Some(last_seen)) => End::Open { last_seen },
        // Nothing is known of its end but that it came after the start.
        (None, _, None) => End::Over(Interval::between(earliest, latest.max(earliest))),
    };
    let known = |text: &str| KNOWN.into_iter().find(|(_, word)| *word == text).map(|(one, _)| one);
    Ok(Session {
        account,
        recorded_at: row.read("recorded_at", when, moment)?.unwrap_or(latest),
        start: Interval::between(earliest, latest),
        end,
        known_by: row
            .read("known_by", "word for how it is known", known)?
            .unwrap_or(KnownBy::Imported),
        room_id: row.cell("room_id").map(str::to_owned),
        started_at: row.read("started_at", when, moment)?,
        title: row.cell("title").map(str::to_owned),
        peak_viewers: row.read("peak_viewers", count, |text| text.parse().ok())?,
        gifts: row.read("gifts", count, |text| text.parse().ok())?,
    })
}
