//! The outbox on its way to the store, and what is done while the store refuses.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use almanac_engine::Change;

use super::{Keeper, LONGEST_SLEEP_MS, whole_ms};
use crate::news::Scope;
use crate::protocol::Storage;
use crate::shell::store::{Store, StoreError};

/// The first wait after storing failed; it doubles up to the longest sleep.
pub(super) const FIRST_RETRY_MS: f64 = 1_000.0;

impl Keeper {
    pub(super) fn save(self: &Rc<Self>, changes: Vec<Change>) {
        for change in &changes {
            match change {
                Change::Track(track) => {
                    self.touched.borrow_mut().insert(track.account.clone());
                }

                Change::Forget(_) => {
                    self.all();
                    self.publish_soon();
                }
                Change::Session(_)
                | Change::Strike(..)
                | Change::CheckDay(_)
                | Change::Mind(_)
                | Change::Pool(_)
                | Change::Memory(_)
                | Change::Trials(_)
                | Change::Follow(_)
                | Change::Settings(_)
                | Change::Alerts(_)
                | Change::Log(_) => {}
            }
        }
        if self.store.borrow().is_some() {
            self.outbox.borrow_mut().add(changes);
        }
        self.flush();
    }

    /// Stores what waits, one transaction at a time.
    pub(super) fn flush(self: &Rc<Self>) {
        let store = self.store.borrow().clone();
        let batch = self.outbox.borrow().batch();
        let (Some(store), Some(batch)) = (store, batch) else {
            return self.acknowledge();
        };
        if self.flushing.replace(true) {
            return;
        }
        let (keeper, life) = (self.clone(), self.life.get());
        spawn_local(async move {
            let zone = keeper.zone.borrow().clone();
            let written = store.write(&batch.changes, &zone).await;
            keeper.flushing.set(false);
            if keeper.life.get() != life {
                return keeper.flush();
            }
            match written {
                Ok(()) => {
                    keeper.outbox.borrow_mut().stored(batch);
                    keeper.retry_ms.set(FIRST_RETRY_MS);
                    *keeper.storage.borrow_mut() = Storage::Kept;
                    keeper.flush();
                }
                Err(error) => keeper.storing_failed(&error),
            }
        });
    }

    pub(super) fn storing_failed(self: &Rc<Self>, error: &StoreError) {
        let since = match &*self.storage.borrow() {
            Storage::Failing { since, .. } => *since,
            Storage::Kept | Storage::Denied { .. } | Storage::Unread | Storage::Insecure { .. } => {
                self.now()
            }
        };
        let waiting = self.outbox.borrow().len();
        let (full, why) = (error.is_full(), error.browsers_words().to_owned());
        *self.storage.borrow_mut() = Storage::Failing { since, waiting, full, why };
        self.acknowledge();
        self.publish_soon();
        // The connection may be what failed: another tab's upgrade closes it.
        let wait = self.retry_ms.get();
        self.retry_ms.set((wait * 2.0).min(LONGEST_SLEEP_MS));
        let (keeper, life) = (self.clone(), self.life.get());
        self.flushing.set(true);
        Timeout::new(whole_ms(wait), move || {
            spawn_local(async move {
                let timeline = keeper.timeline.borrow().clone();
                let reopened = Store::open(timeline.as_deref()).await;
                if keeper.life.get() == life
                    && let Ok(store) = reopened
                {
                    *keeper.store.borrow_mut() = Some(Rc::new(store));
                }
                keeper.flushing.set(false);
                keeper.flush();
            });
        })
        .forget();
    }

    /// Deletes all records and begins anew; if they cannot be deleted, all stays and it is told why.
    pub(super) fn erase(self: &Rc<Self>) {
        // Answers under way belong to what is deleted.
        self.life.set(self.life.get() + 1);
        *self.timer.borrow_mut() = None;
        let keeper = self.clone();
        spawn_local(async move {
            let store = keeper.store.borrow().clone();
            let erased = match store {
                Some(store) => store.erase().await,
                None => Ok(()),
            };
            match erased {
                Ok(()) => {
                    let timeline = keeper.timeline.borrow().clone();
                    keeper.enter(timeline, None).await;
                }
                Err(error) => keeper.storing_failed(&error),
            }
            keeper.turn();
            keeper.scope.set(Scope::Anew);
            keeper.publish();
            keeper.acknowledge();
        });
    }
}
