//! What the tabs ask for.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use almanac_engine::Event;
use almanac_engine::wishes::Wish;
use almanac_wire::AccountId;

use super::{Keeper, Read, TOKEN};
use crate::news::Scope;
use crate::protocol::{Command, Look, Message};
use crate::shell::browser::{machine_ms, zone_named};
use crate::shell::fetch;
use crate::shell::later::{self, Clocks, Later};
use crate::shell::recall::recalled;
use crate::shell::store::Store;

/// For so long, in this machine's time, a removal can be taken back.
const UNDO_MS: f64 = 30_000.0;
/// Requests remembered so that one sent twice is carried out once.
const REMEMBERED_REQUESTS: usize = 200;

impl Keeper {
    pub(super) fn hear(self: &Rc<Self>, message: Message) {
        let Message::Ask { id, command } = message else {
            return;
        };
        let needed = if command == Command::Hello { Read::Present } else { Read::Past };
        if self.read.get() < needed {
            // It is asked again until it is answered.
            return;
        }
        match command {
            Command::Hello => {
                self.scope.set(Scope::Anew);
                self.publish();
            }
            Command::Show(look) => self.show(id, look),
            Command::Add(_)
            | Command::Remove(_)
            | Command::Stay(_)
            | Command::Set(_)
            | Command::Token(_)
            | Command::Erase
            | Command::Try(_)
            | Command::Wish(..)
            | Command::Revise(_)
            | Command::Alert(_)
            | Command::Seen(_) => self.carry_out(id, command),
        }
    }

    /// Gathers what a screen shows and tells the tab that asked.
    fn show(self: &Rc<Self>, id: String, look: Look) {
        let (keeper, life) = (self.clone(), self.life.get());
        spawn_local(async move {
            // Without it the screen that asks is not there either; it asks again.
            let Ok(later) = later::fetched().await else { return };
            let details = match look {
                Look::Account { account, own_zone, zone, sessions } => {
                    let zone = (own_zone, zone.as_deref());
                    keeper.account(&later, &account, zone, sessions).await
                }
                Look::Plan => (later.plan)(&keeper.monitor.borrow()),
            };
            if keeper.life.get() == life {
                keeper.send(&Message::Shown { id, details });
            }
        });
    }

    async fn account(
        &self,
        later: &Later,
        account: &AccountId,
        (own_zone, viewers): (bool, Option<&str>),
        listed: u32,
    ) -> Vec<u8> {
        let store = self.store.borrow().clone();
        let mut history = match store {
            Some(store) => {
                let read = (recalled().await.history)(store, account.clone());
                read.await.unwrap_or_default()
            }
            None => Vec::new(),
        };
        // What waits to be stored is newer than what is.
        self.outbox.borrow().revise(account, &mut history);
        let now = self.now();
        let monitor = self.monitor.borrow();
        let named = monitor.wishes(account).and_then(|wishes| wishes.zone.clone());
        let own = named.as_deref().and_then(|name| zone_named(name, now));
        let zone_unknown = named.is_some() && own.is_none();
        let zone = own
            .filter(|_| own_zone)
            .or_else(|| zone_named(viewers?, now))
            .unwrap_or_else(|| self.zone.borrow().clone());
        let listed = usize::try_from(listed).unwrap_or(usize::MAX);
        (later.account)(&monitor, account, history, listed, Clocks { zone: &zone, zone_unknown })
    }

    fn carry_out(self: &Rc<Self>, id: String, command: Command) {
        let again = self.carried_out.borrow().contains(&id);
        self.unacknowledged.borrow_mut().push(id.clone());
        if again {
            return self.flush();
        }
        let mut carried_out = self.carried_out.borrow_mut();
        carried_out.push_back(id);
        if carried_out.len() > REMEMBERED_REQUESTS {
            carried_out.pop_front();
        }
        drop(carried_out);
        self.all();
        match command {
            Command::Hello | Command::Show(_) => {}
            Command::Wish(account, wish) => {
                let wishes = self.monitor.borrow().wishes(&account).cloned();
                if let Some(mut wishes) = wishes {
                    let moved = matches!(wish, Wish::Zone(_));
                    wishes.grant(wish, self.now());
                    self.tell(Event::Wish(account, wishes));
                    if moved {
                        self.tell_zones();
                    }
                }
            }
            Command::Add(accounts) => self.tell(Event::Add(accounts)),
            Command::Remove(accounts) => {
                let until = self.clock.get().read(machine_ms() + UNDO_MS);
                self.tell(Event::Leave { accounts, until });
            }
            Command::Stay(accounts) => {
                self.tell(Event::Stay(accounts));
                self.tell_zones();
            }
            Command::Revise(revision) => self.tell(Event::Revise(revision)),
            Command::Set(settings) => self.tell(Event::Set(settings)),
            Command::Alert(rules) => self.tell(Event::Alert(rules)),
            Command::Seen(id) => self.tell(Event::Seen(id)),
            Command::Token(token) => {
                fetch::use_token(token.clone());
                spawn_local(async move {
                    // Where there is no storage, it lasts as long as this worker.
                    if let Ok(store) = Store::open(None).await {
                        let _ = store.remember(TOKEN, &token).await;
                    }
                });
                self.tell(Event::TryAgain);
            }
            Command::Erase => return self.erase(),
            Command::Try(order) => self.tell(Event::Trial(order)),
        }
        self.publish();
        self.flush();
    }

    /// Tells the tabs that what they asked for is done, once nothing waits to be stored (or once
    /// it is known that it cannot be stored at present, which they are shown).
    pub(super) fn acknowledge(&self) {
        for id in self.unacknowledged.borrow_mut().drain(..) {
            self.send(&Message::Done { id });
        }
    }
}
