//! The backup file: everything recorded, as one JSON file that is written and read line by line, so
//! that a million sessions never have to be one text in memory.
//!
//! A file cut anywhere is no backup: its last line says how many records there are, and closes the
//! JSON. Reading tells what is wrong, and on which line, before anything is changed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use almanac_engine::{AlertBook, CheckDay, LogEntry, Session, Settings, Track};
use almanac_wire::Timestamp;

use crate::jobs::Failure;

/// Raised when an older version could not read the file.
const VERSION: u32 = 1;

/// Where a record belongs: the stores of the database, by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Accounts.
    Accounts,
    /// Sessions.
    Sessions,
    /// Days of checks.
    Checks,
    /// What is believed: bytes, written as hexadecimal digits.
    Patterns,
    /// What trials counted: bytes, too.
    Trials,
    /// Settings and what was told.
    Settings,
    /// The log.
    Log,
}

impl Kind {
    /// In the order in which they are written.
    pub(crate) const ALL: [Self; 7] = [
        Self::Settings,
        Self::Accounts,
        Self::Patterns,
        Self::Trials,
        Self::Sessions,
        Self::Checks,
        Self::Log,
    ];

    /// The name of its store.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Sessions => "sessions",
            Self::Checks => "checks",
            Self::Patterns => "patterns",
            Self::Trials => "trials",
            Self::Settings => "settings",
            Self::Log => "log",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    almanac: String,
    version: u32,
    made_at: Timestamp,
}

/// What stands before the records.
pub(crate) fn head(made_at: Timestamp) -> String {
    format!(
        "{{\"almanac\":\"backup\",\"version\":{VERSION},\"made_at\":{},\"records\":[\n",
        made_at.ms()
    )
}

/// The line of one record, given as JSON.
pub(crate) fn line(kind: Kind, json: &str) -> String {
    format!("[\"{}\",{json}],\n", kind.word())
}

/// What stands behind so many records. It has no line end: every part of a backup is none.
pub(crate) fn tail(records: u64) -> String {
    format!("[\"end\",{records}]]}}")
}

/// One record of a backup, understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// An account.
    Track(Box<Track>),
    /// A session.
    Session(Session),
    /// A day of checks.
    CheckDay(CheckDay),
    /// Bytes under a name: what is believed, or what a trial counted.
    Bytes {
        /// Where they belong.
        kind: Kind,
        /// Under which name.
        of: String,
        /// In the store's own form; what is not understood there is learned anew.
        bytes: Vec<u8>,
    },
    /// The settings.
    Settings(Settings),
    /// What was told.
    Alerts(Box<AlertBook>),
    /// A line of the log.
    Log(LogEntry),
}

#[derive(Deserialize)]
struct Bytes {
    of: String,
    hex: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Reads a backup line by line.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Lines read.
    lines: u64,
    records: u64,
    made_at: Option<Timestamp>,
    ended: bool,
}

impl Reader {
    /// Takes the next line, without its end; `None` where it holds no record.
    pub(crate) fn take(&mut self, line: &[u8]) -> Result<Option<Record>, Failure> {
        self.lines += 1;
        if self.ended {
            return Err(Failure::MiscountedBackup);
        }
        if self.made_at.is_none() {
            self.made_at = Some(read_head(line)?);
            return Ok(None);
        }
        let damaged = Failure::DamagedBackup { line: self.lines };
        // A file that ends amid a line ends without what ends a line.
        if !line.ends_with(b"],") && !line.ends_with(b"]]}") {
            return Err(Failure::CutBackup { line: self.lines });
        }
        let parts = str::from_utf8(line).ok().and_then(|line| line.strip_prefix("[\""));
        let Some((word, rest)) = parts.and_then(|rest| rest.split_once("\",")) else {
            return Err(damaged);
        };
        if word == "end" {
            let count = rest.strip_suffix("]]}").and_then(|count| count.parse::<u64>().ok());
            return match count {
                Some(count) if count == self.records => {
                    self.ended = true;
                    Ok(None)
                }
                Some(_) => Err(Failure::MiscountedBackup),
                None => Err(Failure::CutBackup { line: self.lines }),
            };
        }
        let json = rest.strip_suffix("],").ok_or(Failure::CutBackup { line: self.lines })?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word);
        let record = kind.and_then(|kind| record(kind, json)).ok_or(damaged)?;
        self.records += 1;
        Ok(Some(record))
    }

    /// All lines were taken: when the backup was made, if it is whole.
    pub(crate) fn finish(&self) -> Result<Timestamp, Failure> {
        match self.made_at {
            Some(made_at) if self.ended => Ok(made_at),
            Some(_) => Err(Failure::CutBackup { line: self.lines }),
            None => Err(Failure::NoBackup),
        }
    }
}

fn read_head(line: &[u8]) -> Result<Timestamp, Failure> {
    // The array of records is closed on the last line.
    let head = str::from_utf8(line).ok().and_then(|line| line.strip_suffix('['));
    let head = head.and_then(|head| parsed::<Head>(&format!("{head}[]}}")));
    let head = head.ok_or(Failure::NoBackup)?;
    if head.almanac != "backup" {
        return Err(Failure::NoBackup);
    }
    if head.version > VERSION {
        return Err(Failure::LaterBackup { format: head.version });
    }
    Ok(head.made_at)
}

fn record(kind: Kind, json: &str) -> Option<Record> {
    Some(match kind {
        Kind::Accounts => Record::Track(parsed(json)?),
        Kind::Sessions => Record::Session(parsed(json)?),
        Kind::Checks => Record::CheckDay(parsed(json)?),
        Kind::Log => Record::Log(parsed(json)?),
        Kind::Patterns | Kind::Trials => {
            let Bytes { of, hex } = parsed(json)?;
            Record::Bytes { kind, of, bytes: from_hex(&hex)? }
        }
        Kind::Settings => match parsed::<Named>(json)?.name.as_str() {
            "settings" => Record::Settings(parsed(json)?),
            "alerts" => Record::Alerts(parsed(json)?),
            _ => return None,
        },
    })
}

fn parsed<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

/// Bytes as hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |n: u8| DIGITS.get(usize::from(n)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use almanac_engine::{End, Interval, KnownBy};
    use proptest::prelude::*;

    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_s(1_780_000_000 + s)
    }

    fn session(n: i64, title: &str) -> Session {
        Session {
            account: "tiktok:mira".parse().unwrap(),
            recorded_at: at(n),
            start: Interval::exact(at(n)),
            end: End::Over(Interval::exact(at(n + 100))),
            known_by: KnownBy::Seen,
            room_id: None,
            started_at: None,
            title: Some(title.to_owned()),
            peak_viewers: Some(7),
            gifts: None,
        }
    }

    /// A backup of sessions with such titles, and one of everything else.
    fn backup(titles: &[String]) -> (String, Vec<Record>) {
        let track = Track::new("tiktok:mira".parse().unwrap(), at(0));
        let mut text = head(at(9));
        let mut records = vec![
            Record::Settings(Settings::default()),
            Record::Track(Box::new(track.clone())),
            Record::Bytes {
                kind: Kind::Patterns,
                of: "tiktok:mira".to_owned(),
                bytes: vec![0, 15, 255],
            },
        ];
        let settings = serde_json::to_value(Settings::default()).unwrap();
        let mut settings = settings.as_object().unwrap().clone();
        settings.insert("name".to_owned(), "settings".into());
        text += &line(Kind::Settings, &serde_json::to_string(&settings).unwrap());
        text += &line(Kind::Accounts, &serde_json::to_string(&track).unwrap());
        text += &line(
            Kind::Patterns,
            &format!("{{\"of\":\"tiktok:mira\",\"hex\":\"{}\"}}", to_hex(&[0, 15, 255])),
        );
        for (n, title) in (1..).zip(titles) {
            let session = session(n, title);
            text += &line(Kind::Sessions, &serde_json::to_string(&session).unwrap());
            records.push(Record::Session(session));
        }
        text += &tail(records.len().try_into().unwrap());
        (text, records)
    }

    fn read(text: impl AsRef<[u8]>) -> Result<(Timestamp, Vec<Record>), Failure> {
        let mut reader = Reader::default();
        let mut records = Vec::new();
        for line in text.as_ref().split(|byte| *byte == b'\n') {
            records.extend(reader.take(line)?);
        }
        Ok((reader.finish()?, records))
    }

    #[test]
    fn a_backup_is_json_and_comes_back() {
        let (text, records) = backup(&["Clay".to_owned(), "“wet”\n],".to_owned()]);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        assert_eq!(read(&text), Ok((at(9), records)));
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        assert_eq!(read(""), Err(Failure::NoBackup));
        assert_eq!(read("{\"name\":\"x\"}"), Err(Failure::NoBackup));
        let (text, _) = backup(&[]);
        assert_eq!(
            read(text.replace("\"version\":1", "\"version\":2")),
            Err(Failure::LaterBackup { format: 2 })
        );
        let damaged = text.replace("000fff", "000fxx");
        assert_eq!(read(&damaged), Err(Failure::DamagedBackup { line: 4 }));
        assert_eq!(read(text.replace("\"end\",3", "\"end\",4")), Err(Failure::MiscountedBackup));
        assert_eq!(read(format!("{text}\n")), Err(Failure::MiscountedBackup));
    }

    proptest! {
        #[test]
        fn a_backup_cut_anywhere_is_none(titles in prop::collection::vec(".{0,12}", 0..4)) {
            let (text, _) = backup(&titles);
            prop_assert!(read(&text).is_ok());
            let head = text.find('\n').unwrap_or_default();
            for cut in 0..text.len() {
                let part = &text.as_bytes()[..cut];
                let told = read(part);
                let looks_whole = part.ends_with(b"],");
                match told {
                    Err(Failure::NoBackup) => prop_assert!(cut < head),
                    Err(Failure::DamagedBackup { .. }) => prop_assert!(looks_whole, "at {}", cut),
                    other => prop_assert!(
                        matches!(other, Err(Failure::CutBackup { .. })),
                        "cut at {}: {:?}", cut, other
                    ),
                }
            }
        }
    }
}
