//! What several replicas show alike: the latest snapshot, and the key for readers. Each keeps both on
//! its own disk, hangs out what is later there, and takes over what is later elsewhere.

use crate::access::{ReaderKey, ReaderKeyError, new_key};
use crate::clock::wall;
use crate::proxy::Proxy;
use crate::shared::{Board, RedisFailure};
use crate::snapshot::Shelf;

const SNAPSHOT: &str = "snapshot";
const READER_KEY: &str = "reader-key";

/// Makes this replica show what the others do. What cannot be agreed on now is at the next beat.
pub(crate) async fn agree(proxy: &Proxy) {
    let Some(board) = proxy.board() else { return };
    let key = proxy.access().map(|access| access.reader_key());
    let agreed = match on_snapshot(board, proxy.shelf()).await {
        Ok(()) => on_key(board, key).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = agreed {
        tracing::debug!(%failure, "replicas do not agree for now");
    }
}

async fn on_snapshot(board: &Board, shelf: &Shelf) -> Result<(), RedisFailure> {
    let held = shelf.held();
    let ours = held.as_ref().map(|held| held.snapshot.made_at().ms());
    let theirs = board.since(SNAPSHOT).await?;
    if let Some((held, at)) = held.zip(ours).filter(|_| ours > theirs) {
        board.hang(SNAPSHOT, at, &*held).await?;
    } else if theirs > ours
        && let Some(publication) = board.read(SNAPSHOT).await?
        && let Err(error) = shelf.take(publication).await
    {
        tracing::warn!(%error, "a snapshot of another replica cannot be written down");
    }
    Ok(())
}

async fn on_key(board: &Board, key: Option<&ReaderKey>) -> Result<(), RedisFailure> {
    let Some(key) = key else { return Ok(()) };
    let (text, ours) = key.held();
    let theirs = board.since(READER_KEY).await?;
    if theirs.is_none_or(|theirs| theirs < ours) {
        board.hang(READER_KEY, ours, &text).await?;
    }
    if let (Some(since), Some(hung)) =
        (board.since(READER_KEY).await?, board.read::<String>(READER_KEY).await?)
        && hung != text
        && let Err(error) = key.replace(hung, since)
    {
        tracing::warn!(%error, "the reader key of the other replicas cannot be written down");
    }
    Ok(())
}

/// Another key takes the place of the one there is, with all replicas or not at all: whoever renews it
/// wants the old one to be worth nothing.
pub(crate) async fn renew_key(proxy: &Proxy, key: &ReaderKey) -> Result<String, RenewError> {
    let text = new_key()?;
    let mut since = wall().ms();
    if let Some(board) = proxy.board() {
        let theirs = board.since(READER_KEY).await?;
        since = theirs.map_or(since, |theirs| since.max(theirs + 1));
        board.hang(READER_KEY, since, &text).await?;
    }
    key.replace(text.clone(), since)?;
    Ok(text)
}

/// Why the old key stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenewError {
    /// It cannot be kept here.
    #[error(transparent)]
    Key(#[from] ReaderKeyError),
    /// The others cannot be told.
    #[error("the other replicas cannot be told: {0}")]
    Replicas(#[from] RedisFailure),
}
