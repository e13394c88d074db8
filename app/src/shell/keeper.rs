//! The monitor's keeper: lives in a worker, feeds the monitor and carries its actions out.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::DedicatedWorkerGlobalScope;

use almanac_engine::policy::{ByRule, Policy};
use almanac_engine::{Action, Alert, Change, Event, Monitor, Snapshot, Zone};
use almanac_wire::{AccountId, ClockInfo, Span, Timestamp};

use super::browser::{become_the_monitor, machine_ms, zone, zone_name, zone_named};
use super::channel::Channel;
use super::fetch;
use super::later::{self, Clocks, Later};
use super::store::{Store, StoreError};
use crate::news::{Scope, Told};
use crate::outbox::Outbox;
use crate::protocol::{Clock, Command, Look, Message, Storage};
use crate::wire::Wire;

/// Changes reach the tabs at most this often: often enough to feel at once, seldom enough to be calm.
const PUBLISH_EVERY_MS: u32 = 250;
/// The tabs hear of everything that moves with time alone at least this often.
const HEARTBEAT_MS: u32 = 5_000;
/// So many accounts are looked at in a heartbeat.
const LOOKED_AT: usize = 200;
/// What is known is left with the proxy this often, by the monitor's clock.
const LEAVE_EVERY: Span = Span::from_ms(15 * Span::MINUTE.ms());
/// The longest sleep: a machine that was asleep itself is noticed this soon.
const LONGEST_SLEEP_MS: f64 = 60_000.0;
/// The first wait after storing failed; it doubles up to the longest sleep.
const FIRST_RETRY_MS: f64 = 1_000.0;
/// A clock this far from the proxy's is set again.
const CLOCK_TOLERANCE_MS: f64 = 2_000.0;
/// For so long, in this machine's time, a removal can be taken back.
const UNDO_MS: f64 = 30_000.0;
/// Requests remembered so that one sent twice is carried out once.
const REMEMBERED_REQUESTS: usize = 200;
/// The record of the access token.
const TOKEN: &str = "access token";
/// The record of the clock last heard of.
const LAST_CLOCK: &str = "last clock";

/// Waits for its turn, then keeps the monitor until the worker ends.
pub(super) fn start() {
    spawn_local(async {
        // Without the lock there may be another monitor: better none than two.
        if become_the_monitor().await.is_ok() {
            keep().await;
        }
    });
}

/// A clock to go by while the proxy is out of reach.
#[derive(Serialize, Deserialize)]
struct LastClock {
    timeline: Option<String>,
    clock: Clock,
}

pub(super) struct Keeper {
    monitor: RefCell<Monitor>,
    store: RefCell<Option<Rc<Store>>>,
    outbox: RefCell<Outbox>,
    storage: RefCell<Storage>,
    channel: RefCell<Option<Channel>>,
    timeline: RefCell<Option<String>>,
    zone: RefCell<Zone>,
    clock: Cell<Clock>,
    /// Counts time lines entered: an answer from another one is dropped.
    life: Cell<u32>,
    timer: RefCell<Option<Timeout>>,
    flushing: Cell<bool>,
    retry_ms: Cell<f64>,
    touched: RefCell<BTreeSet<AccountId>>,
    told: RefCell<Told>,
    /// Whom the next report is about, besides those who are touched.
    scope: Cell<Scope>,
    /// Whom the heartbeat looks at next.
    looked_at: RefCell<Option<AccountId>>,
    publishing: Cell<bool>,
    carried_out: RefCell<VecDeque<String>>,
    unacknowledged: RefCell<Vec<String>>,
    left_at: Cell<Option<Timestamp>>,
}

/// The policy that every monitor here follows: the one that the settings ask for.
fn policy() -> Box<dyn Policy> {
    Box::new(ByRule::default())
}

async fn keep() {
    let keeper = Rc::new(Keeper {
        monitor: RefCell::new(Monitor::restore(
            Snapshot::default(),
            policy(),
            Clock::MACHINE.read(machine_ms()),
        )),
        store: RefCell::new(None),
        outbox: RefCell::new(Outbox::default()),
        storage: RefCell::new(Storage::Kept),
        channel: RefCell::new(None),
        timeline: RefCell::new(None),
        zone: RefCell::new(Zone::UTC),
        clock: Cell::new(Clock::MACHINE),
        life: Cell::new(0),
        timer: RefCell::new(None),
        flushing: Cell::new(false),
        retry_ms: Cell::new(FIRST_RETRY_MS),
        touched: RefCell::default(),
        told: RefCell::default(),
        scope: Cell::new(Scope::Anew),
        looked_at: RefCell::default(),
        publishing: Cell::new(false),
        carried_out: RefCell::default(),
        unacknowledged: RefCell::default(),
        left_at: Cell::new(None),
    });
    fetch::use_token(kept_token().await);
    let LastClock { timeline, clock } = first_clock().await;
    keeper.clock.set(clock);
    keeper.enter(timeline).await;
    let listening = keeper.clone();
    let channel = Channel::open(move |message| listening.hear(message)).ok();
    *keeper.channel.borrow_mut() = channel;
    work_on_files(&keeper);
    keeper.turn();
    keeper.publish_soon();
    let beating = keeper.clone();
    Interval::new(HEARTBEAT_MS, move || beating.heartbeat()).forget();
}

/// The access token that somebody entered here once. It is this browser's, whatever the time line.
async fn kept_token() -> Option<String> {
    let store = Store::open(None).await.ok()?;
    store.recall::<Option<String>>(TOKEN).await.ok().flatten().flatten()
}

/// The proxy's clock, else the one last heard of, else this machine's.
async fn first_clock() -> LastClock {
    let asked = machine_ms();
    if let Ok(reply) = fetch::upstreams().await {
        return LastClock { clock: clock_of(&reply.clock, asked), timeline: reply.clock.timeline };
    }
    let remembered = match Store::open(None).await {
        Ok(store) => store.recall(LAST_CLOCK).await.ok().flatten(),
        Err(_) => None,
    };
    remembered.unwrap_or(LastClock { timeline: None, clock: Clock::MACHINE })
}

/// The answer's time lies between asking and now; the middle errs least.
fn clock_of(info: &ClockInfo, asked_ms: f64) -> Clock {
    Clock {
        machine_ms: f64::midpoint(asked_ms, machine_ms()),
        showed: info.now,
        rate: info.rate,
        made_up: info.timeline.is_some(),
    }
}

impl Keeper {
    /// What the monitor's clock shows.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.get().read(machine_ms())
    }

    /// The open database.
    pub(super) fn store(&self) -> Option<Rc<Store>> {
        self.store.borrow().clone()
    }

    /// The zone of this browser.
    pub(super) fn zone(&self) -> Zone {
        self.zone.borrow().clone()
    }

    /// The accounts followed.
    pub(super) fn followed(&self) -> BTreeSet<AccountId> {
        self.monitor.borrow().accounts().cloned().collect()
    }

    /// How much of this machine's time, in milliseconds, a span of the monitor's clock takes.
    pub(super) fn machine_span_ms(&self, span: Span) -> f64 {
        self.clock.get().machine_span_ms(span)
    }

    /// Today, as a file's name has it.
    pub(super) fn local_date(&self) -> String {
        self.zone.borrow().local(self.now()).map_or_else(String::new, |local| {
            format!("{:04}-{:02}-{:02}", local.year, local.month, local.day)
        })
    }

    /// Lets the monitor rest if everything is stored; answers that come are dropped from then on.
    pub(super) fn rest_if_stored(self: &Rc<Self>) -> bool {
        if self.outbox.borrow().len() > 0 {
            self.flush();
            return false;
        }
        self.life.set(self.life.get() + 1);
        *self.timer.borrow_mut() = None;
        true
    }

    /// Has the monitor begin anew, with what is stored now.
    pub(super) async fn reenter(self: &Rc<Self>) {
        let timeline = self.timeline.borrow().clone();
        self.enter(timeline).await;
        self.turn();
        self.publish_soon();
    }

    /// Begins, or changes to, a time line: its own database, its own monitor.
    async fn enter(self: &Rc<Self>, timeline: Option<String>) {
        self.life.set(self.life.get() + 1);
        *self.store.borrow_mut() = None;
        *self.outbox.borrow_mut() = Outbox::default();
        *self.zone.borrow_mut() = zone(self.now());
        let opened = async {
            let store = Store::open(timeline.as_deref()).await?;
            let snapshot = store.load(self.now()).await?;
            store.cut_log().await?;
            Ok::<_, StoreError>((store, snapshot))
        };
        let (store, snapshot, storage) = match opened.await {
            Ok((store, snapshot)) => (Some(Rc::new(store)), snapshot, Storage::Kept),
            Err(error) => (None, Snapshot::default(), Storage::Denied { why: error.to_string() }),
        };
        *self.monitor.borrow_mut() = Monitor::restore(snapshot, policy(), self.now());
        *self.store.borrow_mut() = store;
        *self.storage.borrow_mut() = storage;
        *self.timeline.borrow_mut() = timeline;
        self.left_at.set(None);
        self.scope.set(Scope::Anew);
    }

    /// One turn: everything that can be done now is done, and the next turn is set.
    fn turn(self: &Rc<Self>) {
        loop {
            let action = self.monitor.borrow_mut().poll_action(self.now());
            match action {
                Some(Action::Greet) => self.greet(),
                Some(Action::Check(order)) => self.check(order),
                Some(Action::Save(changes)) => self.save(changes),
                Some(Action::Notify(alert)) => show(&alert),
                None => break,
            }
        }
        let timeout = self.monitor.borrow().poll_timeout();
        *self.timer.borrow_mut() = timeout.map(|at| {
            let wait =
                self.clock.get().machine_span_ms(at - self.now()).clamp(0.0, LONGEST_SLEEP_MS);
            let keeper = self.clone();
            Timeout::new(whole_ms(wait), move || keeper.turn())
        });
    }

    /// Has the monitor take in what happened.
    pub(super) fn tell(self: &Rc<Self>, event: Event) {
        self.monitor.borrow_mut().handle(event, self.now());
        self.turn();
    }

    fn greet(self: &Rc<Self>) {
        let (keeper, life) = (self.clone(), self.life.get());
        spawn_local(async move {
            let asked = machine_ms();
            let reply = fetch::upstreams().await;
            if keeper.life.get() != life {
                return;
            }
            match reply {
                Ok(reply) => {
                    keeper.clock.set(clock_of(&reply.clock, asked));
                    if *keeper.timeline.borrow() != reply.clock.timeline {
                        keeper.enter(reply.clock.timeline).await;
                    }
                    keeper.remember_clock();
                    keeper.all();
                    keeper.tell(Event::Upstreams(reply.upstreams));
                }
                Err(failure) => keeper.tell(Event::GreetingFailed(failure)),
            }
            keeper.publish_soon();
        });
    }

    fn check(self: &Rc<Self>, order: almanac_engine::CheckOrder) {
        let (keeper, life) = (self.clone(), self.life.get());
        spawn_local(async move {
            let asked = machine_ms();
            let reply = fetch::status(&order).await;
            if keeper.life.get() != life {
                return;
            }
            keeper.touched.borrow_mut().extend(order.accounts);
            let ticket = order.ticket;
            match reply {
                Ok(reply) => {
                    keeper.set_clock(reply.now, asked);
                    keeper.tell(Event::Answered { ticket, reply });
                }
                Err(failure) => keeper.tell(Event::Failed { ticket, failure }),
            }
            keeper.publish_soon();
        });
    }

    /// Goes by the proxy's clock again where ours has drifted or was set.
    fn set_clock(&self, showed: Timestamp, asked_ms: f64) {
        let clock = self.clock.get();
        let middle = f64::midpoint(asked_ms, machine_ms());
        let off = clock.machine_span_ms(clock.read(middle) - showed);
        if off.abs() > CLOCK_TOLERANCE_MS {
            self.clock.set(Clock { machine_ms: middle, showed, ..clock });
        }
    }

    fn remember_clock(&self) {
        let last = LastClock { timeline: self.timeline.borrow().clone(), clock: self.clock.get() };
        spawn_local(async move {
            if let Ok(store) = Store::open(None).await {
                let _ = store.remember(LAST_CLOCK, &last).await;
            }
        });
    }

    fn save(self: &Rc<Self>, changes: Vec<Change>) {
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
    fn flush(self: &Rc<Self>) {
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

    fn storing_failed(self: &Rc<Self>, error: &StoreError) {
        let since = match &*self.storage.borrow() {
            Storage::Failing { since, .. } => *since,
            Storage::Kept | Storage::Denied { .. } => self.now(),
        };
        let waiting = self.outbox.borrow().len();
        let (full, why) = (error.is_full(), error.to_string());
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

    fn hear(self: &Rc<Self>, message: Message) {
        let Message::Ask { id, command } = message else {
            return;
        };
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

    /// Deletes all records and begins anew; if they cannot be deleted, all stays and it is told why.
    fn erase(self: &Rc<Self>) {
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
                    keeper.enter(timeline).await;
                }
                Err(error) => keeper.storing_failed(&error),
            }
            keeper.turn();
            keeper.scope.set(Scope::Anew);
            keeper.publish();
            keeper.acknowledge();
        });
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
            Some(store) => store.history(account).await.unwrap_or_default(),
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
                    wishes.grant(wish, self.now());
                    self.tell(Event::Wish(account, wishes));
                }
            }
            Command::Add(accounts) => self.tell(Event::Add(accounts)),
            Command::Remove(accounts) => {
                let until = self.clock.get().read(machine_ms() + UNDO_MS);
                self.tell(Event::Leave { accounts, until });
            }
            Command::Stay(accounts) => self.tell(Event::Stay(accounts)),
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
    fn acknowledge(&self) {
        for id in self.unacknowledged.borrow_mut().drain(..) {
            self.send(&Message::Done { id });
        }
    }

    fn send(&self, message: &Message) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.send(message);
        }
    }

    fn heartbeat(self: &Rc<Self>) {
        let waiting = self.outbox.borrow().len();
        if let Storage::Failing { waiting: shown, .. } = &mut *self.storage.borrow_mut() {
            *shown = waiting;
        }
        self.look_around();
        self.publish_soon();
        self.leave_snapshot();
    }

    /// Leaves what is known with the proxy now and then, once there is anything.
    fn leave_snapshot(self: &Rc<Self>) {
        let now = self.now();
        let soon = self.left_at.get().is_some_and(|left| now < left + LEAVE_EVERY);
        if soon || self.monitor.borrow().accounts().next().is_none() {
            return;
        }
        self.left_at.set(Some(now));
        let keeper = self.clone();
        spawn_local(async move {
            let name = zone_name().unwrap_or_else(|| "UTC".to_owned());
            // Without it there is nothing to say; the next time is soon enough.
            let Ok(later) = later::fetched().await else { return };
            let body = (later.snapshot)(
                &keeper.monitor.borrow(),
                &keeper.zone.borrow(),
                &name,
                keeper.now(),
            );
            if let Some(body) = body {
                fetch::leave(&body).await;
            }
        });
    }

    fn publish_soon(self: &Rc<Self>) {
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
    fn all(&self) {
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

    fn publish(&self) {
        let monitor = self.monitor.borrow();
        let touched = std::mem::take(&mut *self.touched.borrow_mut());
        let scope = self.scope.replace(Scope::Some);
        let rows = if scope == Scope::Some {
            touched.iter().filter_map(|account| monitor.row(account)).collect()
        } else {
            monitor.accounts().filter_map(|account| monitor.row(account)).collect()
        };
        let storage = self.storage.borrow().clone();
        let mut told = self.told.borrow_mut();
        let (overview, clock) = (monitor.overview(), self.clock.get());
        let news = told.news(scope, rows, overview, clock, storage, fetch::has_token());
        if let Some(update) = news {
            self.send(&Message::News(Box::new(update)));
        }
    }
}

/// Listens for work on files from now on; what does it comes when it is first asked for.
fn work_on_files(keeper: &Rc<Keeper>) {
    let keeper = keeper.clone();
    let wire: Rc<RefCell<Option<Wire>>> = Rc::default();
    let open = wire.clone();
    let opened = Wire::open(move |data| {
        let Some(channel) = open.borrow().as_ref().map(Wire::channel) else { return };
        let keeper = keeper.clone();
        spawn_local(async move {
            // Without it the tab that asked waits, and may ask again.
            if let Ok(later) = later::fetched().await {
                (later.work)(keeper, channel, data).await;
            }
        });
    });
    *wire.borrow_mut() = opened.ok();
}

/// Has this worker's page show an alert: a worker cannot.
fn show(alert: &Alert) {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        let bytes = postcard::to_allocvec(alert).unwrap_or_default();
        // A page that is going away shows nothing; the alert is on the list.
        let _ = scope.post_message(&js_sys::Uint8Array::from(bytes.as_slice()));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "waits lie between nothing and a minute"
)]
pub(super) const fn whole_ms(ms: f64) -> u32 {
    ms.max(0.0) as u32
}
