//! Traces: who was on air when, from a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use almanac_wire::{AccountError, AccountId, Platform, Span, Timestamp};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rng::number_of;

/// One stretch on air: from `start` (included) to `end` (excluded).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Session {
    /// The first moment on air.
    pub start: Timestamp,
    /// The first moment no longer on air.
    pub end: Timestamp,
}

impl Session {
    /// Whether the moment lies inside.
    #[must_use]
    pub fn covers(&self, moment: Timestamp) -> bool {
        self.start <= moment && moment < self.end
    }
}

/// The sessions of every account.
///
/// Invariant: the keys are handles TikTok could have given out, unless it was opened with
/// [`Trace::open_any`]; an account's sessions are in order, of some length, and apart from each
/// other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace(BTreeMap<String, Vec<Session>>);

/// Which accounts of a trace to take.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Most accounts taken.
    pub accounts: usize,
    /// Another seed draws other accounts.
    pub seed: u64,
    /// Fewest sessions that begin in the stretch asked for.
    pub min_sessions: usize,
    /// The beginning of that stretch.
    pub from: Timestamp,
    /// Its length.
    pub length: Span,
}

/// Why a file is no trace.
#[derive(Debug, Error)]
pub enum TraceError {
    /// The file cannot be read.
    #[error("cannot read the trace {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line does not have the four columns, or is no text.
    #[error("the trace is no CSV with account,platform,start_utc,end_utc: {0}")]
    Csv(#[from] csv::Error),
    /// A time that is none.
    #[error("line {line} of the trace: “{found}” is no time such as 2026-06-14T11:34:34Z")]
    Time {
        /// Counted from 1, the header included.
        line: u64,
        /// The text found.
        found: String,
    },
    /// A name that TikTok could not have given out.
    #[error("line {line} of the trace: {source}")]
    Account {
        /// Counted from 1, the header included.
        line: u64,
        /// What is wrong with the name.
        source: AccountError,
    },
    /// A session that ends when it starts, or before.
    #[error("line {line} of the trace: the session ends before it starts")]
    Backwards {
        /// Counted from 1, the header included.
        line: u64,
    },
    /// Two sessions of an account that share a moment.
    #[error("line {line} of the trace: the session overlaps the one on line {other}")]
    Overlap {
        /// The later session's line, counted from 1, the header included.
        line: u64,
        /// The earlier session's line.
        other: u64,
    },
}

/// How the first column becomes a name.
type Naming = fn(&str) -> Result<String, AccountError>;

fn tiktok_handle(text: &str) -> Result<String, AccountError> {
    AccountId::new(Platform::Tiktok, text).map(|account| account.handle().to_owned())
}

fn any_name(text: &str) -> Result<String, AccountError> {
    let name = text.trim();
    if name.is_empty() { Err(AccountError::Empty) } else { Ok(name.to_owned()) }
}

#[derive(Deserialize)]
struct Row {
    account: String,
    start_utc: String,
    end_utc: String,
}

impl Trace {
    /// Reads `account,platform,start_utc,end_utc`, plain or packed with gzip.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is wrong: the error names the line.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        Self::open_as(path, tiktok_handle)
    }

    /// Reads a trace of any platform: whatever stands in the first column is a name.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is wrong: the error names the line.
    pub fn open_any(path: &Path) -> Result<Self, TraceError> {
        Self::open_as(path, any_name)
    }

    fn open_as(path: &Path, naming: Naming) -> Result<Self, TraceError> {
        let unreadable = |source| TraceError::Unreadable { path: path.to_owned(), source };
        let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
        let packed = file.fill_buf().map_err(unreadable)?.starts_with(&[0x1F, 0x8B]);
        if packed {
            Self::read_as(flate2::bufread::MultiGzDecoder::new(file), naming)
        } else {
            Self::read_as(file, naming)
        }
    }

    /// Reads the lines of a trace.
    ///
    /// # Errors
    /// When a line is wrong: the error names it.
    pub fn read(lines: impl Read) -> Result<Self, TraceError> {
        Self::read_as(lines, tiktok_handle)
    }

    fn read_as(lines: impl Read, naming: Naming) -> Result<Self, TraceError> {
        let mut reader = csv::Reader::from_reader(lines);
        let headers = reader.headers()?.clone();
        let mut found: BTreeMap<String, Vec<(Session, u64)>> = BTreeMap::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            let line = record.position().map_or(0, csv::Position::line);
            let row: Row = record.deserialize(Some(&headers))?;
            let account =
                naming(&row.account).map_err(|source| TraceError::Account { line, source })?;
            let session =
                Session { start: time(&row.start_utc, line)?, end: time(&row.end_utc, line)? };
            if session.end <= session.start {
                return Err(TraceError::Backwards { line });
            }
            found.entry(account).or_default().push((session, line));
        }
        found.into_iter().map(|(account, sessions)| Ok((account, in_order(sessions)?))).collect()
    }

    /// A seeded draw among the accounts with enough sessions in the stretch asked for.
    ///
    /// Those drawn keep all their sessions: the earlier ones serve as the last broadcast. Every
    /// account holds a ticket of its own and the lowest win, so a longer trace changes little.
    #[must_use]
    pub fn choose(&self, choice: &Choice) -> Self {
        let until = choice.from + choice.length;
        let begins_within =
            |session: &&Session| choice.from <= session.start && session.start < until;
        let mut eligible: Vec<_> = (self.0.iter())
            .filter(|(_, sessions)| {
                sessions.iter().filter(begins_within).count() >= choice.min_sessions
            })
            .collect();
        eligible.sort_by_key(|(account, _)| number_of(account, choice.seed));
        eligible.truncate(choice.accounts);
        eligible
            .into_iter()
            .map(|(account, sessions)| (account.clone(), sessions.clone()))
            .collect()
    }

    /// The accounts in alphabetical order, each with its sessions in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Session])> {
        self.0.iter().map(|(account, sessions)| (account.as_str(), sessions.as_slice()))
    }

    /// Whether there is nobody in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Midnight (UTC) before the first session of all.
    #[must_use]
    pub fn first_day(&self) -> Option<Timestamp> {
        let first = self.0.values().filter_map(|sessions| sessions.first()).min()?;
        Some(midnight_before(first.start))
    }
}

impl FromIterator<(String, Vec<Session>)> for Trace {
    /// For whoever keeps the invariant: the generator, the reader and tests.
    fn from_iter<I: IntoIterator<Item = (String, Vec<Session>)>>(accounts: I) -> Self {
        Self(accounts.into_iter().collect())
    }
}

/// Midnight (UTC) at or before a moment.
pub(crate) fn midnight_before(moment: Timestamp) -> Timestamp {
    moment - Span::from_ms(moment.ms().rem_euclid(Span::DAY.ms()))
}

fn time(text: &str, line: u64) -> Result<Timestamp, TraceError> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| Timestamp::from_ms(time.timestamp_millis()))
        .map_err(|_| TraceError::Time { line, found: text.to_owned() })
}

fn in_order(mut sessions: Vec<(Session, u64)>) -> Result<Vec<Session>, TraceError> {
    sessions.sort_unstable();
    match sessions.windows(2).find(|pair| pair[0].0.end > pair[1].0.start) {
        Some(pair) => Err(TraceError::Overlap { line: pair[1].1, other: pair[0].1 }),
        None => Ok(sessions.into_iter().map(|(session, _)| session).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const HEADER: &str = "account,platform,start_utc,end_utc\n";

    fn read(lines: &str) -> Result<Trace, String> {
        Trace::read(format!("{HEADER}{lines}").as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn sessions_come_out_in_order() {
        let trace = read(
            "b,twitch,2026-06-02T00:00:00Z,2026-06-02T01:00:00Z\n\
             a,twitch,2026-06-01T23:00:00Z,2026-06-02T01:30:00Z\n\
             b,twitch,2026-06-01T02:00:00+02:00,2026-06-01T00:30:00Z\n",
        )
        .unwrap();
        let accounts: Vec<_> =
            trace.iter().map(|(account, sessions)| (account, sessions.len())).collect();
        assert_eq!(accounts, [("a", 1), ("b", 2)]);
        assert_eq!(trace.first_day(), Some(Timestamp::from_s(1_780_272_000)));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let good = "a,twitch,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z\n";
        let because = |line: &str| read(&format!("{good}{line}")).unwrap_err();
        assert_eq!(
            because("a,twitch,yesterday,2026-06-01T01:00:00Z\n"),
            "line 3 of the trace: “yesterday” is no time such as 2026-06-14T11:34:34Z"
        );
        assert_eq!(
            because("b,twitch,2026-06-01T01:00:00Z,2026-06-01T01:00:00Z\n"),
            "line 3 of the trace: the session ends before it starts"
        );
        assert_eq!(
            because("a,twitch,2026-06-01T00:59:59Z,2026-06-01T02:00:00Z\n"),
            "line 3 of the trace: the session overlaps the one on line 2"
        );
        assert_eq!(
            because("a/b,twitch,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z\n"),
            "line 3 of the trace: “a/b” has “/”, which TikTok handles cannot have"
        );
        assert!(because("a,twitch,2026-06-01T00:00:00Z\n").contains("line: 3"), "too few columns");
        assert!(
            Trace::read("who,when\nme,now\n".as_bytes())
                .unwrap_err()
                .to_string()
                .contains("account")
        );
        let missing = Trace::open(Path::new("no/such/trace.csv")).unwrap_err().to_string();
        assert!(missing.contains("no/such/trace.csv"), "{missing}");
    }

    #[test]
    fn other_platforms_have_other_names() {
        let line = "UCx-Y:z,youtube,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z\n";
        let text = format!("{HEADER}{line}");
        let trace = Trace::read_as(text.as_bytes(), any_name).unwrap();
        assert_eq!(trace.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["UCx-Y:z"]);
        let nobody = text.replace("UCx-Y:z", " ");
        let error = Trace::read_as(nobody.as_bytes(), any_name).unwrap_err().to_string();
        assert_eq!(error, "line 2 of the trace: no handle here");
    }

    #[test]
    fn packed_and_plain_files_read_alike() {
        let text = format!("{HEADER}a,twitch,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z\n");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        let folder = std::env::temp_dir().join(format!("almanac-fakes-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (plain_path, packed_path) = (folder.join("plain"), folder.join("packed"));
        std::fs::write(&plain_path, &text).unwrap();
        std::fs::write(&packed_path, packed.finish().unwrap()).unwrap();
        assert_eq!(Trace::open(&plain_path).unwrap(), Trace::open(&packed_path).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_draw_follows_from_the_seed_and_keeps_whole_accounts() {
        let trace = Trace::generate(40, 30, 1, Timestamp::from_s(1_780_272_000));
        let choice = |seed, min_sessions| Choice {
            accounts: 6,
            seed,
            min_sessions,
            from: Timestamp::from_s(1_780_272_000) + Span::DAY * 10,
            length: Span::DAY * 10,
        };
        let drawn = trace.choose(&choice(1, 8));
        assert_eq!(drawn.iter().count(), 6);
        assert_eq!(drawn, trace.choose(&choice(1, 8)));
        assert_ne!(drawn, trace.choose(&choice(2, 8)));
        for (account, sessions) in drawn.iter() {
            assert_eq!(Some(sessions), trace.0.get(account).map(Vec::as_slice));
        }
        assert!(trace.choose(&choice(1, 1000)).is_empty());
    }
}
