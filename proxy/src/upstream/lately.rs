//! Who was live when last asked about. Where only the live are listed, one list without a name
//! proves little: ends are asked for twice.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use almanac_wire::{AccountId, Outcome};

/// Accounts beyond which all are forgotten: then an end is believed at once.
const MOST: usize = 20_000;

/// Who was live when last asked about.
#[derive(Debug, Default)]
pub(crate) struct Lately(Mutex<HashSet<AccountId>>);

impl Lately {
    /// Whether an account was live.
    pub(crate) fn live(&self, account: &AccountId) -> bool {
        self.held().contains(account)
    }

    /// Remembers what came out. Nothing learned leaves it as it was.
    pub(crate) fn note(&self, account: &AccountId, outcome: &Outcome) {
        let mut live = self.held();
        match outcome {
            Outcome::Live { .. } => {
                if live.len() >= MOST {
                    live.clear();
                }
                live.insert(account.clone());
            }
            Outcome::Offline { .. } | Outcome::NotFound => {
                live.remove(account);
            }
            Outcome::Unknown { .. } => {}
        }
    }

    fn held(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        // Nothing under this lock can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
