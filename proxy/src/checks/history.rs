//! Asking an upstream for an account's past, within its budget and behind its breaker.

use std::sync::Arc;

use almanac_wire::{AccountId, CheckResult, Outcome, UnknownReason};

use super::pasts::Found;
use super::till::Till;
use super::{Checks, Inner};
use crate::budget::Denied;
use crate::history::History;

impl Checks {
    /// Asks for an account's past broadcasts, or finds an answer that is there or on its way. Every request it takes is reserved before the first
    /// is sent, and settled whoever stops listening.
    ///
    /// # Errors
    /// When the budget does not hold as many requests as it takes.
    pub(crate) async fn history(&self, account: &AccountId) -> Result<History, Denied> {
        let inner = Arc::clone(&self.0);
        let mut receiver = match inner.pasts.find(account, inner.clock.now()) {
            Found::Told(history) => return Ok(history),
            Found::Wait(receiver) => receiver,
            Found::Ask(sender, receiver) => {
                let account = account.clone();
                tokio::spawn(async move {
                    let recalled = Arc::clone(&inner).history(account.clone()).await;
                    inner.pasts.keep(&account, &recalled, inner.clock.now());
                    // Nobody may be waiting any more.
                    sender.send_replace(Some(recalled));
                });
                receiver
            }
        };
        match receiver.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(recalled)) => recalled.clone(),
            Ok(None) | Err(_) => Ok(unreadable()),
        }
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
        let till = Till::new(&self);
        let answer = match denied {
            Some(denied) => Err(denied),
            None => Ok(Arc::clone(&self).ask_history(account.clone(), Arc::clone(&till)).await),
        };
        for ticket in tickets {
            self.budget.settle(ticket).await;
        }
        till.close().await;
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
    async fn ask_history(self: Arc<Self>, account: AccountId, till: Arc<Till>) -> History {
        let asking = tokio::spawn(async move { self.upstream.history(&account, &*till).await });
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
