//! What adapters pay out of while they ask: the budget, one request at a time.

use std::sync::{Arc, Mutex, PoisonError};

use almanac_engine::budget::Ticket;
use almanac_wire::{Outcome, UnknownReason};
use reqwest::header::HeaderMap;

use super::Inner;
use crate::budget::Denied;
use crate::upstream::{Paying, Purse};

/// The requests that an adapter paid for while it asked, besides the one it was given.
///
/// Whoever made it closes it, once nobody asks any more: so that each is settled even when the
/// adapter fails.
pub(super) struct Till {
    inner: Arc<Inner>,
    tickets: Mutex<Vec<Ticket>>,
}

impl Till {
    pub(super) fn new(inner: &Arc<Inner>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), tickets: Mutex::default() })
    }

    /// Settles all that was paid for.
    pub(super) async fn close(&self) {
        let tickets =
            std::mem::take(&mut *self.tickets.lock().unwrap_or_else(PoisonError::into_inner));
        for ticket in tickets {
            self.inner.budget.settle(ticket).await;
        }
    }
}

impl Purse for Till {
    fn another(&self) -> Paying<'_> {
        Box::pin(async {
            let ticket = self.inner.budget.reserve().await.map_err(|denied| refused(&denied))?;
            self.tickets.lock().unwrap_or_else(PoisonError::into_inner).push(ticket);
            Ok(())
        })
    }

    fn heard(&self, _headers: &HeaderMap) {}
}

/// Without a moment to come back at: other requests may still be affordable, and the budget that
/// every reply carries tells when this one is.
fn refused(denied: &Denied) -> Outcome {
    let detail = match denied {
        Denied::OverBudget(over) => format!("the quota of {} is used up", over.quota),
        Denied::Unaccountable(_) => "the request cannot be accounted for".to_owned(),
    };
    Outcome::Unknown { reason: UnknownReason::OverBudget, retry_at: None, detail: Some(detail) }
}
