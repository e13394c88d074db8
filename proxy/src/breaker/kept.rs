//! The breaker of one upstream, kept on disk: a restart is no way around it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use almanac_wire::{CheckResult, Span, Timestamp};

use super::{Breaker, Gate};

/// A breaker and its file.
#[derive(Debug)]
pub(crate) struct Kept {
    breaker: Mutex<Breaker>,
    path: PathBuf,
}

impl Kept {
    /// As the file has it. One that cannot be read is worth no more than a warning: at worst the
    /// next request is answered as the last one was.
    pub(crate) fn open(path: PathBuf, now: Timestamp) -> Self {
        let breaker = match read(&path) {
            Ok(breaker) => breaker.restored(now),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the breaker's file cannot be read; it starts anew");
                Breaker::default()
            }
        };
        Self { breaker: Mutex::new(breaker), path }
    }

    /// What it says now.
    pub(crate) fn gate(&self, now: Timestamp) -> Gate {
        self.breaker().gate(now)
    }

    /// Whether a request may be sent now.
    pub(crate) fn admit(&self, now: Timestamp, patience: Span) -> Gate {
        self.breaker().admit(now, patience)
    }

    /// The request that was to go ahead was not sent.
    pub(crate) fn stand_back(&self) {
        self.breaker().stand_back();
    }

    /// Learns from the answers to one request.
    pub(crate) fn note(&self, results: &mut [CheckResult]) {
        let mut breaker = self.breaker();
        if breaker.note(results)
            && let Err(error) = write(&self.path, &breaker)
        {
            tracing::warn!(path = %self.path.display(), %error, "the breaker cannot be kept: after a restart it starts anew");
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // Nothing under this lock can be left half done.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> io::Result<Breaker> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Breaker::default()),
        Err(error) => Err(error),
    }
}

/// Seldom, and small.
fn write(path: &Path, breaker: &Breaker) -> io::Result<()> {
    let text = serde_json::to_vec(breaker)?;
    let beside = path.with_extension("tmp");
    let mut file = File::create(&beside)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use almanac_wire::{AccountId, Outcome, Platform, UnknownReason};

    use super::*;

    #[test]
    fn a_restart_is_no_way_around_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("breaker.json");
        let now = Timestamp::from_s(10);
        let outcome =
            Outcome::Unknown { reason: UnknownReason::Blocked, retry_at: None, detail: None };
        let account = AccountId::new(Platform::Tiktok, "mira").unwrap();
        let first = Kept::open(path.clone(), now);
        first.note(&mut [CheckResult { account, asked_at: now, answered_at: now, outcome }]);
        drop(first);
        let second = Kept::open(path.clone(), now);
        assert!(matches!(second.gate(Timestamp::from_s(609)), Gate::Shut(_)));
        assert_eq!(second.gate(Timestamp::from_s(610)), Gate::Ahead);
        fs::write(&path, "{").unwrap();
        assert_eq!(Kept::open(path, now).gate(now), Gate::Free);
    }
}
