//! The folder that survives restarts. One proxy at a time may use it: two would each spend the
//! whole budget.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use almanac_wire::Platform;
use thiserror::Error;

/// A state folder, held for as long as this lives; the system lets go of it when the process
/// ends in whatever way.
#[derive(Debug)]
pub(crate) struct StateDir {
    path: PathBuf,
    _lock: File,
}

/// Why a state folder cannot be used.
#[derive(Debug, Error)]
pub enum StateDirError {
    /// It cannot be made or written to.
    #[error("cannot use {} as the state folder: {source}; expected a folder that can be written to (--state-dir, ALMANAC_STATE_DIR)", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Another proxy has it.
    #[error("another Almanac proxy is using {}; stop it, or choose another folder (--state-dir, ALMANAC_STATE_DIR)", .0.display())]
    InUse(PathBuf),
}

impl StateDir {
    /// Makes the folder where it is missing, and takes hold of it.
    ///
    /// # Errors
    /// When it cannot be written to, or another proxy holds it.
    pub(crate) fn open(path: &Path) -> Result<Self, StateDirError> {
        let unusable = |source| StateDirError::Unusable { path: path.to_owned(), source };
        make_private(path).map_err(unusable)?;
        let lock = File::create(lock_in(path)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateDirError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where the requests to a platform are journalled. Each time line has its own: what was
    /// spent in made-up time says nothing of the world's.
    pub(crate) fn journal(&self, timeline: Option<&str>, platform: Platform) -> PathBuf {
        match timeline {
            None => self.path.join(format!("budget-{platform}.journal")),
            Some(timeline) => self.path.join(format!("budget-{platform}@{timeline}.journal")),
        }
    }

    /// Where the breaker of a platform is kept, of each time line its own.
    pub(crate) fn breaker(&self, timeline: Option<&str>, platform: Platform) -> PathBuf {
        match timeline {
            None => self.path.join(format!("breaker-{platform}.json")),
            Some(timeline) => self.path.join(format!("breaker-{platform}@{timeline}.json")),
        }
    }

    /// Where the app's latest snapshot is kept, of each time line its own.
    pub(crate) fn snapshot(&self, timeline: Option<&str>) -> PathBuf {
        match timeline {
            None => self.path.join("snapshot.json"),
            Some(timeline) => self.path.join(format!("snapshot@{timeline}.json")),
        }
    }

    /// Where the key for readers is kept.
    pub(crate) fn reader_key(&self) -> PathBuf {
        self.path.join("reader-key")
    }

    /// Where the demo's clock is kept.
    pub(crate) fn demo_clock(&self) -> PathBuf {
        self.path.join("demo-clock.json")
    }
}

/// The file that a proxy holds while it runs.
pub(crate) fn lock_in(state_dir: &Path) -> PathBuf {
    state_dir.join("lock")
}

/// Makes a folder that nobody else looks into: it tells whom this user follows. One that is there
/// stays as it is.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_proxy_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        let first = StateDir::open(&path).unwrap();
        assert!(matches!(StateDir::open(&path), Err(StateDirError::InUse(_))));
        drop(first);
        assert!(StateDir::open(&path).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_looks_into_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        drop(StateDir::open(&path).unwrap());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn what_is_no_folder_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = StateDir::open(file.path()).unwrap_err().to_string();
        assert!(error.contains("--state-dir") && error.contains("ALMANAC_STATE_DIR"), "{error}");
    }
}
