//! The records in IndexedDB: read once at the start, written one transaction at a time.

use idb::{Database, KeyRange, ObjectStore, Transaction, TransactionMode};
use js_sys::{JSON, Object, Promise, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbTransaction;

use almanac_engine::{Change, Session, Zone};
use almanac_wire::AccountId;

use super::browser::describe;
use super::schema::{ACCOUNTS, CHECKS, LOG, PATTERNS, SESSIONS, SETTINGS, TRIALS, open};
use crate::protocol::Storage;

/// What the browser calls the end of a transaction that failed.
const ABORTED: &str = "AbortError";
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
    /// The browser took a transaction back and did not say why.
    #[error("the browser took back what it was given to store")]
    TakenBack,
    /// A record does not say what it should.
    #[error("a stored record is not understood: {0}")]
    Record(#[from] serde_json::Error),
}

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        let why = error.to_string();
        // Something else in the transaction failed: that takes all of it back.
        if why.contains(ABORTED) { Self::TakenBack } else { Self::Browser(why) }
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

    /// What the browser itself said, where it did.
    pub(super) fn browsers_words(&self) -> &str {
        match self {
            Self::Browser(why) => why,
            Self::TakenBack | Self::Record(_) => "",
        }
    }

    /// How storage stands when it cannot be opened because of this.
    pub(super) fn closes(&self) -> Storage {
        match self {
            Self::Record(_) => Storage::Unread,
            Self::Browser(_) | Self::TakenBack => {
                Storage::Denied { why: self.browsers_words().to_owned() }
            }
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
    pub(super) database: Database,
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
        // A record is made while the browser stores the one before.
        if let Err(error) = carry_out(&writing, changes, zone) {
            // Left alone, the transaction would store what was taken without an error.
            let _ = writing.abort();
            return Err(error);
        }
        settle(writing).await
    }

    /// Deletes everything, in one transaction.
    pub(super) async fn erase(&self) -> Result<(), StoreError> {
        let stores = [ACCOUNTS, SESSIONS, CHECKS, PATTERNS, SETTINGS, TRIALS, LOG];
        let writing = self.database.transaction(&stores, TransactionMode::ReadWrite)?;
        for name in stores {
            writing.object_store(name)?.clear()?;
        }
        settle(writing).await
    }

    /// What was remembered under a name, apart from the monitor's own records.
    pub(super) async fn recall<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let reading = self.database.transaction(&[SETTINGS], TransactionMode::ReadOnly)?;
        let Some(found) = reading.object_store(SETTINGS)?.get(JsValue::from(name))?.await? else {
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
        writing.object_store(SETTINGS)?.put(&record, None)?;
        settle(writing).await
    }

    /// Cuts the log to its bound.
    pub(super) async fn cut_log(&self) -> Result<(), StoreError> {
        let cutting = self.database.transaction(&[LOG], TransactionMode::ReadWrite)?;
        let log = cutting.object_store(LOG)?;
        let lines = log.count(None)?.await?;
        if lines > LOG_LINES + LOG_SLACK {
            let old = log.get_all_keys(None, Some(lines - LOG_LINES))?.await?;
            if let Some(last) = old.last() {
                log.delete(KeyRange::upper_bound(last, None)?)?;
            }
        }
        settle(cutting).await
    }
}

/// Asks the browser for what storing changes takes, in their order. Nothing is waited for: they are
/// taken in order, and the transaction knows of all.
pub(super) fn carry_out(
    writing: &Transaction,
    changes: &[Change],
    zone: &Zone,
) -> Result<(), StoreError> {
    let mut stores = Stores { writing, found: Vec::new() };
    changes.iter().try_for_each(|change| carry_out_one(&mut stores, change, zone))
}

/// The stores of a transaction: one that was found is not looked up again for every record.
struct Stores<'a> {
    writing: &'a Transaction,
    found: Vec<(&'static str, ObjectStore)>,
}

impl Stores<'_> {
    fn get(&mut self, name: &'static str) -> Result<&ObjectStore, StoreError> {
        let at = match self.found.iter().position(|(found, _)| *found == name) {
            Some(at) => at,
            None => {
                self.found.push((name, self.writing.object_store(name)?));
                self.found.len() - 1
            }
        };
        Ok(&self.found[at].1)
    }
}

/// Has a transaction end, and waits for what becomes of it and of all it was asked for.
pub(super) async fn settle(transaction: Transaction) -> Result<(), StoreError> {
    // What becomes of it is told later, to whoever listens by then.
    let transaction = IdbTransaction::from(transaction.commit()?);
    let end = Promise::new(&mut |stored, undone| {
        transaction.set_oncomplete(Some(&stored));
        transaction.set_onabort(Some(&undone));
    });
    if JsFuture::from(end).await.is_ok() {
        return Ok(());
    }
    let why = transaction.error().map(|error| StoreError::Browser(describe(&error)));
    Err(why.unwrap_or(StoreError::TakenBack))
}

fn carry_out_one(stores: &mut Stores<'_>, change: &Change, zone: &Zone) -> Result<(), StoreError> {
    let named = |name: &str, value: JsValue| {
        set(&value, "name", &name.into())?;
        Ok::<_, StoreError>((SETTINGS, value))
    };
    let (store, record) = match change {
        Change::Track(track) => (ACCOUNTS, record(track.as_ref())?),
        Change::Session(session) => (SESSIONS, session_record(session, zone)?),
        Change::CheckDay(day) => {
            let value = record(day)?;
            set(&value, "key", &day.key().into())?;
            (CHECKS, value)
        }
        Change::Mind(mind) => (PATTERNS, packed("account", &mind.account.to_string(), mind)?),
        Change::Pool(pool) => (PATTERNS, packed("account", &pool.platform.to_string(), pool)?),
        Change::Memory(memory) => (SETTINGS, packed("name", POLICY, memory)?),
        Change::Trials(trials) => (TRIALS, packed("id", TRIALS, trials)?),
        Change::Follow(follow) => (TRIALS, packed("id", &follow.account.to_string(), follow)?),
        Change::Settings(settings) => named(SETTINGS, record(settings)?)?,
        Change::Alerts(book) => named(ALERTS, record(book.as_ref())?)?,
        Change::Log(entry) => (LOG, record(entry)?),
        Change::Strike(account, recorded_at) => {
            let key = JsValue::from(Session::key_of(account, *recorded_at));
            stores.get(SESSIONS)?.delete(key)?;
            return Ok(());
        }
        Change::Forget(account) => return forget(stores, account),
    };
    stores.get(store)?.put(&record, None)?;
    Ok(())
}

/// Deletes all records of an account.
fn forget(stores: &mut Stores<'_>, account: &AccountId) -> Result<(), StoreError> {
    let name = account.to_string();
    // Their keys are the account's name, an `@`, and a time; no name has an `@`, and `A` is next.
    let (from, to) = (format!("{name}@").into(), format!("{name}A").into());
    for store in [SESSIONS, CHECKS] {
        let its = KeyRange::bound(&from, &to, None, Some(true))?;
        stores.get(store)?.delete(its)?;
    }
    let key = JsValue::from(name);
    for store in [PATTERNS, TRIALS, ACCOUNTS] {
        stores.get(store)?.delete(key.clone())?;
    }
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
