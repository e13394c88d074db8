//! Work on files that a tab asks the monitor for: backups, tables, the log. Files themselves go
//! along beside these words: a browser hands them over without copying.

use serde::{Deserialize, Serialize};

use almanac_engine::tables::{RowTrouble, TableError};
use almanac_engine::{LogEntry, ProxyFailure, Zone};
use almanac_wire::{Platform, Timestamp};

/// Anything said on the channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// By a tab to whoever runs the monitor.
    Asked(Job),
    /// By the monitor to the tab that asked.
    Told(Report),
}

/// What is asked; a file goes along where one is needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// A backup of everything.
    Backup,
    /// All sessions as CSV.
    Sessions,
    /// What would change if this backup were restored.
    LookAtBackup,
    /// Restore this backup.
    Restore,
    /// What is new in this table of sessions.
    LookAtTable(Reading),
    /// Take in what is new in this table of sessions.
    Import(Reading),
    /// Past broadcasts of all accounts, from the platforms that list them.
    Backfill,
    /// The log, latest first.
    Log,
    /// These lines of the log as a file.
    LogFile(Vec<LogEntry>),
}

/// What a table does not say of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The platform of a handle that names none.
    pub platform: Platform,
    /// The zone of dates and times that name none.
    pub zone: Zone,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// A file goes along, to be saved under a name.
    File(String),
    /// What a backup holds.
    Backup(BackupView),
    /// What a table holds.
    Table(TableView),
    /// A backup is restored.
    Restored(BackupView),
    /// A table is taken in.
    Imported(TableView),
    /// How far a backfill is; `done` of `of` accounts.
    Backfilling {
        /// Accounts asked about.
        done: usize,
        /// Of so many.
        of: usize,
        /// Sessions that are new.
        fresh: usize,
    },
    /// A backfill is over.
    Backfilled {
        /// Sessions that are new.
        fresh: usize,
        /// Accounts that could not be asked about: how many, and why the last.
        failed: Option<(usize, ProxyFailure)>,
        /// Accounts on platforms that list no past broadcasts.
        unlisted: usize,
        /// Accounts on platforms that the proxy does not serve.
        unserved: usize,
    },
    /// The log, latest first.
    Log(Vec<LogEntry>),
    /// It failed; nothing was changed.
    Failed(Failure),
}

/// Why work on a file failed; whoever shows it says it in words. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// The browser gives no storage.
    NoStorage,
    /// The file is no backup.
    NoBackup,
    /// A later version wrote the backup.
    LaterBackup {
        /// In this format.
        format: u32,
    },
    /// The end of the backup is missing.
    CutBackup {
        /// The last line that is whole, from 1.
        line: u64,
    },
    /// A line of the backup is damaged.
    DamagedBackup {
        /// Which, from 1.
        line: u64,
    },
    /// Something follows the end of the backup, or records are missing.
    MiscountedBackup,
    /// The file is no table of sessions.
    NoTable,
    /// There is nothing in the file.
    EmptyFile,
    /// Records wait to be stored, and it cannot be done before they are.
    RecordsWait,
    /// The disk, or this site's share of it, is full.
    Full,
    /// Something stored here is not understood.
    Unread,
    /// The browser refused.
    Browser(String),
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Unknown => Self::NoTable,
            TableError::Empty => Self::EmptyFile,
        }
    }
}

/// What a backup holds, against what is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupView {
    /// When it was made.
    pub made_at: Option<Timestamp>,
    /// Accounts.
    pub accounts: Tally,
    /// Sessions.
    pub sessions: Tally,
    /// Days of checks.
    pub days: Tally,
    /// Whether it holds settings, which take the place of those here.
    pub settings: bool,
}

/// Records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Not here yet.
    pub fresh: usize,
    /// Here already: the backup's take their place.
    pub replaced: usize,
}

/// Why a row of a table cannot be used; whoever shows it says it in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowProblem {
    /// A column that a row must fill is empty.
    Missing(String),
    /// A column holds what cannot be read.
    Wrong {
        /// Which.
        column: String,
        /// What it holds, shortened.
        value: String,
        /// What could stand there; empty where that is no matter of form.
        example: String,
    },
    /// The end lies before the start.
    Backwards,
    /// It has another number of columns than the first line names.
    Columns {
        /// How many it has.
        found: usize,
        /// How many the first line names.
        expected: usize,
    },
    /// The account names another platform than the column for it.
    Contradicting {
        /// The account's column.
        column: String,
        /// What the account names.
        named: Platform,
        /// What the column `platform` names.
        platform: Platform,
    },
    /// It begins or ends in the time to come.
    Future,
}

impl From<&RowTrouble> for RowProblem {
    fn from(trouble: &RowTrouble) -> Self {
        match trouble {
            RowTrouble::Missing(column) => Self::Missing((*column).to_owned()),
            RowTrouble::Wrong { column, value, expected } => Self::Wrong {
                column: (*column).to_owned(),
                value: value.clone(),
                example: expected.split_once("such as ").map_or("", |(_, one)| one).to_owned(),
            },
            RowTrouble::Backwards => Self::Backwards,
            RowTrouble::Future => Self::Future,
            RowTrouble::Columns { found, expected } => {
                Self::Columns { found: *found, expected: *expected }
            }
            RowTrouble::Contradicting { column, named, platform } => Self::Contradicting {
                column: (*column).to_owned(),
                named: *named,
                platform: *platform,
            },
        }
    }
}

/// What a table holds, against what is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// Sessions that are not here yet.
    pub fresh: usize,
    /// Sessions that are.
    pub same: usize,
    /// Accounts that would be followed.
    pub accounts: usize,
    /// Sessions left out, for there is no room for their accounts.
    pub no_room: usize,
    /// Rows that cannot be used: the first of them, each with its line and the reason.
    pub refused: Vec<(u64, RowProblem)>,
    /// How many those are in all.
    pub refused_in_all: usize,
}
