//! The key that goes into an address, for those who cannot send a header.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
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
}

impl ReaderKey {
    /// The one kept here, or a new one.
    pub(super) fn open(path: PathBuf) -> Result<Self, ReaderKeyError> {
        let digests = Digests::new()?;
        let text = match fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
            Ok(_) => make(&path)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path)?,
            Err(source) => return Err(ReaderKeyError::Unusable { path, source }),
        };
        let held = RwLock::new(Held { digest: digests.of(&text), text });
        Ok(Self { path, digests, held })
    }

    pub(super) fn is(&self, presented: &str) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        self.digests.is(presented, &held.digest)
    }

    fn text(&self) -> String {
        self.held.read().unwrap_or_else(PoisonError::into_inner).text.clone()
    }

    /// Another one takes its place: addresses with the old one are worth nothing from now on.
    fn renew(&self) -> Result<String, ReaderKeyError> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let text = make(&self.path)?;
        *held = Held { digest: self.digests.of(&text), text: text.clone() };
        Ok(text)
    }
}

fn make(path: &Path) -> Result<String, ReaderKeyError> {
    let text = secret("read")?;
    write_private(path, format!("{text}\n").as_bytes())
        .map_err(|source| ReaderKeyError::Unusable { path: path.to_owned(), source })?;
    Ok(text)
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

    /// The key for addresses that only read
    ///
    /// For calendars, badges and scrapers: `/calendar.ics?key=...`. It opens what costs no budget.
    #[utoipa::path(get, path = "/api/v1/reader-key", tag = "proxy",
        responses((status = OK, description = "The key there is", body = ReaderKeyReply)))]
    pub(crate) async fn get_reader_key(State(proxy): State<Arc<Proxy>>) -> Json<ReaderKeyReply> {
        Json(ReaderKeyReply { key: proxy.access().map(|access| access.reader_key().text()) })
    }

    /// Make the key for addresses worthless, and get another
    #[utoipa::path(delete, path = "/api/v1/reader-key", tag = "proxy",
        responses(
            (status = OK, description = "The new key", body = ReaderKeyReply),
            (status = INTERNAL_SERVER_ERROR, description = "It cannot be written down; the old one stays", body = Refusal),
        ))]
    pub(crate) async fn delete_reader_key(
        State(proxy): State<Arc<Proxy>>,
    ) -> Result<Json<ReaderKeyReply>, RequestError> {
        let key = match proxy.access() {
            None => None,
            Some(access) => Some(access.reader_key().renew().map_err(|error| {
                tracing::error!(%error, "the reader key stays as it is");
                RequestError::Internal("the new key cannot be written down".to_owned())
            })?),
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
        let text = first.text();
        assert!(first.is(&text) && !first.is("read_"));
        let second = ReaderKey::open(path.clone()).unwrap();
        assert!(second.is(&text));
        let renewed = second.renew().unwrap();
        assert!(second.is(&renewed) && !second.is(&text));
        assert!(ReaderKey::open(path).unwrap().is(&renewed));
    }
}
