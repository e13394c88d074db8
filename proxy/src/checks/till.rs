//! What adapters pay out of while they ask: the budget, one request at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use almanac_engine::budget::Word;
use almanac_wire::{Outcome, UnknownReason};

use super::Inner;
use crate::budget::{Denied, Permit};
use crate::upstream::{Paying, Purse};

/// The requests that an adapter paid for while it asked, besides the one it was given.
///
/// Whoever made it closes it, once nobody asks any more: so that each is settled even when the
/// adapter fails.
pub(super) struct Till {
    inner: Arc<Inner>,
    permits: Mutex<Vec<Permit>>,
}

impl Till {
    pub(super) fn new(inner: &Arc<Inner>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), permits: Mutex::default() })
    }

    /// Settles all that was paid for, with what was heard meanwhile of the upstream's own quotas.
    pub(super) async fn close(&self, words: &[Word]) {
        let permits = std::mem::take(&mut *self.held());
        for permit in permits {
            self.inner.budget.settle(permit, words.to_vec()).await;
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Permit>> {
        self.permits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Purse for Till {
    fn another(&self) -> Paying<'_> {
        Box::pin(async {
            let permit = self.inner.budget.reserve().await.map_err(|denied| refused(&denied))?;
            self.held().push(permit);
            Ok(())
        })
    }
}

/// Without a moment to come back at: other requests may still be affordable, and the budget that
/// every reply carries tells when this one is.
fn refused(denied: &Denied) -> Outcome {
    let detail = match denied {
        Denied::OverBudget(over) => format!("{} has no request left", over.by),
        Denied::Unaccountable(_) => "the request cannot be accounted for".to_owned(),
    };
    Outcome::Unknown { reason: UnknownReason::OverBudget, retry_at: None, detail: Some(detail) }
}
