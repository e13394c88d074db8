//! The stores of the database, every one that ever was: rexie deletes what an upgrade does not list.

use rexie::{Index, ObjectStore, Rexie};

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

/// Opens a database, making or upgrading it where needed.
pub(super) async fn open(name: &str) -> Result<Rexie, rexie::Error> {
    Rexie::builder(name)
        .version(VERSION)
        .add_object_store(ObjectStore::new(ACCOUNTS).key_path("account"))
        .add_object_store(
            ObjectStore::new(SESSIONS)
                .key_path("key")
                .add_index(Index::new(BY_ACCOUNT, "account"))
                .add_index(Index::new_array(BY_ACCOUNT_START, ["account", "start.earliest"]))
                .add_index(Index::new(BY_START, "start.earliest"))
                .add_index(Index::new(BY_DATE, "date"))
                .add_index(Index::new(BY_START_HOUR, "start_hour")),
        )
        .add_object_store(
            ObjectStore::new(CHECKS)
                .key_path("key")
                .add_index(Index::new(BY_ACCOUNT, "account"))
                .add_index(Index::new(BY_DAY, "day")),
        )
        .add_object_store(ObjectStore::new(PATTERNS).key_path("account"))
        .add_object_store(ObjectStore::new(SETTINGS).key_path("name"))
        .add_object_store(ObjectStore::new(LOG).auto_increment(true))
        .add_object_store(ObjectStore::new(TRIALS).key_path("id"))
        .build()
        .await
}
