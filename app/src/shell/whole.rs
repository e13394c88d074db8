//! The records as a whole: all of a store in pages, and one transaction for all that a backup holds.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use idb::{KeyRange, Transaction, TransactionMode};
use js_sys::{JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

use almanac_engine::{Change, LogEntry, Session, Zone};
use almanac_wire::AccountId;

use super::recall::{parse, parse_all};
use super::schema::{BY_ACCOUNT, LOG, SESSIONS};
use super::store::{BYTES, Store, StoreError, carry_out, set, settle};
use crate::archive::{Kind, Record, to_hex};

/// Where a page begins.
pub(super) enum Page {
    /// At the beginning.
    First,
    /// After the record of this key.
    After(JsValue),
}

/// Everything as of one moment.
pub(super) struct Reading(Transaction);

/// Everything, to be written at once.
pub(super) struct Writing<'a> {
    transaction: Transaction,
    zone: &'a Zone,
    logs: bool,
}

const fn key_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Accounts | Kind::Patterns => "account",
        Kind::Sessions | Kind::Checks => "key",
        Kind::Settings => "name",
        Kind::Trials => "id",
        // Its keys are not in its records; it is bounded, and one page.
        Kind::Log => "",
    }
}

impl Store {
    /// Reads everything as of now, as long as nothing else is waited for meanwhile.
    pub(super) fn reading(&self) -> Result<Reading, StoreError> {
        let stores = Kind::ALL.map(Kind::word);
        Ok(Reading(self.database.transaction(&stores, TransactionMode::ReadOnly)?))
    }

    /// Writes all that `fill` puts, or nothing.
    pub(super) async fn write_all(
        &self,
        zone: &Zone,
        fill: impl AsyncFnOnce(&Writing<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let stores = Kind::ALL.map(Kind::word);
        let transaction = self.database.transaction(&stores, TransactionMode::ReadWrite)?;
        // Lines of the log have no names: two logs would be mixed.
        let logs = transaction.object_store(LOG)?.count(None)?.await? == 0;
        let writing = Writing { transaction, zone, logs };
        if let Err(error) = fill(&writing).await {
            let _ = writing.transaction.abort();
            return Err(error);
        }
        settle(writing.transaction).await
    }

    /// The names of the accounts, sessions and days of checks that are here, as [`Store::name_of`]
    /// has them.
    pub(super) async fn names(&self) -> Result<BTreeSet<u64>, StoreError> {
        let mut names = BTreeSet::new();
        let reading = self.reading()?;
        for kind in [Kind::Accounts, Kind::Sessions, Kind::Checks] {
            for key in reading.0.object_store(kind.word())?.get_all_keys(None, None)?.await? {
                names.insert(Self::name_of(kind, &key.as_string().unwrap_or_default()));
            }
        }
        Ok(names)
    }

    /// A short name for a record: a million of them are eight megabytes.
    pub(super) fn name_of(kind: Kind, key: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (kind.word(), key).hash(&mut hasher);
        hasher.finish()
    }

    /// All sessions of an account.
    pub(super) async fn sessions_of(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Session>, StoreError> {
        let reading = self.database.transaction(&[SESSIONS], TransactionMode::ReadOnly)?;
        let only = KeyRange::only(&account.to_string().into())?;
        let index = reading.object_store(SESSIONS)?.index(BY_ACCOUNT)?;
        let found = index.get_all(Some(only.into()), None)?.await?;
        parse_all(&found)
    }

    /// The log, latest first.
    pub(super) async fn log(&self) -> Result<Vec<LogEntry>, StoreError> {
        let reading = self.database.transaction(&[LOG], TransactionMode::ReadOnly)?;
        let lines = reading.object_store(LOG)?.get_all(None, None)?.await?;
        // One that a later version wrote is passed over.
        let entries = lines.iter().rev().filter_map(|line| parse(line).ok());
        Ok(LogEntry::latest_first(entries.collect()))
    }
}

impl Reading {
    /// A page of records as JSON, and where the next begins.
    pub(super) async fn page(
        &self,
        kind: Kind,
        page: Page,
        most: u32,
    ) -> Result<(Vec<String>, Option<JsValue>), StoreError> {
        let store = self.0.object_store(kind.word())?;
        let is_log = kind == Kind::Log;
        let range = match page {
            Page::First => None,
            Page::After(key) => Some(KeyRange::lower_bound(&key, Some(true))?.into()),
        };
        let found = store.get_all(range, (!is_log).then_some(most))?.await?;
        let next = match found.last() {
            Some(last) if !is_log => Some(Reflect::get(last, &key_of(kind).into())?),
            Some(_) | None => None,
        };
        let mut texts = Vec::new();
        for record in &found {
            texts.extend(text_of(kind, record)?);
        }
        Ok((texts, next))
    }
}

/// A record as JSON, its bytes as digits; `None` for what is this browser's alone.
fn text_of(kind: Kind, record: &JsValue) -> Result<Option<String>, StoreError> {
    let bytes = Reflect::get(record, &BYTES.into())?;
    let text =
        |record: &JsValue| -> Result<_, StoreError> { Ok(JSON::stringify(record)?.as_string()) };
    match kind {
        Kind::Settings if !bytes.is_undefined() => Ok(None),
        Kind::Patterns | Kind::Trials => {
            let written = Object::new();
            set(&written, "of", &Reflect::get(record, &key_of(kind).into())?)?;
            set(&written, "hex", &to_hex(&Uint8Array::new(&bytes).to_vec()).into())?;
            text(&written)
        }
        Kind::Accounts | Kind::Sessions | Kind::Checks | Kind::Settings | Kind::Log => text(record),
    }
}

impl Writing<'_> {
    /// Puts a line of the log, whatever log the backup holds.
    pub(super) fn line(&self, entry: LogEntry) -> Result<(), StoreError> {
        carry_out(&self.transaction, &[Change::Log(entry)], self.zone)
    }

    /// Puts records of a backup, and waits until the browser has taken them: it would hold all of a
    /// large one in memory.
    pub(super) async fn records(&self, records: Vec<Record>) -> Result<(), StoreError> {
        let mut changes = Vec::new();
        for record in records {
            match record {
                Record::Track(track) => changes.push(Change::Track(track)),
                Record::Session(session) => changes.push(Change::Session(session)),
                Record::CheckDay(day) => changes.push(Change::CheckDay(day)),
                Record::Settings(settings) => changes.push(Change::Settings(settings)),
                Record::Alerts(book) => changes.push(Change::Alerts(book)),
                Record::Log(entry) if self.logs => changes.push(Change::Log(entry)),
                Record::Log(_) => {}
                Record::Bytes { kind, of, bytes } => {
                    let value = Object::new();
                    set(&value, key_of(kind), &of.into())?;
                    set(&value, BYTES, &Uint8Array::from(bytes.as_slice()))?;
                    self.transaction.object_store(kind.word())?.put(&value, None)?;
                }
            }
        }
        carry_out(&self.transaction, &changes, self.zone)?;
        // Answered in the order asked, so after all that was put.
        self.transaction.object_store(LOG)?.count(None)?.await?;
        Ok(())
    }
}
