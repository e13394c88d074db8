//! Tries what a start would take hold of, and leaves all of it as it was.

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use super::Settings;
use crate::shared::Redis;
use crate::state_dir::lock_in;

/// What a start would find.
pub(super) struct Rehearsal {
    /// Another proxy runs with this state folder, as when a running one's settings are checked.
    pub(super) runs: bool,
    /// What would keep a proxy from starting, or from asking anything.
    pub(super) hindrances: Vec<String>,
}

impl Rehearsal {
    pub(super) async fn of(settings: &Settings) -> Self {
        let runs = is_locked(&lock_in(&settings.state_dir));
        let mut hindrances = Vec::new();
        if let Err(error) = write_in(&settings.state_dir) {
            hindrances.push(format!(
                "nothing can be written in {} (--state-dir, ALMANAC_STATE_DIR): {error}",
                settings.state_dir.display()
            ));
        }
        hindrances.extend(listen(settings.listen, runs));
        if let Some(url) = &settings.shared.state
            && let Err(failure) = Redis::new(url.clone()).ping().await
        {
            hindrances.push(format!("{failure} (--state, ALMANAC_STATE)"));
        }
        Self { runs, hindrances }
    }
}

/// Whether a proxy holds this lock.
fn is_locked(lock: &Path) -> bool {
    let Ok(lock) = File::open(lock) else { return false };
    matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}

/// Writes a file there and takes it away; where the folder is still to be made, into the one in which
/// it would be.
fn write_in(folder: &Path) -> io::Result<()> {
    // Of a relative path the last ancestor is empty: that is here.
    let mut ancestors = folder.ancestors().chain([Path::new(".")]);
    let there = ancestors.find(|folder| folder.exists()).unwrap_or(folder);
    let probe = there.join(format!(".almanac-{}", std::process::id()));
    File::create_new(&probe)?;
    fs::remove_file(probe)
}

/// Why nobody could connect there. An address that is taken is right where the proxy that holds it
/// is the one whose settings these are.
fn listen(address: SocketAddr, runs: bool) -> Option<String> {
    match TcpListener::bind(address) {
        Ok(_) => None,
        Err(error) if runs && error.kind() == io::ErrorKind::AddrInUse => None,
        Err(error) => {
            Some(format!("cannot listen on {address} (--listen, ALMANAC_LISTEN): {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_still_to_be_made_may_have_a_relative_name() {
        let name = format!("rehearsed-{}", std::process::id());
        write_in(Path::new(&name)).unwrap();
        assert!(!Path::new(&name).exists());
    }
}
