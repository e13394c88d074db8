//! Checks of one upstream: many who ask about the same account at once cost one request, and its
//! answer serves for a little while.
//!
//! Invariant: what was reserved is settled, whoever stops listening: each request to the upstream
//! runs in a task of its own.

mod desk;
mod history;
mod pasts;
mod till;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use almanac_wire::{
    AccountId, CheckResult, Outcome, QuotaState, Span, UnknownReason, UpstreamInfo,
};
use reqwest::header::HeaderMap;
use tokio::sync::watch;

use crate::breaker::{Gate, Watch, same_for};
use crate::budget::{Budget, Denied, Permit};
use crate::clock::Clock;
use crate::upstream::Upstream;
use crate::upstream::hearing::{listen, words};
use desk::Desk;
pub(crate) use desk::Ready;
use pasts::Pasts;
use till::Till;

/// What a check came to: a result, or that no request may be sent for it.
pub(crate) type Answer = Result<CheckResult, Denied>;

/// Checks of one upstream. Copies share everything.
#[derive(Clone)]
pub(crate) struct Checks(Arc<Inner>);

struct Inner {
    upstream: Box<dyn Upstream>,
    budget: Budget,
    breaker: Watch,
    clock: Clock,
    /// How long an answer serves.
    cache: Span,
    /// How long a request may take at most.
    patience: Span,
    desk: Mutex<Desk>,
    pasts: Pasts,
}

/// How an upstream is asked.
pub(crate) struct Manners {
    /// How long an answer serves.
    pub(crate) cache: Span,
    /// How long a request may take at most.
    pub(crate) patience: Span,
}

/// What the desk has for someone who asks.
enum Found {
    Answer(CheckResult),
    Wait(watch::Receiver<Option<Answer>>),
}

/// An account that a request is sent for, and where everyone who waits is told.
type Waiting = (AccountId, watch::Sender<Option<Answer>>);

impl Checks {
    pub(crate) fn new(
        upstream: Box<dyn Upstream>,
        budget: Budget,
        breaker: Watch,
        clock: Clock,
        manners: &Manners,
    ) -> Self {
        let Manners { cache, patience } = *manners;
        let (desk, pasts) = (Mutex::default(), Pasts::default());
        Self(Arc::new(Inner { upstream, budget, breaker, clock, cache, patience, desk, pasts }))
    }

    /// What the app is told of the upstream.
    pub(crate) fn info(&self) -> UpstreamInfo {
        let upstream = &self.0.upstream;
        UpstreamInfo {
            platform: upstream.platform(),
            batch: upstream.batch(),
            reveals: upstream.reveals(),
            quotas: self.0.budget.quotas().clone(),
            budget: self.budget(),
            suggestions: upstream.suggestions(),
        }
    }

    /// What is left of every quota.
    pub(crate) fn budget(&self) -> Vec<QuotaState> {
        self.0.budget.state()
    }

    /// Whether its requests can be counted, as far as was last seen.
    pub(crate) fn counts(&self) -> bool {
        self.0.budget.counts()
    }

    /// Hears what other replicas did, where there are any.
    pub(crate) async fn beat(&self) {
        self.0.budget.beat().await;
        if let Some(memory) = self.0.breaker.memory() {
            // It is told of elsewhere.
            drop(memory.listen().await);
        }
    }

    /// Answers that cost nothing, if there is one for each account.
    pub(crate) fn ready(&self, accounts: &[AccountId]) -> Option<Vec<Arc<Ready>>> {
        let now = self.0.clock.now();
        let desk = self.0.desk();
        accounts.iter().map(|account| desk.fresh(account, now, self.0.cache).cloned()).collect()
    }

    /// An answer that costs nothing, if there is one.
    pub(crate) fn known(&self, account: &AccountId) -> Option<CheckResult> {
        let now = self.0.clock.now();
        self.0.desk().fresh(account, now, self.0.cache).map(|ready| ready.result.clone())
    }

    /// Most accounts in one request.
    pub(crate) fn batch(&self) -> usize {
        usize::try_from(self.0.upstream.batch()).unwrap_or(usize::MAX).max(1)
    }

    /// Asks about at most [`Checks::batch`] accounts with one request, or finds answers that are
    /// there or on their way.
    pub(crate) async fn check(&self, accounts: &[AccountId]) -> Vec<Answer> {
        let (found, to_send) = self.0.find(accounts);
        if !to_send.is_empty() {
            let inner = Arc::clone(&self.0);
            tokio::spawn(async move { inner.send(to_send).await });
        }
        let mut answers = Vec::with_capacity(found.len());
        for found in found {
            answers.push(match found {
                Found::Answer(result) => Ok(result),
                Found::Wait(mut receiver) => {
                    match receiver.wait_for(Option::is_some).await.as_deref() {
                        Ok(Some(answer)) => answer.clone(),
                        Ok(None) | Err(_) => {
                            Err(Denied::Unaccountable("the request was given up".to_owned()))
                        }
                    }
                }
            });
        }
        answers
    }
}

impl Inner {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing under this lock can be left half done.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the desk has for each account, and those that a request has to be sent for.
    fn find(&self, accounts: &[AccountId]) -> (Vec<Found>, Vec<Waiting>) {
        let now = self.clock.now();
        let mut to_send = Vec::new();
        let mut desk = self.desk();
        let found = accounts.iter().map(|account| {
            if let Some(ready) = desk.fresh(account, now, self.cache) {
                return Found::Answer(ready.result.clone());
            }
            if let Some(receiver) = desk.under_way(account) {
                return Found::Wait(receiver.clone());
            }
            if let Gate::Shut(answer) = self.breaker.gate(now) {
                return Found::Answer(same_for(&answer, account));
            }
            let (sender, receiver) = watch::channel(None);
            desk.sent(account, receiver.clone());
            to_send.push((account.clone(), sender));
            Found::Wait(receiver)
        });
        (found.collect(), to_send)
    }

    /// Sends one request, if budget and breaker allow, and tells everyone who waits.
    async fn send(self: Arc<Self>, waiting: Vec<Waiting>) {
        let waiting = self.tell_what_others_know(waiting).await;
        if waiting.is_empty() {
            return;
        }
        let accounts: Vec<AccountId> = waiting.iter().map(|(account, _)| account.clone()).collect();
        let answers = match self.budget.reserve().await {
            Ok(permit) => self.send_with(permit, accounts).await,
            Err(denied) => Err(denied),
        };
        let answers: Vec<Answer> = match answers {
            Ok(results) => results.into_iter().map(Ok).collect(),
            Err(denied) => vec![Err(denied); waiting.len()],
        };
        for ((account, sender), answer) in waiting.into_iter().zip(answers) {
            self.keep(&account, &answer);
            // Nobody may be waiting any more.
            sender.send_replace(Some(answer));
        }
    }

    /// Answers from what replicas share; whoever is left has to be asked about.
    async fn tell_what_others_know(&self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        let Some(memory) = self.breaker.memory() else { return waiting };
        let accounts: Vec<AccountId> = waiting.iter().map(|(account, _)| account.clone()).collect();
        // A memory that does not answer is found out where the request would be counted.
        let Ok(known) = memory.answers(&accounts).await else { return waiting };
        let now = self.clock.now();
        let tell = |((account, sender), known): (Waiting, Option<CheckResult>)| {
            let fresh = known.filter(|result| now < result.answered_at + self.cache);
            let Some(result) = fresh else { return Some((account, sender)) };
            self.keep(&account, &Ok(result.clone()));
            sender.send_replace(Some(Ok(result)));
            None
        };
        waiting.into_iter().zip(known).filter_map(tell).collect()
    }

    async fn send_with(
        self: &Arc<Self>,
        permit: Permit,
        accounts: Vec<AccountId>,
    ) -> Result<Vec<CheckResult>, Denied> {
        // The upstream may have turned somebody away while we waited for our turn.
        match self.breaker.admit(self.clock.now(), self.patience).await {
            Ok(Gate::Free | Gate::Ahead) => {}
            Ok(Gate::Shut(answer)) => {
                self.budget.withdraw(permit).await;
                return Ok(accounts.iter().map(|account| same_for(&answer, account)).collect());
            }
            Err(denied) => {
                self.budget.withdraw(permit).await;
                return Err(denied);
            }
        }
        let asked_at = self.clock.now();
        let till = Till::new(self);
        let (outcomes, heard) = Arc::clone(self).ask(accounts.clone(), Arc::clone(&till)).await;
        let answered_at = self.clock.now();
        let words: Vec<_> = heard.iter().flat_map(|headers| words(headers, answered_at)).collect();
        till.close(&words).await;
        self.budget.settle(permit, words).await;
        let result = |(account, outcome)| CheckResult { account, asked_at, answered_at, outcome };
        let mut results: Vec<CheckResult> =
            accounts.into_iter().zip(outcomes).map(result).collect();
        self.breaker.note(&mut results).await;
        if let Some(memory) = self.breaker.memory() {
            memory.keep(&results, self.cache).await;
        }
        Ok(results)
    }

    /// In a task of its own, so that not even a bug in an adapter leaves a request unsettled.
    async fn ask(
        self: Arc<Self>,
        accounts: Vec<AccountId>,
        till: Arc<Till>,
    ) -> (Vec<Outcome>, Vec<HeaderMap>) {
        let many = accounts.len();
        let asking =
            tokio::spawn(async move { listen(self.upstream.ask(&accounts, &*till)).await });
        let (mut outcomes, heard) = asking.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an upstream adapter failed");
            Default::default()
        });
        outcomes.resize_with(many, || Outcome::Unknown {
            reason: UnknownReason::BadAnswer,
            retry_at: None,
            detail: Some("the proxy could not read the answer".to_owned()),
        });
        (outcomes, heard)
    }

    fn keep(&self, account: &AccountId, answer: &Answer) {
        let now = self.clock.now();
        self.desk().keep(account, answer, now, self.cache);
    }
}
