//! The key that goes into an address, for those who cannot send a header.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::UNIX_EPOCH;
use std::{fs, io};

use almanac_wire::Refusal;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use thiserror::Error;

use super::secret::{Digest, Digests, NoRandomness, secret};
use crate::error::Error as RequestError;
use crate::private::write_private;
use crate::proxy::Proxy;

/// Why there is no reader key.
#[derive(Debug, Error)]
pub enum ReaderKeyError {
    /// The file.
    #[error("cannot keep the reader key in {}: {source} (--state-dir, ALMANAC_STATE_DIR)", path.display())]
    Unusable {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The key there is at present.
pub(crate) struct ReaderKey {
    path: PathBuf,
    digests: Digests,
    held: RwLock<Held>,
}

struct Held {
    text: String,
    digest: Digest,
    /// Milliseconds since the Unix epoch; 0 for one that was made only because there was none.
    since: i64,
}

impl ReaderKey {
    /// The one kept here, or a new one.
    pub(super) fn open(path: PathBuf) -> Result<Self, ReaderKeyError> {
        let digests = Digests::new()?;
        let kept = match fs::read_to_string(&path) {
            Ok(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(ReaderKeyError::Unusable { path, source }),
        };
        let (text, since) = match kept {
            Some(text) => (text, written_at(&path)),
            None => {
                let text = new_key()?;
                write(&path, &text)?;
                (text, 0)
            }
        };
        let held = RwLock::new(Held { digest: digests.of(&text), text, since });
        Ok(Self { path, digests, held })
    }

    pub(super) fn is(&self, presented: &str) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        self.digests.is(presented, &held.digest)
    }

    /// The key, and since when it is that, in milliseconds since the Unix epoch.
    pub(crate) fn held(&self) -> (String, i64) {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        (held.text.clone(), held.since)
    }

    /// Another one takes its place: addresses with the old one are worth nothing from now on.
    ///
    /// # Errors
    /// When it cannot be written down; then the old one stays.
    pub(crate) fn replace(&self, text: String, since: i64) -> Result<(), ReaderKeyError> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        write(&self.path, &text)?;
        *held = Held { digest: self.digests.of(&text), text, since };
        Ok(())
    }
}

/// A key that nobody knows yet.
pub(crate) fn new_key() -> Result<String, ReaderKeyError> {
    Ok(secret("read")?)
}

fn write(path: &Path, text: &str) -> Result<(), ReaderKeyError> {
    write_private(path, format!("{text}\n").as_bytes())
        .map_err(|source| ReaderKeyError::Unusable { path: path.to_owned(), source })
}

fn written_at(path: &Path) -> i64 {
    let at = fs::metadata(path).and_then(|file| file.modified()).ok();
    let since = at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

/// The key for addresses.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReaderKeyReply {
    /// Goes into an address as `?key=`; null where this proxy asks for no token, and so for no key.
    key: Option<String>,
}

/// The routes that tell and renew it.
pub(crate) mod routes {
    use super::{Arc, Json, Proxy, ReaderKeyReply, Refusal, RequestError, State};
    use crate::replicas::renew_key;

    /// The key for addresses that only read
    ///
    /// For calendars, badges and scrapers: `/calendar.ics?key=...`. It opens what costs no budget.
    #[utoipa::path(get, path = "/api/v1/reader-key", tag = "proxy",
        responses((status = OK, description = "The key there is", body = ReaderKeyReply)))]
    pub(crate) async fn get_reader_key(State(proxy): State<Arc<Proxy>>) -> Json<ReaderKeyReply> {
        Json(ReaderKeyReply { key: proxy.access().map(|access| access.reader_key().held().0) })
    }

    /// Make the key for addresses worthless, and get another
    #[utoipa::path(delete, path = "/api/v1/reader-key", tag = "proxy",
        responses(
            (status = OK, description = "The new key", body = ReaderKeyReply),
            (status = INTERNAL_SERVER_ERROR, description = "It cannot be written down, or other replicas cannot be told; the old one stays", body = Refusal),
        ))]
    pub(crate) async fn delete_reader_key(
        State(proxy): State<Arc<Proxy>>,
    ) -> Result<Json<ReaderKeyReply>, RequestError> {
        let key = match proxy.access() {
            None => None,
            Some(access) => {
                let renewed = renew_key(&proxy, access.reader_key()).await;
                Some(renewed.map_err(|error| {
                    tracing::error!(%error, "the reader key stays as it is");
                    RequestError::Internal(
                        "the new key cannot be kept; the old one stays".to_owned(),
                    )
                })?)
            }
        };
        Ok(Json(ReaderKeyReply { key }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_outlives_the_process_and_can_be_renewed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("reader-key");
        let first = ReaderKey::open(path.clone()).unwrap();
        let (text, since) = first.held();
        assert_eq!(since, 0, "another replica's goes before it");
        assert!(first.is(&text) && !first.is("read_"));
        let second = ReaderKey::open(path.clone()).unwrap();
        assert!(second.is(&text));
        assert!(second.held().1 > 0);
        let renewed = new_key().unwrap();
        second.replace(renewed.clone(), 9).unwrap();
        assert!(second.is(&renewed) && !second.is(&text));
        assert!(ReaderKey::open(path).unwrap().is(&renewed));
    }
}
