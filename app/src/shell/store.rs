//! The records in IndexedDB: read once at the start, written one transaction at a time.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
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
            // One record could not be put: that takes all the others back.
            rexie::Error::IdbError(inner) if inner.to_string().contains(ABORTED) => Self::TakenBack,
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
        // Before the transaction, which keeps all others waiting.
        let deeds = deeds(changes, zone)?;
        let stores = [ACCOUNTS, SESSIONS, CHECKS, PATTERNS, SETTINGS, TRIALS, LOG];
        let writing = self.database.transaction(&stores, TransactionMode::ReadWrite)?;
        if let Err(error) = carry_out(&writing, deeds).await {
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

/// What storing a change asks of the browser.
pub(super) enum Deed {
    /// To put a record into a store.
    Put(&'static str, JsValue),
    /// To delete one.
    Delete(&'static str, JsValue),
    /// To delete all records of an account.
    Forget(AccountId),
}

/// Puts under way into one store.
type Putting<'a> = Pin<Box<dyn Future<Output = Result<(), rexie::Error>> + 'a>>;

/// What storing changes asks of the browser.
pub(super) fn deeds(changes: &[Change], zone: &Zone) -> Result<Vec<Deed>, StoreError> {
    changes.iter().map(|change| deed(change, zone)).collect()
}

/// Does what is asked, deletions first. Of what is put only the last record of each store is waited
/// for: they are taken in order, and the transaction knows of all.
pub(super) async fn carry_out(
    writing: &Transaction,
    deeds: impl IntoIterator<Item = Deed>,
) -> Result<(), StoreError> {
    let mut puts = BTreeMap::<&'static str, Vec<JsValue>>::new();
    for deed in deeds {
        match deed {
            Deed::Put(store, record) => puts.entry(store).or_default().push(record),
            Deed::Delete(store, key) => writing.store(store)?.delete(key).await?,
            Deed::Forget(account) => forget(writing, &account).await?,
        }
    }
    let put = |(store, records): (&'static str, Vec<JsValue>)| -> Putting<'_> {
        Box::pin(async move {
            let records = records.into_iter().map(|record| (record, None));
            writing.store(store)?.put_all(records).await
        })
    };
    Ok(all(puts.into_iter().map(put).collect()).await?)
}

/// Waits for all, which begin at once: one after another each store would be waited for anew.
async fn all(mut under_way: Vec<Putting<'_>>) -> Result<(), rexie::Error> {
    poll_fn(move |context| {
        let mut failed = None;
        under_way.retain_mut(|putting| match putting.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Ok(())) => false,
            Poll::Ready(Err(error)) => {
                failed = Some(error);
                false
            }
        });
        match failed {
            Some(error) => Poll::Ready(Err(error)),
            None if under_way.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

fn deed(change: &Change, zone: &Zone) -> Result<Deed, StoreError> {
    let named = |name: &str, value: JsValue| {
        set(&value, "name", &name.into())?;
        Ok::<_, StoreError>(Deed::Put(SETTINGS, value))
    };
    Ok(match change {
        Change::Track(track) => Deed::Put(ACCOUNTS, record(track.as_ref())?),
        Change::Session(session) => Deed::Put(SESSIONS, session_record(session, zone)?),
        Change::Strike(account, recorded_at) => {
            Deed::Delete(SESSIONS, Session::key_of(account, *recorded_at).into())
        }
        Change::CheckDay(day) => {
            let value = record(day)?;
            set(&value, "key", &day.key().into())?;
            Deed::Put(CHECKS, value)
        }
        Change::Mind(mind) => {
            Deed::Put(PATTERNS, packed("account", &mind.account.to_string(), mind)?)
        }
        Change::Pool(pool) => {
            Deed::Put(PATTERNS, packed("account", &pool.platform.to_string(), pool)?)
        }
        Change::Memory(memory) => Deed::Put(SETTINGS, packed("name", POLICY, memory)?),
        Change::Trials(trials) => Deed::Put(TRIALS, packed("id", TRIALS, trials)?),
        Change::Follow(follow) => {
            Deed::Put(TRIALS, packed("id", &follow.account.to_string(), follow)?)
        }
        Change::Settings(settings) => named(SETTINGS, record(settings)?)?,
        Change::Alerts(book) => named(ALERTS, record(book.as_ref())?)?,
        Change::Log(entry) => Deed::Put(LOG, record(entry)?),
        Change::Forget(account) => Deed::Forget(account.clone()),
    })
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
