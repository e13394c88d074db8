//! The stores of the database, every one that ever was: idb deletes what an upgrade does not list.

use idb::builder::{DatabaseBuilder, IndexBuilder, ObjectStoreBuilder};
use idb::{Database, Error, KeyPath};

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

fn index(name: &str, path: KeyPath) -> IndexBuilder {
    IndexBuilder::new(name.to_owned(), path)
}

/// Opens a database, making or upgrading it where needed.
pub(super) async fn open(name: &str) -> Result<Database, Error> {
    DatabaseBuilder::new(name)
        .version(VERSION)
        .add_object_store(
            ObjectStoreBuilder::new(ACCOUNTS).key_path(Some(KeyPath::new_single("account"))),
        )
        .add_object_store(
            ObjectStoreBuilder::new(SESSIONS)
                .key_path(Some(KeyPath::new_single("key")))
                .add_index(index(BY_ACCOUNT, KeyPath::new_single("account")))
                .add_index(index(
                    BY_ACCOUNT_START,
                    KeyPath::new_array(["account", "start.earliest"]),
                ))
                .add_index(index(BY_START, KeyPath::new_single("start.earliest")))
                .add_index(index(BY_DATE, KeyPath::new_single("date")))
                .add_index(index(BY_START_HOUR, KeyPath::new_single("start_hour"))),
        )
        .add_object_store(
            ObjectStoreBuilder::new(CHECKS)
                .key_path(Some(KeyPath::new_single("key")))
                .add_index(index(BY_ACCOUNT, KeyPath::new_single("account")))
                .add_index(index(BY_DAY, KeyPath::new_single("day"))),
        )
        .add_object_store(
            ObjectStoreBuilder::new(PATTERNS).key_path(Some(KeyPath::new_single("account"))),
        )
        .add_object_store(
            ObjectStoreBuilder::new(SETTINGS).key_path(Some(KeyPath::new_single("name"))),
        )
        .add_object_store(ObjectStoreBuilder::new(LOG).auto_increment(true))
        .add_object_store(ObjectStoreBuilder::new(TRIALS).key_path(Some(KeyPath::new_single("id"))))
        .build()
        .await
}
