//! What the tabs ask for.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use almanac_engine::wishes::Wish;
use almanac_engine::{Event, LogWhat};
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

    /// Gathers what a screen shows and tells the tab that asked. It may cost a second, and tabs ask
    /// again until they are answered: what is asked meanwhile is heard, and gathered once.
    fn show(self: &Rc<Self>, id: String, look: Look) {
        let mut looks = self.looks.borrow_mut();
        let gathering = !looks.is_empty();
        if looks.iter().all(|(before, _)| *before != id) {
            looks.push((id, look));
        }
        if gathering {
            return;
        }
        let keeper = self.clone();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(0).await;
                let Some((_, look)) = keeper.looks.borrow().first().cloned() else { break };
                let life = keeper.life.get();
                let details = keeper.gather(&look).await;
                TimeoutFuture::new(0).await;
                keeper.looks.borrow_mut().retain(|(id, one)| {
                    let told = *one == look;
                    // Of another time line, or gathered by what did not come: it is asked again.
                    if let Some(details) =
                        details.clone().filter(|_| told && life == keeper.life.get())
                    {
                        keeper.send(&Message::Shown { id: id.clone(), details });
                    }
                    !told
                });
            }
        });
    }

    async fn gather(&self, look: &Look) -> Option<Vec<u8>> {
        // Without it the screen that asks is not there either.
        let later = later::fetched().await.ok()?;
        Some(match look {
            Look::Account { account, own_zone, zone, sessions } => {
                let zone = (*own_zone, zone.as_deref());
                self.account(&later, account, zone, *sessions).await
            }
            Look::Plan => (later.plan)(&self.monitor.borrow()),
        })
    }

    /// Remembers a request; `false` where it was heard before.
    pub(in crate::shell) fn is_new(&self, id: &str) -> bool {
        let mut heard = self.carried_out.borrow_mut();
        if heard.iter().any(|before| before == id) {
            return false;
        }
        heard.push_back(id.to_owned());
        if heard.len() > REMEMBERED_REQUESTS {
            heard.pop_front();
        }
        true
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
        let new = self.is_new(&id);
        self.unacknowledged.borrow_mut().push(id);
        if !new {
            return self.flush();
        }
        self.all();
        match command {
            Command::Hello | Command::Show(_) => {}
            Command::Wish(account, wish) => {
                let wishes = self.monitor.borrow().wishes(&account).cloned();
                if let Some(mut wishes) = wishes {
                    let moved = matches!(wish, Wish::Zone(_));
                    let mut told = wish.clone();
                    wishes.grant(wish, self.now());
                    // As it is kept; what a note says is nobody else's business.
                    if let Wish::Tags(tags) = &mut told {
                        tags.clone_from(&wishes.tags);
                    } else if let Wish::Note(note) = &mut told {
                        note.clear();
                    }
                    self.tell(Event::Did(LogWhat::Wished(account.clone(), told)));
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
            // Each changes one thing of what is in force here, whatever its tab has heard of that.
            Command::Set(setting) => {
                let mut settings = self.monitor.borrow().settings().clone();
                settings.set(setting);
                self.tell(Event::Did(LogWhat::Set(settings.clone())));
                self.tell(Event::Set(settings));
            }
            Command::Alert(rule) => {
                let mut rules = self.monitor.borrow().alert_rules().clone();
                rules.set(rule);
                self.tell(Event::Did(LogWhat::AlertsSet));
                self.tell(Event::Alert(rules));
            }
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
