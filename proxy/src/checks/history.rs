//! Asking an upstream for an account's past, within its budget and behind its breaker.

use std::sync::Arc;

use almanac_engine::budget::Word;
use almanac_wire::{AccountId, CheckResult, Outcome, UnknownReason};

use reqwest::header::HeaderMap;

use super::pasts::Found;
use super::till::Till;
use super::{Checks, Inner};
use crate::breaker::Gate;
use crate::budget::{Denied, Permit};
use crate::history::History;
use crate::upstream::hearing::{listen, words};

impl Checks {
    /// Asks for an account's past broadcasts, or finds an answer that is there or on its way. Every
    /// request it takes is reserved before it is sent, and settled whoever stops listening.
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
        if let Gate::Shut(answer) = self.breaker.gate(self.clock.now()) {
            return Ok(turned_away(*answer));
        }
        let mut permits = Vec::new();
        let mut denied = None;
        for _ in 0..requests {
            match self.budget.reserve().await {
                Ok(permit) => permits.push(permit),
                Err(why) => denied = denied.or(Some(why)),
            }
        }
        if let Some(denied) = denied {
            self.withdraw(permits).await;
            return Err(denied);
        }
        match self.breaker.admit(self.clock.now(), self.patience).await {
            Ok(Gate::Free | Gate::Ahead) => {}
            Ok(Gate::Shut(answer)) => {
                self.withdraw(permits).await;
                return Ok(turned_away(*answer));
            }
            Err(denied) => {
                self.withdraw(permits).await;
                return Err(denied);
            }
        }
        let asked_at = self.clock.now();
        let till = Till::new(&self);
        let asking = Arc::clone(&self).ask_history(account.clone(), Arc::clone(&till));
        let (answer, heard) = asking.await;
        let answered_at = self.clock.now();
        let words: Vec<Word> =
            heard.iter().flat_map(|headers| words(headers, answered_at)).collect();
        till.close(&words).await;
        for permit in permits {
            self.budget.settle(permit, words.clone()).await;
        }
        let History::Unknown { reason, retry_at, detail } = answer else {
            self.breaker.stand_back().await;
            return Ok(answer);
        };
        let outcome = Outcome::Unknown { reason, retry_at, detail };
        let mut results = [CheckResult { account, asked_at, answered_at, outcome }];
        self.breaker.note(&mut results).await;
        let [result] = results;
        Ok(turned_away(result))
    }

    async fn withdraw(&self, permits: Vec<Permit>) {
        for permit in permits {
            self.budget.withdraw(permit).await;
        }
    }

    /// In a task of its own, so that not even a bug in an adapter leaves a request unsettled.
    async fn ask_history(
        self: Arc<Self>,
        account: AccountId,
        till: Arc<Till>,
    ) -> (History, Vec<HeaderMap>) {
        let asking =
            tokio::spawn(async move { listen(self.upstream.history(&account, &*till)).await });
        asking.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an upstream adapter failed");
            (unreadable(), Vec::new())
        })
    }
}

/// What a check came to, told of a past.
fn turned_away(result: CheckResult) -> History {
    match result.outcome {
        Outcome::Unknown { reason, retry_at, detail } => {
            History::Unknown { reason, retry_at, detail }
        }
        // The breaker keeps no such thing.
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => unreadable(),
    }
}

fn unreadable() -> History {
    History::Unknown {
        reason: UnknownReason::BadAnswer,
        retry_at: None,
        detail: Some("the proxy could not read the answer".to_owned()),
    }
}
