//! Histories that were asked for: one flight for all who ask, and its answer serves for an hour.
//! What is past does not change, and asking costs a budget that checks need.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use almanac_wire::{AccountId, Span, Timestamp};
use tokio::sync::watch;

use crate::budget::Denied;
use crate::history::History;

/// How long an answer serves.
const SERVES: Span = Span::HOUR;
/// Answers beyond which none is kept: some tens of kilobytes each.
const MOST: usize = 200;

/// What asking for a history came to.
pub(super) type Recalled = Result<History, Denied>;

#[derive(Default)]
pub(super) struct Pasts(Mutex<HashMap<AccountId, Past>>);

enum Past {
    /// A sender that is gone without an answer means that it died.
    UnderWay(watch::Receiver<Option<Recalled>>),
    Told(History, Timestamp),
}

/// What there is for someone who asks.
pub(super) enum Found {
    Told(History),
    Wait(watch::Receiver<Option<Recalled>>),
    /// Nothing: it is theirs to ask, and to tell all who wait.
    Ask(watch::Sender<Option<Recalled>>, watch::Receiver<Option<Recalled>>),
}

impl Pasts {
    pub(super) fn find(&self, account: &AccountId, now: Timestamp) -> Found {
        let mut pasts = self.held();
        match pasts.get(account) {
            Some(Past::Told(history, at)) if now < *at + SERVES => {
                return Found::Told(history.clone());
            }
            Some(Past::UnderWay(receiver)) if receiver.has_changed().is_ok() => {
                return Found::Wait(receiver.clone());
            }
            Some(Past::Told(..) | Past::UnderWay(_)) | None => {}
        }
        let (sender, receiver) = watch::channel(None);
        pasts.insert(account.clone(), Past::UnderWay(receiver.clone()));
        Found::Ask(sender, receiver)
    }

    /// Keeps what was learned; what was not may be asked for again.
    pub(super) fn keep(&self, account: &AccountId, recalled: &Recalled, now: Timestamp) {
        let mut pasts = self.held();
        pasts.retain(|_, past| match past {
            Past::UnderWay(_) => true,
            Past::Told(_, at) => now < *at + SERVES,
        });
        match recalled {
            Ok(history @ (History::Listed { .. } | History::NotFound)) if pasts.len() <= MOST => {
                pasts.insert(account.clone(), Past::Told(history.clone(), now));
            }
            Ok(_) | Err(_) => drop(pasts.remove(account)),
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<AccountId, Past>> {
        // Nothing under this lock can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
