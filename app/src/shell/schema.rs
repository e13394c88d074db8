//! The stores of the database. An upgrade makes what a database lacks and takes nothing out.

use wasm_bindgen::JsValue;

use super::idb::{Database, ObjectStore};

/// Raised whenever a store or an index is added.
const VERSION: u32 = 1;

/// Accounts by `account`.
pub(super) const ACCOUNTS: &str = "accounts";
/// Sessions by `key`.
pub(super) const SESSIONS: &str = "sessions";
/// Days of checks by `key`.
pub(super) const CHECKS: &str = "checks";
/// What is believed of accounts, by `account`; of a platform's accounts together, by its name.
pub(super) const PATTERNS: &str = "patterns";
/// Settings by `name`.
pub(super) const SETTINGS: &str = "settings";
/// The log, in the order written.
pub(super) const LOG: &str = "log";
/// What is kept of trials by `id`, of each account by its name.
pub(super) const TRIALS: &str = "trials";

/// Sessions by account and start.
pub(super) const BY_ACCOUNT_START: &str = "account_start";
/// Sessions by start.
pub(super) const BY_START: &str = "start";
/// Sessions by the local date of their start.
const BY_DATE: &str = "date";
/// Sessions by the local hour of their start.
const BY_START_HOUR: &str = "start_hour";
/// Days of checks by day.
pub(super) const BY_DAY: &str = "day";
/// Sessions and days of checks by account.
pub(super) const BY_ACCOUNT: &str = "account";

const STORES: &[ObjectStore] = &[
    keyed(ACCOUNTS, "account", &[]),
    keyed(
        SESSIONS,
        "key",
        &[
            (BY_ACCOUNT, &["account"]),
            (BY_ACCOUNT_START, &["account", "start.earliest"]),
            (BY_START, &["start.earliest"]),
            (BY_DATE, &["date"]),
            (BY_START_HOUR, &["start_hour"]),
        ],
    ),
    keyed(CHECKS, "key", &[(BY_ACCOUNT, &["account"]), (BY_DAY, &["day"])]),
    keyed(PATTERNS, "account", &[]),
    keyed(SETTINGS, "name", &[]),
    ObjectStore { name: LOG, key_path: None, indexes: &[] },
    keyed(TRIALS, "id", &[]),
];

const fn keyed(
    name: &'static str,
    key_path: &'static str,
    indexes: &'static [(&'static str, &'static [&'static str])],
) -> ObjectStore {
    ObjectStore { name, key_path: Some(key_path), indexes }
}

/// Opens a database, making or upgrading it where needed.
pub(super) async fn open(name: &str) -> Result<Database, JsValue> {
    Database::open(name, VERSION, STORES).await
}
