//! The budget of one upstream: a ledger with its journal on disk, or one that replicas share.
//!
//! Invariant: a request may be sent only with a [`Permit`] of [`Budget::reserve`], and its ticket is
//! on disk before it is handed out. So the quotas hold over a kill at any moment.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

use almanac_engine::budget::{Ledger, OverBudget, Ticket, Word};
use almanac_wire::{QuotaState, Quotas, Span, Timestamp};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::clock::Clock;
use crate::journal::{Entry, Journal};
use crate::pace::Pace;
use crate::shared::SharedLedger;
use crate::zones;

/// The budget of one upstream.
#[derive(Debug)]
pub(crate) struct Budget {
    clock: Clock,
    quotas: Quotas,
    pace: Pace,
    keeper: Keeper,
    /// Whether the last attempt to count a request failed.
    uncounted: AtomicBool,
}

#[derive(Debug)]
enum Keeper {
    Own(Arc<Book>),
    Shared(Box<SharedLedger>),
}

/// Whoever changes the ledger holds the journal; whoever only looks does not wait for a disk.
#[derive(Debug)]
struct Book {
    ledger: std::sync::Mutex<Ledger>,
    journal: Arc<Mutex<Journal>>,
}

impl Book {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // Nothing under this lock can be left half done.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that may be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    ticket: Ticket,
    reserved_at: Timestamp,
}

/// Why a request may not be sent.
#[derive(Clone, Debug, Error)]
pub(crate) enum Denied {
    /// A quota has none left.
    #[error("{} has no request left", .0.by)]
    OverBudget(OverBudget),
    /// It cannot be written down.
    #[error("{0}")]
    Unaccountable(String),
}

/// A journal that cannot be used.
#[derive(Debug, Error)]
#[error("cannot keep the budget in {}: {source}", path.display())]
pub struct BudgetError {
    /// The journal.
    pub path: PathBuf,
    /// Why not.
    pub source: std::io::Error,
}

impl Budget {
    /// Goes on from what the journal holds.
    pub(crate) fn open(path: PathBuf, quotas: Quotas, clock: Clock) -> Result<Self, BudgetError> {
        let failed = |source| BudgetError { path: path.clone(), source };
        let reading = clock.reading();
        let (contents, ahead) = Journal::read(&path).map_err(failed)?.by(reading.as_ref());
        if contents.damaged > 0 {
            tracing::warn!(
                path = %path.display(),
                lines = contents.damaged,
                "the budget's journal is damaged; each unreadable line counts as a request made now"
            );
        }
        if ahead != Span::ZERO {
            tracing::warn!(
                ahead_s = ahead.ms() / 1000,
                "the system's clock was set while the proxy was stopped; the budget goes by the time that really passed"
            );
        }
        let ledger = Ledger::new(quotas.clone()).with_midnight(zones::midnight_after);
        let ledger = ledger.restore(contents.spends, contents.told, clock.now());
        let journal = Journal::start(path.clone(), &ledger, reading).map_err(failed)?;
        let (ledger, journal) = (std::sync::Mutex::new(ledger), Arc::new(Mutex::new(journal)));
        let keeper = Keeper::Own(Arc::new(Book { ledger, journal }));
        Ok(Self::new(keeper, quotas, clock))
    }

    /// Shares one with other replicas.
    pub(crate) fn shared(ledger: SharedLedger, quotas: Quotas, clock: Clock) -> Self {
        Self::new(Keeper::Shared(Box::new(ledger)), quotas, clock)
    }

    fn new(keeper: Keeper, quotas: Quotas, clock: Clock) -> Self {
        let pace = Pace::new(&quotas);
        Self { clock, quotas, pace, keeper, uncounted: AtomicBool::new(false) }
    }

    pub(crate) const fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// Takes a request out of every quota, writes that down, and waits until it is its turn.
    ///
    /// Must run to its end: a permit that is dropped half-way holds its slot until a restart.
    pub(crate) async fn reserve(&self) -> Result<Permit, Denied> {
        let reserved_at = self.clock.now();
        let ticket = match &self.keeper {
            Keeper::Own(book) => reserve(book, &self.clock).await,
            Keeper::Shared(ledger) => ledger.reserve().await,
        };
        self.note_counting(!matches!(ticket, Err(Denied::Unaccountable(_))));
        let ticket = ticket?;
        self.pace.turn(&self.clock).await;
        Ok(Permit { ticket, reserved_at })
    }

    /// The request was not sent.
    pub(crate) async fn withdraw(&self, permit: Permit) {
        let ticket = permit.ticket;
        match &self.keeper {
            Keeper::Own(book) => {
                note(book, move |ledger| {
                    ledger.withdraw(ticket);
                    vec![Entry::Withdraw { ticket: ticket.0 }]
                })
                .await;
            }
            Keeper::Shared(ledger) => ledger.withdraw(ticket).await,
        }
    }

    /// Notes that the answer or failure is in, and what it says of the upstream's own quotas.
    pub(crate) async fn settle(&self, permit: Permit, words: Vec<Word>) {
        let Permit { ticket, reserved_at } = permit;
        let book = match &self.keeper {
            Keeper::Own(book) => book,
            Keeper::Shared(ledger) => return ledger.settle(ticket, &words, reserved_at).await,
        };
        let now = self.clock.now();
        note(book, move |ledger| {
            let mut entries = Vec::new();
            if !words.is_empty() {
                ledger.heed(ticket, &words, now);
                let told = ledger.told().words();
                entries.extend(told.map(|(by, words)| Entry::Told { ticket: by.0, words }));
            }
            ledger.settle(ticket, now);
            entries.push(Entry::Settle { ticket: ticket.0, at: now });
            entries
        })
        .await;
    }

    /// What is left of every quota.
    pub(crate) fn state(&self) -> Vec<QuotaState> {
        match &self.keeper {
            Keeper::Own(book) => book.ledger().state(self.clock.now()),
            Keeper::Shared(ledger) => ledger.state(),
        }
    }

    /// Hears what other replicas did, where there are any.
    pub(crate) async fn beat(&self) {
        match &self.keeper {
            Keeper::Own(_) => {}
            Keeper::Shared(ledger) => self.note_counting(ledger.beat().await.is_ok()),
        }
    }

    /// Whether requests can be counted, as far as was last seen; nothing is asked while they cannot.
    pub(crate) fn counts(&self) -> bool {
        !self.uncounted.load(Ordering::Relaxed)
    }

    fn note_counting(&self, counts: bool) {
        self.uncounted.store(!counts, Ordering::Relaxed);
    }
}

async fn reserve(book: &Arc<Book>, clock: &Clock) -> Result<Ticket, Denied> {
    let mut journal = Arc::clone(&book.journal).lock_owned().await;
    let now = clock.now();
    let ticket = book.ledger().reserve(now).map_err(Denied::OverBudget)?;
    let book = Arc::clone(book);
    let written = spawn_blocking(move || {
        let entry = Entry::Reserve { ticket: ticket.0, at: now };
        let written = journal.record(&[entry], || book.ledger().clone());
        if written.is_err() {
            book.ledger().withdraw(ticket);
        }
        written
    });
    match written.await {
        Ok(Ok(())) => Ok(ticket),
        Ok(Err(error)) => {
            Err(Denied::Unaccountable(format!("the budget's journal cannot be written: {error}")))
        }
        Err(error) => Err(Denied::Unaccountable(error.to_string())),
    }
}

/// Not fatal when it cannot be written: after a restart a request counts for longer than it
/// need.
async fn note(book: &Arc<Book>, change: impl FnOnce(&mut Ledger) -> Vec<Entry> + Send + 'static) {
    let mut journal = Arc::clone(&book.journal).lock_owned().await;
    let book = Arc::clone(book);
    let written = spawn_blocking(move || {
        let entries = change(&mut book.ledger());
        journal.record(&entries, || book.ledger().clone())
    });
    match written.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a request could not be settled on disk"),
        Err(error) => tracing::error!(%error, "a request could not be settled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(path: PathBuf) -> Budget {
        Budget::open(path, "3/min,5/day".parse().unwrap(), Clock::world()).unwrap()
    }

    #[tokio::test]
    async fn a_restart_remembers_what_was_sent() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let first = budget(path.clone());
        let ticket = first.reserve().await.unwrap();
        first.settle(ticket, Vec::new()).await;
        first.reserve().await.unwrap();
        drop(first);
        let second = budget(path);
        assert_eq!(second.state()[0].remaining, 1);
        second.reserve().await.unwrap();
        let Err(Denied::OverBudget(refusal)) = second.reserve().await else {
            panic!("not refused")
        };
        assert_eq!(refusal.by.to_string(), "the quota of 3/min");
    }
}
