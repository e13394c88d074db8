//! Asking an upstream for an account's past, within its budget and behind its breaker.

use std::sync::Arc;

use almanac_wire::{AccountId, CheckResult, Outcome, UnknownReason};

use super::{Checks, Inner};
use crate::budget::Denied;
use crate::history::History;

impl Checks {
    /// Asks for an account's past broadcasts. Every request it takes is reserved before the first
    /// is sent, and settled whoever stops listening.
    ///
    /// # Errors
    /// When the budget does not hold as many requests as it takes.
    pub(crate) async fn history(&self, account: &AccountId) -> Result<History, Denied> {
        let inner = Arc::clone(&self.0);
        let account = account.clone();
        let asking = tokio::spawn(async move { inner.history(account).await });
        asking.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an upstream adapter failed");
            Ok(unreadable())
        })
    }
}

impl Inner {
    async fn history(self: Arc<Self>, account: AccountId) -> Result<History, Denied> {
        let requests = self.upstream.history_requests();
        if requests == 0 {
            return Ok(History::NotListed);
        }
        let turned_away = self.desk().breaker.answer(&account, self.clock.now());
        if let Some(CheckResult {
            outcome: Outcome::Unknown { reason, retry_at, detail }, ..
        }) = turned_away
        {
            return Ok(History::Unknown { reason, retry_at, detail });
        }
        let mut tickets = Vec::new();
        let mut denied = None;
        for _ in 0..requests {
            match self.budget.reserve().await {
                Ok(ticket) => tickets.push(ticket),
                Err(why) => denied = denied.or(Some(why)),
            }
        }
        let asked_at = self.clock.now();
        let answer = match denied {
            Some(denied) => Err(denied),
            None => Ok(Arc::clone(&self).ask_history(account.clone()).await),
        };
        for ticket in tickets {
            self.budget.settle(ticket).await;
        }
        if let Ok(History::Unknown { reason, retry_at, detail }) = &answer {
            let (reason, retry_at, detail) = (*reason, *retry_at, detail.clone());
            self.desk().breaker.note(&CheckResult {
                account,
                asked_at,
                answered_at: self.clock.now(),
                outcome: Outcome::Unknown { reason, retry_at, detail },
            });
        }
        answer
    }

    /// In a task of its own, so that not even a bug in an adapter leaves a request unsettled.
    async fn ask_history(self: Arc<Self>, account: AccountId) -> History {
        let asking = tokio::spawn(async move { self.upstream.history(&account).await });
        asking.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an upstream adapter failed");
            unreadable()
        })
    }
}

fn unreadable() -> History {
    History::Unknown {
        reason: UnknownReason::BadAnswer,
        retry_at: None,
        detail: Some("the proxy could not read the answer".to_owned()),
    }
}
