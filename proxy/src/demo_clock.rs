//! Keeps the demo's time line over restarts: it stands still while no proxy runs, and never goes
//! back.
//!
//! Where the clock may go until the next write is written ahead, so that after a crash it goes on
//! at most that far on; a proper end writes where it stopped.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use almanac_wire::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Anchors, Clock, Rate, wall};

const WRITE_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    timeline: String,
    resume_at: Timestamp,
}

/// The file that keeps the demo's clock.
#[derive(Debug)]
pub(crate) struct DemoClock {
    path: PathBuf,
    clock: Clock,
}

impl DemoClock {
    /// Goes on where the file says, or starts a new time line at the world's time.
    pub(crate) fn open(path: PathBuf, rate: Rate) -> Self {
        let real = wall();
        let kept = match read(&path) {
            Ok(Some(kept)) => kept,
            Ok(None) => Self::fresh(real, rate),
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "the demo's clock is unreadable; it starts anew");
                Self::fresh(real, rate)
            }
        };
        let clock = Clock::made_up(Anchors { real, sim: kept.resume_at, rate }, kept.timeline);
        Self { path, clock }
    }

    fn fresh(now: Timestamp, rate: Rate) -> Kept {
        Kept { timeline: format!("demo-{}-x{rate}", now.ms()), resume_at: now }
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Writes ahead for ever.
    pub(crate) async fn keep(&self) {
        let mut ticks = tokio::time::interval(WRITE_EVERY);
        loop {
            ticks.tick().await;
            // Twice the time to the next write, should that one be late.
            self.write(self.clock.now() + self.clock.stretch(WRITE_EVERY * 2));
        }
    }

    /// Writes where the clock stopped.
    pub(crate) fn stop(&self) {
        self.write(self.clock.now());
    }

    fn write(&self, resume_at: Timestamp) {
        let Some(timeline) = self.clock.timeline() else { return };
        let kept = Kept { timeline: timeline.to_owned(), resume_at };
        if let Err(error) = replace(&self.path, &kept) {
            tracing::warn!(%error, path = %self.path.display(), "the demo's clock cannot be kept");
        }
    }
}

fn read(path: &Path) -> io::Result<Option<Kept>> {
    match fs::read(path) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn replace(path: &Path, kept: &Kept) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    fs::write(&beside, serde_json::to_vec(kept)?)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use almanac_wire::Span;

    use super::*;

    fn open(path: &Path) -> DemoClock {
        DemoClock::open(path.to_owned(), "5040".parse().unwrap())
    }

    #[test]
    fn it_stands_still_between_runs() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock.json");
        let first = open(&path);
        assert!((first.clock.now() - wall()).ms() < 60_000 * 60);
        first.stop();
        let stopped = read(&path).unwrap().unwrap().resume_at;
        std::thread::sleep(Duration::from_millis(50));
        let second = open(&path);
        let went_on = second.clock.now() - stopped;
        assert!(went_on >= Span::ZERO && went_on < Span::from_ms(40 * 5040), "{went_on}");
        assert_eq!(second.clock.timeline(), first.clock.timeline());
    }

    #[tokio::test]
    async fn it_never_goes_back_after_a_crash() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock.json");
        let first = open(&path);
        tokio::time::timeout(Duration::from_millis(20), first.keep()).await.unwrap_err();
        let crashed_at = first.clock.now();
        assert!(open(&path).clock.now() >= crashed_at);
    }

    #[test]
    fn an_unreadable_file_starts_a_new_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock.json");
        fs::write(&path, "{").unwrap();
        assert!(open(&path).clock.timeline().unwrap().starts_with("demo-"));
    }
}
