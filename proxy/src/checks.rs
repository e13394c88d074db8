//! Checks of one upstream: many who ask about the same account at once cost one request, and its
//! answer serves for a little while.
//!
//! Invariant: what was reserved is settled, whoever stops listening: each request to the upstream
//! runs in a task of its own.

mod history;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use almanac_wire::{
    AccountId, CheckResult, Outcome, QuotaState, Span, Timestamp, UnknownReason, UpstreamInfo,
};
use tokio::sync::watch;

use crate::breaker::Breaker;
use crate::budget::{Budget, Denied};
use crate::clock::Clock;
use crate::upstream::Upstream;

/// What a check came to: a result, or that no request may be sent for it.
pub(crate) type Answer = Result<CheckResult, Denied>;

/// Checks of one upstream. Copies share everything.
#[derive(Clone)]
pub(crate) struct Checks(Arc<Inner>);

struct Inner {
    upstream: Box<dyn Upstream>,
    budget: Budget,
    clock: Clock,
    /// How long an answer serves.
    cache: Span,
    desk: Mutex<Desk>,
}

#[derive(Default)]
struct Desk {
    slots: HashMap<AccountId, Slot>,
    breaker: Breaker,
}

enum Slot {
    /// A request is under way; a sender that is gone without an answer means that it died.
    UnderWay(watch::Receiver<Option<Answer>>),
    Answered(CheckResult),
}

/// What the desk has for someone who asks.
enum Found {
    Answer(CheckResult),
    Wait(watch::Receiver<Option<Answer>>),
    Send(watch::Sender<Option<Answer>>, watch::Receiver<Option<Answer>>),
}

impl Checks {
    pub(crate) fn new(
        upstream: Box<dyn Upstream>,
        budget: Budget,
        clock: Clock,
        cache: Span,
    ) -> Self {
        Self(Arc::new(Inner { upstream, budget, clock, cache, desk: Mutex::default() }))
    }

    /// What the app is told of the upstream.
    pub(crate) fn info(&self) -> UpstreamInfo {
        let upstream = &self.0.upstream;
        UpstreamInfo {
            platform: upstream.platform(),
            batch: upstream.batch(),
            reveals: upstream.reveals(),
            quotas: self.0.budget.quotas().clone(),
            suggestions: upstream.suggestions(),
        }
    }

    /// What is left of every quota.
    pub(crate) async fn budget(&self) -> Vec<QuotaState> {
        self.0.budget.state().await
    }

    /// An answer that costs nothing, if there is one.
    pub(crate) fn known(&self, account: &AccountId) -> Option<CheckResult> {
        self.0.desk().fresh(account, self.0.clock.now(), self.0.cache)
    }

    /// Asks about one account, or finds an answer that is there or on its way.
    pub(crate) async fn check(&self, account: &AccountId) -> Answer {
        let mut receiver = match self.0.find(account) {
            Found::Answer(result) => return Ok(result),
            Found::Wait(receiver) => receiver,
            Found::Send(sender, receiver) => {
                let inner = Arc::clone(&self.0);
                let account = account.clone();
                tokio::spawn(async move { inner.send(account, sender).await });
                receiver
            }
        };
        match receiver.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(answer)) => answer.clone(),
            Ok(None) | Err(_) => Err(Denied::Unaccountable("the request was given up".to_owned())),
        }
    }
}

impl Inner {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing under this lock can be left half done.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, account: &AccountId) -> Found {
        let now = self.clock.now();
        let mut desk = self.desk();
        if let Some(result) = desk.fresh(account, now, self.cache) {
            return Found::Answer(result);
        }
        if let Some(Slot::UnderWay(receiver)) = desk.slots.get(account)
            && receiver.has_changed().is_ok()
        {
            return Found::Wait(receiver.clone());
        }
        if let Some(result) = desk.breaker.answer(account, now) {
            return Found::Answer(result);
        }
        let (sender, receiver) = watch::channel(None);
        desk.slots.insert(account.clone(), Slot::UnderWay(receiver.clone()));
        Found::Send(sender, receiver)
    }

    /// Sends one request, if the budget allows, and tells everyone who waits.
    async fn send(self: Arc<Self>, account: AccountId, waiting: watch::Sender<Option<Answer>>) {
        let answer = match self.budget.reserve().await {
            Ok(ticket) => {
                let asked_at = self.clock.now();
                let outcome = Arc::clone(&self).ask(account.clone()).await;
                let answered_at = self.clock.now();
                self.budget.settle(ticket).await;
                Ok(CheckResult { account: account.clone(), asked_at, answered_at, outcome })
            }
            Err(denied) => Err(denied),
        };
        self.keep(&account, &answer);
        // Nobody may be waiting any more.
        waiting.send_replace(Some(answer));
    }

    /// In a task of its own, so that not even a bug in an adapter leaves a request unsettled.
    async fn ask(self: Arc<Self>, account: AccountId) -> Outcome {
        let asking = tokio::spawn(async move { self.upstream.ask(&account).await });
        asking.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an upstream adapter failed");
            Outcome::Unknown {
                reason: UnknownReason::BadAnswer,
                retry_at: None,
                detail: Some("the proxy could not read the answer".to_owned()),
            }
        })
    }

    fn keep(&self, account: &AccountId, answer: &Answer) {
        let now = self.clock.now();
        let mut desk = self.desk();
        match answer {
            Ok(result) => {
                desk.breaker.note(result);
                desk.slots.insert(account.clone(), Slot::Answered(result.clone()));
            }
            // Costs nothing to find out again.
            Err(_) => {
                desk.slots.remove(account);
            }
        }
        desk.forget(now, self.cache);
    }
}

impl Desk {
    fn fresh(&self, account: &AccountId, now: Timestamp, cache: Span) -> Option<CheckResult> {
        match self.slots.get(account)? {
            Slot::Answered(result) if now < result.answered_at + cache => Some(result.clone()),
            Slot::Answered(_) | Slot::UnderWay(_) => None,
        }
    }

    /// The quotas bound how many answers can be fresh at once, and with them this map.
    fn forget(&mut self, now: Timestamp, cache: Span) {
        self.slots.retain(|_, slot| match slot {
            Slot::UnderWay(_) => true,
            Slot::Answered(result) => now < result.answered_at + cache,
        });
    }
}
