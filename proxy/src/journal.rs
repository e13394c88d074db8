//! The requests to one upstream, on disk, so that a restart forgets none: JSON lines.
//!
//! Invariant: once [`Journal::record`] of a reservation has returned, it survives a crash. What
//! could not be written in full never counts as written: after a failure the whole file is
//! written anew before anything else is.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use almanac_engine::budget::{Ledger, Spend, Ticket, Told, Word};
use almanac_wire::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Lines that a file may gain, whatever it holds, before it is tidied.
const TIDY_ABOVE: usize = 1000;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// What the times below are by.
    Clock(Reading),
    /// A request is about to be sent.
    Reserve { ticket: u64, at: Timestamp },
    /// It was not sent after all.
    Withdraw { ticket: u64 },
    /// Its answer or failure is in.
    Settle { ticket: u64, at: Timestamp },
    /// What its answer says of the upstream's own quotas, as far as later requests left it.
    Told { ticket: u64, words: Vec<Word> },
}

/// What the system's clock showed so long after the machine was started: it may be set, that
/// machine's own time goes on evenly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// Names the start of the machine.
    pub(crate) boot: String,
    /// How long ago it was, in milliseconds.
    pub(crate) up_ms: i64,
    /// What the clock showed.
    pub(crate) at: Timestamp,
}

impl Reading {
    /// How far the clock was set ahead between two readings; unknown across a start of the machine.
    fn set_ahead(&self, later: &Self) -> Option<Span> {
        let passed = Span::from_ms(later.up_ms - self.up_ms);
        (self.boot == later.boot).then(|| later.at - (self.at + passed))
    }
}

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    reading: Option<Reading>,
    lines: usize,
    /// With so many lines it is worth writing anew.
    most_lines: usize,
    /// Length in bytes up to which the file is as we wrote it; `None` after a failure.
    sound: Option<u64>,
}

/// What a journal holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) spends: Vec<Spend>,
    pub(crate) told: Told,
    /// What the times are by, where that is known.
    pub(crate) reading: Option<Reading>,
    /// Lines nobody can read. Each counts as a request of unknown time.
    pub(crate) damaged: usize,
}

impl Journal {
    /// What is on disk; nothing when there is no file.
    pub(crate) fn read(path: &Path) -> io::Result<Contents> {
        match fs::read(path) {
            Ok(bytes) => Ok(parse(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(parse(&[])),
            Err(error) => Err(error),
        }
    }

    /// Starts a journal that holds what the ledger does.
    pub(crate) fn start(
        path: PathBuf,
        ledger: &Ledger,
        reading: Option<Reading>,
    ) -> io::Result<Self> {
        let mut journal = Self { path, reading, lines: 0, most_lines: 0, sound: None };
        journal.rewrite(ledger)?;
        Ok(journal)
    }

    /// Adds entries, with which the ledger is as given. A reservation is on disk afterwards;
    /// the others need not be, since losing them only makes a request count for longer.
    pub(crate) fn record(
        &mut self,
        entries: &[Entry],
        ledger: impl FnOnce() -> Ledger,
    ) -> io::Result<()> {
        if self.lines >= self.most_lines {
            return self.rewrite(&ledger());
        }
        let Some(sound) = self.sound else { return self.rewrite(&ledger()) };
        let Some(mut file) = self.open_unchanged(sound) else { return self.rewrite(&ledger()) };
        self.sound = None;
        let mut text = Vec::new();
        for entry in entries {
            text.extend(line(entry)?);
        }
        file.write_all(&text)?;
        if entries.iter().any(|entry| matches!(entry, Entry::Reserve { .. })) {
            file.sync_data()?;
        }
        self.sound = Some(sound.saturating_add(length(&text)));
        self.lines += entries.len();
        Ok(())
    }

    /// Opened anew each time: a file that was removed or replaced would go on swallowing writes.
    fn open_unchanged(&self, length: u64) -> Option<File> {
        let file = OpenOptions::new().append(true).open(&self.path).ok()?;
        let metadata = file.metadata().ok()?;
        (metadata.is_file() && metadata.len() == length).then_some(file)
    }

    fn rewrite(&mut self, ledger: &Ledger) -> io::Result<()> {
        self.sound = None;
        let mut text = Vec::new();
        let mut lines = 0;
        let told = ledger.told().words();
        let told = told.map(|(Ticket(ticket), words)| Entry::Told { ticket, words });
        let reading = self.reading.clone().map(Entry::Clock);
        for entry in reading.into_iter().chain(ledger.spends().flat_map(entries)).chain(told) {
            text.extend(line(&entry)?);
            lines += 1;
        }
        let beside = self.path.with_extension("tmp");
        let mut file = File::create(&beside)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.lines = lines;
        self.most_lines = TIDY_ABOVE + 2 * lines;
        self.sound = Some(length(&text));
        Ok(())
    }
}

fn entries(spend: Spend) -> impl Iterator<Item = Entry> {
    let ticket = spend.ticket.0;
    let reserve = Entry::Reserve { ticket, at: spend.reserved_at };
    let settle = spend.settled_at.map(|at| Entry::Settle { ticket, at });
    std::iter::once(reserve).chain(settle)
}

fn line(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    Ok(line)
}

fn length(text: &[u8]) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn parse(bytes: &[u8]) -> Contents {
    let mut spends: BTreeMap<u64, Spend> = BTreeMap::new();
    let (mut told, mut reading) = (Told::new(), None);
    let mut damaged = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(Entry::Clock(read)) => reading = Some(read),
            Ok(Entry::Told { ticket, words }) => told = Told::of(Ticket(ticket), &words),
            Ok(Entry::Withdraw { ticket }) => {
                spends.remove(&ticket);
            }
            Ok(Entry::Reserve { ticket, at }) => {
                told.spend();
                spends.insert(
                    ticket,
                    Spend { ticket: Ticket(ticket), reserved_at: at, settled_at: None },
                );
            }
            Ok(Entry::Settle { ticket, at }) => {
                if let Some(spend) = spends.get_mut(&ticket) {
                    spend.settled_at = Some(at);
                }
            }
            // Cut off while it was being written, so what it stands for never went out.
            Err(_) if !line.ends_with(b"\n") => {}
            Err(_) => damaged += 1,
        }
    }
    let next = spends.last_key_value().map_or(0, |(ticket, _)| ticket.saturating_add(1));
    let unknown = (next..).take(damaged).map(|ticket| Spend {
        ticket: Ticket(ticket),
        reserved_at: Timestamp::from_ms(0),
        settled_at: None,
    });
    Contents { spends: spends.into_values().chain(unknown).collect(), told, reading, damaged }
}

impl Contents {
    /// The same by the clock as it is now, if it was set in between; and how far it was.
    pub(crate) fn by(mut self, now: Option<&Reading>) -> (Self, Span) {
        let ahead = self.reading.as_ref().zip(now).and_then(|(then, now)| then.set_ahead(now));
        // Less than this, and it was only kept right.
        let Some(ahead) = ahead.filter(|ahead| ahead.ms().abs() >= 1000) else {
            return (self, Span::ZERO);
        };
        for spend in &mut self.spends {
            spend.reserved_at += ahead;
            spend.settled_at = spend.settled_at.map(|at| at + ahead);
        }
        (self, ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_s(s)
    }

    fn ledger() -> Ledger {
        Ledger::new("1000/min,5000/day".parse().unwrap())
    }

    fn spend(journal: &mut Journal, ledger: &mut Ledger, now: i64) -> io::Result<Ticket> {
        let mut next = ledger.clone();
        let ticket = next.reserve(at(now)).unwrap();
        journal.record(&[Entry::Reserve { ticket: ticket.0, at: at(now) }], || next.clone())?;
        *ledger = next;
        Ok(ticket)
    }

    #[test]
    fn what_was_recorded_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("budget.journal");
        let mut ledger = ledger();
        let mut journal = Journal::start(path.clone(), &ledger, None).unwrap();
        let first = spend(&mut journal, &mut ledger, 10).unwrap();
        spend(&mut journal, &mut ledger, 11).unwrap();
        ledger.settle(first, at(12));
        journal
            .record(&[Entry::Settle { ticket: first.0, at: at(12) }], || ledger.clone())
            .unwrap();
        let contents = Journal::read(&path).unwrap();
        assert_eq!(contents.spends, ledger.spends().collect::<Vec<_>>());
        assert_eq!((contents.told, contents.damaged), (Told::new(), 0));
        assert_eq!(
            fs::read_to_string(&path).unwrap().lines().next(),
            Some(r#"{"reserve":{"ticket":0,"at":10000}}"#)
        );
    }

    #[test]
    fn a_line_cut_off_counts_for_nothing_and_a_damaged_one_for_a_request() {
        let whole = "{\"reserve\":{\"ticket\":7,\"at\":1000}}\n";
        let cut = parse(format!("{whole}{{\"reserve\":{{\"tick").as_bytes());
        assert_eq!((cut.spends.len(), cut.damaged), (1, 0));
        let damaged = parse(format!("\0\0\0\n{whole}").as_bytes());
        assert_eq!((damaged.spends.len(), damaged.damaged), (2, 1));
        assert_eq!(damaged.spends[1].ticket, Ticket(8));
        assert_eq!(parse(&[]).spends, []);
    }

    #[test]
    fn what_the_upstream_said_is_kept_as_far_as_it_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("budget.journal");
        let mut ledger = ledger();
        let mut journal = Journal::start(path.clone(), &ledger, None).unwrap();
        let first = spend(&mut journal, &mut ledger, 10).unwrap();
        let words = vec![
            Word::Left { remaining: 5, until: at(60) },
            Word::Window("7/min".parse::<almanac_wire::Quotas>().unwrap().as_slice()[0]),
        ];
        ledger.heed(first, &words, at(11));
        journal.record(&[Entry::Told { ticket: first.0, words }], || ledger.clone()).unwrap();
        let second = spend(&mut journal, &mut ledger, 12).unwrap();
        assert_eq!(Journal::read(&path).unwrap().told, *ledger.told());
        ledger.withdraw(second);
        journal.record(&[Entry::Withdraw { ticket: second.0 }], || ledger.clone()).unwrap();
        assert_eq!(Journal::read(&path).unwrap().spends.len(), 1);
        journal.rewrite(&ledger).unwrap();
        assert_eq!(Journal::read(&path).unwrap().told, *ledger.told());
    }

    #[test]
    fn a_clock_that_was_set_moves_what_was_written_by_it() {
        let reading = |boot: &str, up_s: i64, now| Reading {
            boot: boot.to_owned(),
            up_ms: up_s * 1000,
            at: at(now),
        };
        let text = "{\"clock\":{\"boot\":\"a\",\"up_ms\":5000,\"at\":1000000}}\n\
            {\"reserve\":{\"ticket\":7,\"at\":1010000}}\n";
        for (later, ahead) in [
            (reading("a", 105, 1100), 0),
            (reading("a", 105, 4700), 3600),
            (reading("a", 105, 100), -1000),
            // The machine was started anew: nobody knows.
            (reading("b", 5, 4700), 0),
        ] {
            let (contents, moved) = parse(text.as_bytes()).by(Some(&later));
            assert_eq!(moved, Span::from_s(ahead));
            assert_eq!(contents.spends[0].reserved_at, at(1010 + ahead));
        }
        assert_eq!(parse(text.as_bytes()).by(None).1, Span::ZERO);
    }

    #[test]
    fn it_stays_small() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("budget.journal");
        let mut ledger = Ledger::new("5/s".parse().unwrap());
        let mut journal = Journal::start(path.clone(), &ledger, None).unwrap();
        for s in 0..2000 {
            let ticket = spend(&mut journal, &mut ledger, s).unwrap();
            ledger.settle(ticket, at(s));
            journal
                .record(&[Entry::Settle { ticket: ticket.0, at: at(s) }], || ledger.clone())
                .unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap().lines().count() <= TIDY_ABOVE + 20);
        assert_eq!(Journal::read(&path).unwrap().spends.last(), ledger.spends().last().as_ref());
    }

    #[test]
    fn it_refuses_while_it_cannot_write_and_then_misses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("state");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("budget.journal");
        let mut ledger = ledger();
        let mut journal = Journal::start(path.clone(), &ledger, None).unwrap();
        spend(&mut journal, &mut ledger, 1).unwrap();
        fs::rename(&folder, dir.path().join("aside")).unwrap();
        for now in 2..5 {
            assert!(spend(&mut journal, &mut ledger, now).is_err());
        }
        fs::create_dir(&folder).unwrap();
        spend(&mut journal, &mut ledger, 6).unwrap();
        assert_eq!(Journal::read(&path).unwrap().spends, ledger.spends().collect::<Vec<_>>());
        assert_eq!(ledger.spends().count(), 2);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_refuses_and_leaves_nothing_half_counted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("budget.journal");
        let mut ledger = ledger();
        let mut journal = Journal::start(path.clone(), &ledger, None).unwrap();
        std::os::unix::fs::symlink("/dev/full", dir.path().join("budget.tmp")).unwrap();
        // Whatever the file holds is no longer what was written: it has to be written anew.
        fs::write(&path, "{\"reserve\":").unwrap();
        assert_eq!(spend(&mut journal, &mut ledger, 1).unwrap_err().raw_os_error(), Some(28));
        fs::remove_file(dir.path().join("budget.tmp")).unwrap();
        spend(&mut journal, &mut ledger, 2).unwrap();
        assert_eq!(Journal::read(&path).unwrap().spends, ledger.spends().collect::<Vec<_>>());
    }
}
