//! What the tabs are told, and when.

use std::rc::Rc;

use gloo_timers::callback::Timeout;

use almanac_wire::AccountId;

use super::Keeper;
use crate::news::Scope;
use crate::protocol::{Message, Storage};
use crate::shell::fetch;

/// Changes reach the tabs at most this often: often enough to feel at once, seldom enough to be calm.
const PUBLISH_EVERY_MS: u32 = 250;
/// So many accounts are looked at in a heartbeat.
const LOOKED_AT: usize = 200;

impl Keeper {
    pub(super) fn send(&self, message: &Message) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.send(message);
        }
    }

    pub(super) fn heartbeat(self: &Rc<Self>) {
        let waiting = self.outbox.borrow().len();
        if let Storage::Failing { waiting: shown, .. } = &mut *self.storage.borrow_mut() {
            *shown = waiting;
        }
        self.look_around();
        self.publish_soon();
        self.leave_snapshot();
    }

    pub(super) fn publish_soon(self: &Rc<Self>) {
        if !self.publishing.replace(true) {
            let keeper = self.clone();
            Timeout::new(PUBLISH_EVERY_MS, move || {
                keeper.publishing.set(false);
                keeper.publish();
            })
            .forget();
        }
    }

    /// The next report is about everyone.
    pub(super) fn all(&self) {
        if self.scope.get() == Scope::Some {
            self.scope.set(Scope::All);
        }
    }

    /// What moves with time alone is looked at by turns, so that a heartbeat costs the same
    /// however many are followed.
    fn look_around(&self) {
        let monitor = self.monitor.borrow();
        let last = self.looked_at.take();
        let after = |account: &&AccountId| last.as_ref().is_none_or(|last| *account > last);
        let next: Vec<AccountId> =
            monitor.accounts().filter(after).take(LOOKED_AT).cloned().collect();
        self.looked_at.replace(next.last().cloned());
        self.touched.borrow_mut().extend(next);
    }

    pub(super) fn publish(&self) {
        let monitor = self.monitor.borrow();
        let touched = std::mem::take(&mut *self.touched.borrow_mut());
        let overview = monitor.overview();
        let mut told = self.told.borrow_mut();
        if told.troubled_otherwise(&overview) {
            self.all();
        }
        let scope = self.scope.replace(Scope::Some);
        let rows = if scope == Scope::Some {
            touched.iter().filter_map(|account| monitor.row(account)).collect()
        } else {
            monitor.accounts().filter_map(|account| monitor.row(account)).collect()
        };
        let storage = self.storage.borrow().clone();
        let clock = self.clock.get();
        let news = told.news(scope, rows, overview, clock, storage, fetch::has_token());
        if let Some(update) = news {
            self.send(&Message::News(Box::new(update)));
        }
    }
}
