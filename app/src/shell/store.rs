//! The records in IndexedDB: read once at the start, written one transaction at a time.

use std::future::poll_fn;
use std::task::Poll;

use js_sys::{JSON, Object, Reflect, Uint8Array};
use rexie::{KeyRange, Rexie, Transaction, TransactionMode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use wasm_bindgen::JsValue;

use almanac_engine::{Change, Session, Zone};
use almanac_wire::AccountId;

use super::browser::describe;
use super::schema::{
    ACCOUNTS, BY_ACCOUNT, CHECKS, LOG, PATTERNS, SESSIONS, SETTINGS, TRIALS, open,
};

/// Lines the log keeps.
const LOG_LINES: u32 = 2000;
/// Lines the log may grow by before it is cut.
const LOG_SLACK: u32 = 500;
/// The record of what was told.
pub(super) const ALERTS: &str = "alerts";
/// Among the settings: what the policy has worked out.
pub(super) const POLICY: &str = "policy";
/// Where a remembered thing's bytes are.
pub(super) const BYTES: &str = "bytes";

/// Why the records could not be read or written.
#[derive(Debug, Error)]
pub(super) enum StoreError {
    /// The browser refused.
    #[error("{0}")]
    Browser(String),
    /// The browser took a transaction back after it had taken every record: what it does when the
    /// disk, or this site's share of it, is full. rexie does not pass on what it says then.
    #[error("the browser took back what it was given to store")]
    TakenBack,
    /// A record does not say what it should.
    #[error("a stored record is not understood: {0}")]
    Record(#[from] serde_json::Error),
}

impl From<rexie::Error> for StoreError {
    fn from(error: rexie::Error) -> Self {
        match error {
            rexie::Error::TransactioncommitFailed => Self::TakenBack,
            // rexie's own words hide what the browser said.
            rexie::Error::IdbError(inner) => Self::Browser(inner.to_string()),
            other => Self::Browser(other.to_string()),
        }
    }
}

impl StoreError {
    /// Whether the disk, or this site's share of it, is full.
    pub(super) fn is_full(&self) -> bool {
        match self {
            Self::TakenBack => true,
            Self::Browser(why) => why.contains("QuotaExceeded"),
            Self::Record(_) => false,
        }
    }
}

impl From<JsValue> for StoreError {
    fn from(error: JsValue) -> Self {
        Self::Browser(describe(&error))
    }
}

/// An open database.
pub(super) struct Store {
    pub(super) database: Rexie,
}

impl Store {
    /// Opens the database of a time line; the world's own has no name.
    pub(super) async fn open(timeline: Option<&str>) -> Result<Self, StoreError> {
        let name = match timeline {
            None => "almanac".to_owned(),
            Some(timeline) => format!("almanac {timeline}"),
        };
        Ok(Self { database: open(&name).await? })
    }

    /// Stores changes in one transaction: all of them or none.
    pub(super) async fn write(&self, changes: &[Change], zone: &Zone) -> Result<(), StoreError> {
        let stores = [ACCOUNTS, SESSIONS, CHECKS, PATTERNS, SETTINGS, TRIALS, LOG];
        let writing = self.database.transaction(&stores, TransactionMode::ReadWrite)?;
        if let Err(error) = put_all(&writing, changes, zone).await {
            // Left alone, the transaction would store what was taken without an error.
            let _ = writing.abort().await;
            return Err(error);
        }
        writing.commit().await?;
        Ok(())
    }

    /// Deletes everything, in one transaction.
    pub(super) async fn erase(&self) -> Result<(), StoreError> {
        let stores = [ACCOUNTS, SESSIONS, CHECKS, PATTERNS, SETTINGS, TRIALS, LOG];
        let writing = self.database.transaction(&stores, TransactionMode::ReadWrite)?;
        for name in stores {
            writing.store(name)?.clear().await?;
        }
        writing.commit().await?;
        Ok(())
    }

    /// What was remembered under a name, apart from the monitor's own records.
    pub(super) async fn recall<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let reading = self.database.transaction(&[SETTINGS], TransactionMode::ReadOnly)?;
        let Some(found) = reading.store(SETTINGS)?.get(name.into()).await? else {
            return Ok(None);
        };
        unpacked(&found)
    }

    /// Remembers something of the shell's own under a name.
    pub(super) async fn remember(
        &self,
        name: &str,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let writing = self.database.transaction(&[SETTINGS], TransactionMode::ReadWrite)?;
        let record = packed("name", name, value)?;
        writing.store(SETTINGS)?.put(&record, None).await?;
        writing.commit().await?;
        Ok(())
    }

    /// Cuts the log to its bound.
    pub(super) async fn cut_log(&self) -> Result<(), StoreError> {
        let cutting = self.database.transaction(&[LOG], TransactionMode::ReadWrite)?;
        let log = cutting.store(LOG)?;
        let lines = log.count(None).await?;
        if lines > LOG_LINES + LOG_SLACK {
            for key in log.get_all_keys(None, Some(lines - LOG_LINES)).await? {
                log.delete(key).await?;
            }
        }
        cutting.commit().await?;
        Ok(())
    }
}

/// Puts all changes: what is forgotten goes first, then all others are asked for before the first
/// of them is waited for.
async fn put_all(writing: &Transaction, changes: &[Change], zone: &Zone) -> Result<(), StoreError> {
    let is_forgotten = |change: &&Change| matches!(change, Change::Forget(_));
    let (forgotten, others): (Vec<_>, Vec<_>) = changes.iter().partition(is_forgotten);
    for change in forgotten {
        put(writing, change, zone).await?;
    }
    let mut puts: Vec<_> =
        others.into_iter().map(|change| Some(Box::pin(put(writing, change, zone)))).collect();
    // The browser is asked when a put is first polled.
    poll_fn(|context| {
        for waiting in &mut puts {
            if let Some(put) = waiting
                && let Poll::Ready(done) = put.as_mut().poll(context)
            {
                done?;
                *waiting = None;
            }
        }
        Poll::Ready(Ok::<(), StoreError>(()))
    })
    .await?;
    for put in puts.into_iter().flatten() {
        put.await?;
    }
    Ok(())
}

pub(super) async fn put(
    writing: &Transaction,
    change: &Change,
    zone: &Zone,
) -> Result<(), StoreError> {
    match change {
        Change::Track(track) => {
            writing.store(ACCOUNTS)?.put(&record(track.as_ref())?, None).await?;
        }
        Change::Session(session) => {
            writing.store(SESSIONS)?.put(&session_record(session, zone)?, None).await?;
        }
        Change::Strike(account, recorded_at) => {
            let key = Session::key_of(account, *recorded_at);
            writing.store(SESSIONS)?.delete(key.into()).await?;
        }
        Change::CheckDay(day) => {
            let value = record(day)?;
            set(&value, "key", &day.key().into())?;
            writing.store(CHECKS)?.put(&value, None).await?;
        }
        Change::Mind(mind) => {
            let value = packed("account", &mind.account.to_string(), mind)?;
            writing.store(PATTERNS)?.put(&value, None).await?;
        }
        Change::Pool(pool) => {
            let value = packed("account", &pool.platform.to_string(), pool)?;
            writing.store(PATTERNS)?.put(&value, None).await?;
        }
        Change::Memory(memory) => {
            writing.store(SETTINGS)?.put(&packed("name", POLICY, memory)?, None).await?;
        }
        Change::Trials(trials) => {
            writing.store(TRIALS)?.put(&packed("id", TRIALS, trials)?, None).await?;
        }
        Change::Follow(follow) => {
            let value = packed("id", &follow.account.to_string(), follow)?;
            writing.store(TRIALS)?.put(&value, None).await?;
        }
        Change::Settings(settings) => {
            let value = record(settings)?;
            set(&value, "name", &SETTINGS.into())?;
            writing.store(SETTINGS)?.put(&value, None).await?;
        }
        Change::Alerts(book) => {
            let value = record(book.as_ref())?;
            set(&value, "name", &ALERTS.into())?;
            writing.store(SETTINGS)?.put(&value, None).await?;
        }
        Change::Log(entry) => {
            writing.store(LOG)?.put(&record(entry)?, None).await?;
        }
        Change::Forget(account) => forget(writing, account).await?,
    }
    Ok(())
}

async fn forget(writing: &Transaction, account: &AccountId) -> Result<(), StoreError> {
    let key = JsValue::from(account.to_string());
    for name in [SESSIONS, CHECKS] {
        let store = writing.store(name)?;
        let only = KeyRange::only(&key).map_err(rexie::Error::from)?;
        for record_key in store.index(BY_ACCOUNT)?.get_all_keys(Some(only), None).await? {
            store.delete(record_key).await?;
        }
    }
    writing.store(PATTERNS)?.delete(key.clone()).await?;
    writing.store(TRIALS)?.delete(key.clone()).await?;
    writing.store(ACCOUNTS)?.delete(key).await?;
    Ok(())
}

/// A record that holds a value as bytes.
fn packed(key: &str, name: &str, value: &impl Serialize) -> Result<JsValue, StoreError> {
    // Writing into memory cannot fail.
    let bytes = postcard::to_allocvec(value).unwrap_or_default();
    let record = Object::new();
    set(&record, key, &name.into())?;
    set(&record, BYTES, &Uint8Array::from(bytes.as_slice()))?;
    Ok(record.into())
}

/// What [`packed`] packed; `None` where it was something else.
pub(super) fn unpacked<T: DeserializeOwned>(record: &JsValue) -> Result<Option<T>, StoreError> {
    let bytes = Uint8Array::new(&Reflect::get(record, &BYTES.into())?).to_vec();
    Ok(postcard::from_bytes(&bytes).ok())
}

/// A session with the fields that its indexes need.
fn session_record(session: &Session, zone: &Zone) -> Result<JsValue, StoreError> {
    let value = record(session)?;
    set(&value, "key", &session.key().into())?;
    if let Some(local) = zone.local(session.start.earliest()) {
        let date = format!("{:04}-{:02}-{:02}", local.year, local.month, local.day);
        set(&value, "date", &date.into())?;
        set(&value, "start_hour", &local.hour.into())?;
    }
    Ok(value)
}

fn record(value: &impl Serialize) -> Result<JsValue, StoreError> {
    Ok(JSON::parse(&serde_json::to_string(value)?)?)
}

pub(super) fn set(record: &JsValue, name: &str, value: &JsValue) -> Result<(), StoreError> {
    Reflect::set(record, &name.into(), value)?;
    Ok(())
}
