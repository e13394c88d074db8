//! The budget of one upstream: a ledger, and its journal on disk.
//!
//! Invariant: a request may be sent only with a [`Ticket`] of [`Budget::reserve`], and a ticket is
//! on disk before it is handed out. So the quotas hold over a kill at any moment.

use std::path::PathBuf;
use std::sync::Arc;

use almanac_engine::budget::{Ledger, OverBudget, Ticket};
use almanac_wire::{QuotaState, Quotas};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::clock::Clock;
use crate::journal::{Entry, Journal};

/// The budget of one upstream.
#[derive(Debug)]
pub(crate) struct Budget {
    clock: Clock,
    quotas: Quotas,
    book: Arc<Mutex<Book>>,
}

#[derive(Debug)]
struct Book {
    ledger: Ledger,
    journal: Journal,
}

/// Why a request may not be sent.
#[derive(Clone, Debug, Error)]
pub(crate) enum Denied {
    /// A quota has none left.
    #[error("the quota of {} has no request left", .0.quota)]
    OverBudget(OverBudget),
    /// It cannot be written down.
    #[error("the budget's journal cannot be written: {0}")]
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
        let contents = Journal::read(&path).map_err(failed)?;
        if contents.damaged > 0 {
            tracing::warn!(
                path = %path.display(),
                lines = contents.damaged,
                "the budget's journal is damaged; each unreadable line counts as a request made now"
            );
        }
        let ledger = Ledger::restore(quotas.clone(), contents.spends, clock.now());
        let journal = Journal::start(path.clone(), &ledger).map_err(failed)?;
        Ok(Self { clock, quotas, book: Arc::new(Mutex::new(Book { ledger, journal })) })
    }

    pub(crate) const fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// Takes a request out of every quota and writes that down.
    ///
    /// Must run to its end: a ticket that is dropped half-way holds its slot until a restart.
    pub(crate) async fn reserve(&self) -> Result<Ticket, Denied> {
        let mut book = Arc::clone(&self.book).lock_owned().await;
        let now = self.clock.now();
        let mut after = book.ledger.clone();
        let ticket = after.reserve(now).map_err(Denied::OverBudget)?;
        let written = spawn_blocking(move || {
            book.journal.record(Entry::Reserve { ticket: ticket.0, at: now }, &after)?;
            book.ledger = after;
            Ok::<_, std::io::Error>(ticket)
        });
        match written.await {
            Ok(Ok(ticket)) => Ok(ticket),
            Ok(Err(error)) => Err(Denied::Unaccountable(error.to_string())),
            Err(error) => Err(Denied::Unaccountable(error.to_string())),
        }
    }

    /// Notes that the answer or failure is in.
    pub(crate) async fn settle(&self, ticket: Ticket) {
        let mut book = Arc::clone(&self.book).lock_owned().await;
        let now = self.clock.now();
        let written = spawn_blocking(move || {
            let Book { ledger, journal } = &mut *book;
            ledger.settle(ticket, now);
            journal.record(Entry::Settle { ticket: ticket.0, at: now }, ledger)
        });
        // Not fatal: after a restart the request counts for longer than it need.
        match written.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a request could not be settled on disk"),
            Err(error) => tracing::error!(%error, "a request could not be settled"),
        }
    }

    /// What is left of every quota.
    pub(crate) async fn state(&self) -> Vec<QuotaState> {
        self.book.lock().await.ledger.state(self.clock.now())
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
        first.settle(ticket).await;
        first.reserve().await.unwrap();
        drop(first);
        let second = budget(path);
        assert_eq!(second.state().await[0].remaining, 1);
        second.reserve().await.unwrap();
        let Err(Denied::OverBudget(refusal)) = second.reserve().await else {
            panic!("not refused")
        };
        assert_eq!(refusal.quota.to_string(), "3/min");
    }
}
