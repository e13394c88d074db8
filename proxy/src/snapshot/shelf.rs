//! The latest snapshot, in memory and in one file, so that a restart forgets nothing.
//!
//! Invariant: what is read here is on disk, whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use almanac_wire::{ForecastSnapshot, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::appointments::{Appointments, carry_on};

/// How far the app's clock may be ahead of the proxy's.
const AHEAD: Span = Span::from_ms(5 * Span::MINUTE.ms());

/// A snapshot, and what calendars know of it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Publication {
    pub(crate) snapshot: ForecastSnapshot,
    pub(crate) appointments: Appointments,
}

/// Where the latest snapshot is kept.
#[derive(Debug)]
pub(crate) struct Shelf {
    path: PathBuf,
    held: RwLock<Option<Arc<Publication>>>,
    writing: tokio::sync::Mutex<()>,
}

/// Why a snapshot is not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// It speaks of the future.
    Ahead,
    /// There is a later one.
    Older(Timestamp),
    /// It cannot be written down.
    Unwritable(io::Error),
}

impl Shelf {
    /// Reads back what was kept. A file that cannot be read is left as it is until the next
    /// snapshot takes its place.
    pub(crate) fn open(path: PathBuf) -> Self {
        let held = match read(&path) {
            Ok(held) => held,
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the kept snapshot cannot be read");
                None
            }
        };
        Self { path, held: RwLock::new(held.map(Arc::new)), writing: tokio::sync::Mutex::default() }
    }

    /// The latest snapshot; nothing before the first.
    pub(crate) fn held(&self) -> Option<Arc<Publication>> {
        // Nothing under this lock can be left half done.
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a snapshot in the place of the one before; on disk first.
    ///
    /// # Errors
    /// When it is older than the one before or ahead of `now`, or cannot be written.
    pub(crate) async fn put(
        &self,
        snapshot: ForecastSnapshot,
        now: Timestamp,
    ) -> Result<(), NotTaken> {
        let _one_at_a_time = self.writing.lock().await;
        let before = self.held();
        if snapshot.made_at() > now + AHEAD {
            return Err(NotTaken::Ahead);
        }
        if let Some(before) = &before
            && snapshot.made_at() < before.snapshot.made_at()
        {
            return Err(NotTaken::Older(before.snapshot.made_at()));
        }
        let publish = move || {
            let none = Appointments::new();
            let known = before.as_ref().map_or(&none, |before| &before.appointments);
            let appointments = carry_on(known, &snapshot);
            Publication { snapshot, appointments }
        };
        self.keep(publish).await.map_err(NotTaken::Unwritable)
    }

    /// Takes over what another replica shows, unless this one has a later snapshot by now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn take(&self, publication: Publication) -> io::Result<()> {
        let _one_at_a_time = self.writing.lock().await;
        let made_at = publication.snapshot.made_at();
        if self.held().is_some_and(|held| held.snapshot.made_at() >= made_at) {
            return Ok(());
        }
        self.keep(move || publication).await
    }

    /// Writes what is to be shown, then shows it.
    async fn keep(&self, publish: impl FnOnce() -> Publication + Send + 'static) -> io::Result<()> {
        let path = self.path.clone();
        let writing = tokio::task::spawn_blocking(move || {
            let publication = publish();
            write(&path, &publication).map(|()| publication)
        });
        let publication = writing.await.unwrap_or_else(|error| Err(io::Error::other(error)))?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(publication));
        Ok(())
    }
}

fn read(path: &Path) -> io::Result<Option<Publication>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(path: &Path, publication: &Publication) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(publication)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use almanac_wire::ZoneClock;

    use super::*;

    fn snapshot(s: i64) -> ForecastSnapshot {
        let zone = ZoneClock::new("UTC", 0, Vec::new()).unwrap();
        ForecastSnapshot::new(Timestamp::from_s(s), zone, BTreeMap::new()).unwrap()
    }

    fn made_at(shelf: &Shelf) -> Option<i64> {
        shelf.held().map(|held| held.snapshot.made_at().ms() / 1000)
    }

    #[tokio::test]
    async fn the_latest_is_kept_over_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("snapshot.json");
        let shelf = Shelf::open(path.clone());
        assert_eq!(made_at(&shelf), None);
        let now = Timestamp::from_s(1000);
        shelf.put(snapshot(1000), now).await.unwrap();
        assert!(matches!(shelf.put(snapshot(999), now).await, Err(NotTaken::Older(_))));
        assert!(matches!(shelf.put(snapshot(1301), now).await, Err(NotTaken::Ahead)));
        shelf.put(snapshot(1300), now).await.unwrap();
        assert_eq!((made_at(&shelf), made_at(&Shelf::open(path))), (Some(1300), Some(1300)));
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_not_shown_either() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("state");
        fs::create_dir(&folder).unwrap();
        let shelf = Shelf::open(folder.join("snapshot.json"));
        shelf.put(snapshot(1), Timestamp::from_s(9)).await.unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let refused = shelf.put(snapshot(2), Timestamp::from_s(9)).await;
        assert!(matches!(refused, Err(NotTaken::Unwritable(_))));
        assert_eq!(made_at(&shelf), Some(1));
    }

    #[tokio::test]
    async fn a_damaged_file_is_no_snapshot_and_is_replaced_by_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("snapshot.json");
        fs::write(&path, "{\"snapshot\":").unwrap();
        let shelf = Shelf::open(path.clone());
        assert_eq!(made_at(&shelf), None);
        shelf.put(snapshot(1), Timestamp::from_s(9)).await.unwrap();
        assert_eq!(made_at(&Shelf::open(path)), Some(1));
    }
}
