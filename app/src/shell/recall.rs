//! Reading what was recorded: where nothing is, nothing of this is needed, so it is a file of its
//! own that a first visit does without.

use std::pin::Pin;
use std::rc::Rc;

use idb::{KeyRange, TransactionMode};
use js_sys::{Array, JSON};
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use almanac_engine::mind::Mind;
use almanac_engine::monitor::PlatformPool;
use almanac_engine::{CheckDay, Session, Settings, Snapshot};
use almanac_wire::{AccountId, Span, Timestamp};

use super::later::come;
use super::schema::{
    ACCOUNTS, BY_ACCOUNT_START, BY_DAY, BY_START, CHECKS, PATTERNS, SESSIONS, SETTINGS, TRIALS,
};
use super::store::{ALERTS, POLICY, Store, StoreError, unpacked};

/// Sessions that began within this time are read at the start: from them it is told how usual a
/// day with a broadcast is (the latest of each account is with the account).
const RECENT: Span = Span::from_ms(31 * Span::DAY.ms());
/// Of these, those that began within this time are read before anything is shown: the longest
/// that touch a day strip.
const PRESENT: Span = Span::from_ms(3 * Span::DAY.ms());

type Read<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>>>>;

/// The functions in that file.
pub(super) struct Recall {
    /// Reads what the monitor starts from, but of sessions only the latest days'.
    pub(super) load: fn(Rc<Store>, Timestamp) -> Read<Snapshot>,
    /// Reads the other sessions that policies look at.
    pub(super) past: fn(Rc<Store>, Timestamp) -> Read<Vec<Session>>,
    /// All sessions of an account, the oldest start first.
    pub(super) history: fn(Rc<Store>, AccountId) -> Read<Vec<Session>>,
}

/// Has the file come, and does not give up: without it the records would seem to be gone.
pub(super) async fn recalled() -> Recall {
    come(fetched).await
}

#[wasm_split(recall, wasm_split_path = leptos::wasm_split, fallible)]
fn fetched() -> Result<Recall, SplitLoaderError> {
    Ok(Recall {
        load: |store, now| Box::pin(async move { load(&store, now).await }),
        past: |store, now| Box::pin(async move { past(&store, now).await }),
        history: |store, account| Box::pin(async move { history(&store, &account).await }),
    })
}

/// Whether a database holds nothing that a monitor could start from.
pub(super) async fn is_new(store: &Store) -> Result<bool, StoreError> {
    let stores = [ACCOUNTS, PATTERNS, SETTINGS, TRIALS];
    let reading = store.database.transaction(&stores, TransactionMode::ReadOnly)?;
    for name in stores {
        if !reading.object_store(name)?.get_all_keys(None, Some(1))?.await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads what the monitor starts from.
async fn load(store: &Store, now: Timestamp) -> Result<Snapshot, StoreError> {
    let stores = [ACCOUNTS, SESSIONS, CHECKS, PATTERNS, SETTINGS, TRIALS];
    let reading = store.database.transaction(&stores, TransactionMode::ReadOnly)?;
    let tracks = reading.object_store(ACCOUNTS)?.get_all(None, None)?.await?;
    let since = KeyRange::lower_bound(&number((now - PRESENT).ms()), None)?;
    let sessions =
        reading.object_store(SESSIONS)?.index(BY_START)?.get_all(Some(since.into()), None)?.await?;
    let day = KeyRange::lower_bound(&number(CheckDay::day_of(now - Span::DAY)), None)?;
    let days =
        reading.object_store(CHECKS)?.index(BY_DAY)?.get_all(Some(day.into()), None)?.await?;
    let patterns = reading.object_store(PATTERNS)?.get_all(None, None)?.await?;
    let settings = reading.object_store(SETTINGS)?.get(JsValue::from(SETTINGS))?.await?;
    let alerts = reading.object_store(SETTINGS)?.get(JsValue::from(ALERTS))?.await?;
    let memory = reading.object_store(SETTINGS)?.get(JsValue::from(POLICY))?.await?;
    let trials = reading.object_store(TRIALS)?.get(JsValue::from(TRIALS))?.await?;
    let follows = reading.object_store(TRIALS)?.get_all(None, None)?.await?;
    let (minds, pools) = beliefs(&patterns)?;
    Ok(Snapshot {
        settings: match settings {
            Some(record) => parse(&record)?,
            None => Settings::default(),
        },
        tracks: parse_all(&tracks)?,
        sessions: parse_all(&sessions)?,
        check_days: parse_all(&days)?,
        minds,
        pools,
        alerts: alerts.as_ref().map(parse).transpose()?.unwrap_or_default(),
        memory: memory.map_or(Ok(None), |record| unpacked(&record))?,
        trials: trials.map_or(Ok(None), |record| unpacked(&record))?.unwrap_or_default(),
        follows: all_unpacked(&follows)?,
    })
}

/// The sessions of [`RECENT`] that are not of [`PRESENT`].
async fn past(store: &Store, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let reading = store.database.transaction(&[SESSIONS], TransactionMode::ReadOnly)?;
    let at = |ago: Span| number((now - ago).ms());
    let range = KeyRange::bound(&at(RECENT), &at(PRESENT), None, Some(true))?;
    parse_all(
        &reading
            .object_store(SESSIONS)?
            .index(BY_START)?
            .get_all(Some(range.into()), None)?
            .await?,
    )
}

/// All sessions of an account, the oldest start first.
async fn history(store: &Store, account: &AccountId) -> Result<Vec<Session>, StoreError> {
    let reading = store.database.transaction(&[SESSIONS], TransactionMode::ReadOnly)?;
    let key = |second: JsValue| Array::of2(&account.to_string().into(), &second);
    // An array comes after every number.
    let range = KeyRange::bound(&key(number(i64::MIN)), &key(Array::new().into()), None, None)?;
    let index = reading.object_store(SESSIONS)?.index(BY_ACCOUNT_START)?;
    parse_all(&index.get_all(Some(range.into()), None)?.await?)
}

/// What is believed, as far as this version understands it. What it does not is learned anew: it
/// only sums up what the sessions and checks say.
fn beliefs(records: &[JsValue]) -> Result<(Vec<Mind>, Vec<PlatformPool>), StoreError> {
    let (mut minds, mut pools) = (Vec::new(), Vec::new());
    for record in records {
        if let Some(mind) = unpacked(record)? {
            minds.push(mind);
        } else if let Some(pool) = unpacked(record)? {
            pools.push(pool);
        }
    }
    Ok((minds, pools))
}

/// Those of the records that hold such a value.
fn all_unpacked<T: DeserializeOwned>(records: &[JsValue]) -> Result<Vec<T>, StoreError> {
    records.iter().filter_map(|record| unpacked(record).transpose()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "times and days are far below 2^53")]
pub(super) fn number(value: i64) -> JsValue {
    JsValue::from_f64(value as f64)
}

pub(super) fn parse<T: DeserializeOwned>(record: &JsValue) -> Result<T, StoreError> {
    let text = JSON::stringify(record)?.as_string().unwrap_or_default();
    Ok(serde_json::from_str(&text)?)
}

pub(super) fn parse_all<T: DeserializeOwned>(records: &[JsValue]) -> Result<Vec<T>, StoreError> {
    // All in one text: a month of a thousand accounts is thirty thousand sessions.
    let all: Array = records.iter().collect();
    let text = JSON::stringify(&all)?.as_string().unwrap_or_default();
    Ok(serde_json::from_str(&text)?)
}
