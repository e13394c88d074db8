//! Sessions as tables: this app's CSV both ways, and what the roadmap's database holds.
//!
//! A row that cannot be used is named with its line and the reason; the others are taken.

mod dump;
mod learning;
mod merge;
mod moment;
mod sessions;
#[cfg(test)]
mod tests;

pub use learning::Reading;
pub use merge::fresh;
pub use moment::written;
pub use sessions::to_csv;

use almanac_wire::{AccountId, Platform, Timestamp};
use thiserror::Error;

use crate::session::{End, Session};

/// What a table was found to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The sessions, in the order of the file.
    pub sessions: Vec<Session>,
    /// Rows that cannot be used, in the order of the file.
    pub refused: Vec<RowError>,
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file where it begins, from 1.
    pub line: u64,
    /// Why.
    pub why: RowTrouble,
}

/// Why a row cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RowTrouble {
    /// A column that a row must fill is empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A column holds something else than it should.
    #[error("{column} is “{value}”, which is no {expected}")]
    Wrong {
        /// Which.
        column: &'static str,
        /// What it holds, shortened.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// The end lies before the start.
    #[error("it ends before it begins")]
    Backwards,
    /// It begins or ends in the time to come.
    #[error("that is still to come")]
    Future,
    /// The account names another platform than the column for it.
    #[error("{column} names {named}, platform names {platform}", named = named.name(), platform = platform.name())]
    Contradicting {
        /// The account's column.
        column: &'static str,
        /// What the account names.
        named: Platform,
        /// What the column `platform` names.
        platform: Platform,
    },
    /// It has another number of columns than the first line names.
    #[error("it has {found} columns where {expected} are named")]
    Columns {
        /// How many it has.
        found: usize,
        /// How many the first line names.
        expected: usize,
    },
}

/// Why a file is no table of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// Neither the columns of a CSV of ours nor those of `schedule_learning` are there.
    #[error(
        "this is no table of sessions: expected a CSV with the columns account and start, or schedule_learning as CSV or SQL"
    )]
    Unknown,
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
}

/// Reads a table, whatever kind it is.
///
/// # Errors
/// When it is none. Rows that cannot be used are no such error: they are told row by row.
pub fn read(text: &str, reading: &Reading<'_>) -> Result<Table, TableError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(TableError::Empty);
    }
    let rows = dump::rows(text).unwrap_or_else(|| Rows::of_csv(text));
    let mut table = Table::default();
    let read: fn(&Row<'_>, &Reading<'_>) -> Result<Session, RowTrouble> =
        if rows.has("username") && rows.has("session_date") {
            learning::session
        } else if rows.has("account") && (rows.has("start") || rows.has("start_earliest")) {
            sessions::session
        } else {
            return Err(TableError::Unknown);
        };
    for (line, cells) in &rows.rows {
        let row = Row { names: &rows.names, cells };
        let told = if cells.len() == rows.names.len() {
            read(&row, reading).and_then(|session| past(session, reading.now))
        } else {
            Err(RowTrouble::Columns { found: cells.len(), expected: rows.names.len() })
        };
        match told {
            Ok(session) => table.sessions.push(session),
            Err(why) => table.refused.push(RowError { line: *line, why }),
        }
    }
    Ok(table)
}

/// A session of which nothing is still to come.
fn past(session: Session, now: Timestamp) -> Result<Session, RowTrouble> {
    let last = match session.end {
        End::Open { last_seen } => last_seen,
        End::Over(interval) => interval.latest(),
    };
    if session.start.latest().max(last) > now { Err(RowTrouble::Future) } else { Ok(session) }
}

/// Rows of cells under names. An absent cell is `None`.
#[derive(Debug, Default)]
struct Rows {
    names: Vec<String>,
    rows: Vec<(u64, Vec<Option<String>>)>,
}

impl Rows {
    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|one| one == name)
    }

    fn of_csv(text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|delimiter| first.bytes().filter(|byte| byte == delimiter).count());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter.unwrap_or(b','))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut rows = Self::default();
        let mut record = csv::StringRecord::new();
        // The text is UTF-8 and in memory: nothing can go wrong.
        while matches!(reader.read_record(&mut record), Ok(true)) {
            if rows.names.is_empty() {
                rows.names = record.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
                continue;
            }
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
            rows.rows.push((line, record.iter().map(cell).collect()));
        }
        rows
    }
}

/// One row under its names.
struct Row<'a> {
    names: &'a [String],
    cells: &'a [Option<String>],
}

impl Row<'_> {
    /// A cell that may be empty.
    fn cell(&self, name: &str) -> Option<&str> {
        let place = self.names.iter().position(|one| one == name)?;
        let cell = self.cells.get(place)?.as_deref()?.trim();
        (!cell.is_empty() && !cell.eq_ignore_ascii_case("null")).then_some(cell)
    }

    /// A cell that may be empty, read; `expected` says what it should hold.
    fn read<T>(
        &self,
        column: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, RowTrouble> {
        let Some(cell) = self.cell(column) else { return Ok(None) };
        let wrong =
            || RowTrouble::Wrong { column, value: cell.chars().take(40).collect(), expected };
        read(cell).map(Some).ok_or_else(wrong)
    }

    /// A cell that has to be there, read.
    fn need<T>(
        &self,
        column: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, RowTrouble> {
        self.read(column, expected, read)?.ok_or(RowTrouble::Missing(column))
    }

    /// The account, on the platform that it or the row names, else on the usual one.
    fn account(
        &self,
        column: &'static str,
        expected: &'static str,
        usual: Platform,
    ) -> Result<AccountId, RowTrouble> {
        let told = self.read("platform", "platform such as twitch", |word| word.parse().ok())?;
        let handle = |text: &str| AccountId::from_pasted(text, told.unwrap_or(usual)).ok();
        let account = self.need(column, expected, handle)?;
        let named = account.platform();
        match told {
            Some(platform) if platform != named => {
                Err(RowTrouble::Contradicting { column, named, platform })
            }
            Some(_) | None => Ok(account),
        }
    }
}
