//! The monitor's keeper: lives in a worker, feeds the monitor and carries its actions out.

mod asking;
mod clock;
mod hearing;
mod saving;
mod telling;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::DedicatedWorkerGlobalScope;

use almanac_engine::policy::{ByRule, Policy};
use almanac_engine::{Action, Alert, Event, Monitor, Snapshot, Zone, Zones};
use almanac_wire::{AccountId, Span, Timestamp, UpstreamInfo};

use super::browser::{machine_ms, zone, zone_named};
use super::channel::Channel;
use super::fetch;
use super::later;
use super::porter::Asked;
use super::recall::{is_new, recalled};
use super::store::{Store, StoreError};
use crate::news::{Scope, Told};
use crate::outbox::Outbox;
use crate::protocol::{Clock, Look, Storage};
use crate::wire::Wire;

pub(super) use clock::clock_of;
use clock::{LastClock, first_clock};
use saving::FIRST_RETRY_MS;

/// The tabs hear of everything that moves with time alone at least this often.
const HEARTBEAT_MS: u32 = 5_000;
/// The longest sleep: a machine that was asleep itself is noticed this soon.
const LONGEST_SLEEP_MS: f64 = 60_000.0;
/// The record of the access token.
const TOKEN: &str = "access token";

/// How much of the records the monitor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Read {
    /// Not what it starts from: there is nothing to show.
    Nothing,
    /// All that is shown of accounts; it decides nothing yet.
    Present,
    /// All it decides by.
    Past,
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
    read: Cell<Read>,
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
    /// What tabs want to see of a screen and have not been told.
    looks: RefCell<Vec<(String, Look)>>,
    unacknowledged: RefCell<Vec<String>>,
    left_at: Cell<Option<Timestamp>>,
}

/// The policy that every monitor here follows: the one that the settings ask for.
fn policy() -> Box<dyn Policy> {
    Box::new(ByRule::default())
}

/// Keeps the monitor from now on, until the worker ends, and sees to what was asked before.
pub(super) async fn keep(before: Asked) {
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
        read: Cell::new(Read::Nothing),
        timer: RefCell::new(None),
        flushing: Cell::new(false),
        retry_ms: Cell::new(FIRST_RETRY_MS),
        touched: RefCell::default(),
        told: RefCell::default(),
        scope: Cell::new(Scope::Anew),
        looked_at: RefCell::default(),
        publishing: Cell::new(false),
        carried_out: RefCell::default(),
        looks: RefCell::default(),
        unacknowledged: RefCell::default(),
        left_at: Cell::new(None),
    });
    fetch::use_token(kept_token().await);
    let (LastClock { timeline, clock }, served) = first_clock().await;
    let greeted = served.is_some();
    keeper.clock.set(clock);
    let listening = keeper.clone();
    let channel = Channel::open(move |message| listening.hear(message)).ok();
    *keeper.channel.borrow_mut() = channel;
    keeper.enter(timeline, served).await;
    if greeted {
        keeper.remember_clock();
    }
    let work = work_on_files(&keeper);
    keeper.turn();
    keeper.publish();
    before.messages.into_iter().for_each(|message| keeper.hear(message));
    before.files.into_iter().for_each(work);
    let beating = keeper.clone();
    Interval::new(HEARTBEAT_MS, move || beating.heartbeat()).forget();
}

/// The access token that somebody entered here once. It is this browser's, whatever the time line.
async fn kept_token() -> Option<String> {
    let store = Store::open(None).await.ok()?;
    store.recall::<Option<String>>(TOKEN).await.ok().flatten().flatten()
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

    /// Has the monitor begin anew, with what is stored now. What the proxy serves is known still.
    pub(super) async fn reenter(self: &Rc<Self>) {
        let timeline = self.timeline.borrow().clone();
        let served = self.monitor.borrow().served();
        self.enter(timeline, served).await;
        self.turn();
        self.publish_soon();
    }

    /// Begins, or changes to, a time line: its own database, its own monitor. Who is followed and
    /// how they stand is shown before the months that policies look at have been read.
    /// Where the proxy has just said what it serves, nobody need ask it again.
    async fn enter(
        self: &Rc<Self>,
        timeline: Option<String>,
        mut served: Option<Vec<UpstreamInfo>>,
    ) {
        let again = self.read.get() > Read::Nothing && *self.timeline.borrow() == timeline;
        self.life.set(self.life.get() + 1);
        self.read.set(Read::Nothing);
        *self.timer.borrow_mut() = None;
        *self.store.borrow_mut() = None;
        *self.outbox.borrow_mut() = Outbox::default();
        let now = self.now();
        *self.zone.borrow_mut() = zone(now);
        let mut past = None;
        let opened = async {
            let store = Rc::new(Store::open(timeline.as_deref()).await?);
            let snapshot = if is_new(&store).await? {
                Snapshot::default()
            } else {
                let recall = recalled().await;
                past = Some(recall.past);
                (recall.load)(store.clone(), now).await?
            };
            Ok::<_, StoreError>((store, snapshot))
        };
        let (store, snapshot, storage) = match opened.await {
            Ok((store, snapshot)) => (Some(store), snapshot, Storage::Kept),
            Err(error) => (None, Snapshot::default(), error.closes()),
        };
        let mut monitor = Monitor::restore(snapshot, policy(), now);
        if again {
            monitor.succeed(&self.monitor.borrow());
        }
        *self.monitor.borrow_mut() = monitor;
        self.store.borrow_mut().clone_from(&store);
        *self.storage.borrow_mut() = storage;
        *self.timeline.borrow_mut() = timeline;
        self.left_at.set(None);
        self.tell_zones();
        let hear = |served: Option<Vec<UpstreamInfo>>| {
            if let Some(served) = served {
                self.monitor.borrow_mut().handle(Event::Upstreams(served), now);
            }
        };
        hear(served.clone());
        self.scope.set(Scope::Anew);
        self.read.set(Read::Present);
        self.publish();
        if let (Some(store), Some(past)) = (store, past) {
            match past(store.clone(), now).await {
                Ok(sessions) => {
                    self.monitor.borrow_mut().recall(sessions);
                    // What was planned without them is planned anew; an answer may know more of the
                    // budget by now.
                    served.iter_mut().flatten().for_each(|one| one.budget.clear());
                    hear(served);
                }
                Err(error) => {
                    *self.store.borrow_mut() = None;
                    *self.storage.borrow_mut() = error.closes();
                }
            }
            // A log that is too long now is cut another time.
            let _ = store.cut_log().await;
        }
        self.read.set(Read::Past);
        self.scope.set(Scope::Anew);
    }

    /// Tells the monitor what the clocks show where its accounts are said to live, and here.
    fn tell_zones(self: &Rc<Self>) {
        let mut named: Vec<(String, Zone)> = Vec::new();
        for account in self.followed() {
            let monitor = self.monitor.borrow();
            let name = monitor.wishes(&account).and_then(|wishes| wishes.zone.as_deref());
            if let Some(name) = name.filter(|name| named.iter().all(|(known, _)| known != name))
                && let Some(zone) = zone_named(name, self.now())
            {
                named.push((name.to_owned(), zone));
            }
        }
        self.tell(Event::Zones(Zones { viewer: self.zone(), named }));
    }

    /// One turn: everything that can be done now is done, and the next turn is set.
    fn turn(self: &Rc<Self>) {
        if self.read.get() < Read::Past {
            return;
        }
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
        // The monitor's time goes on while there is nothing to do: what it expects moves with it.
        let wait = timeout.map_or(LONGEST_SLEEP_MS, |at| {
            self.clock.get().machine_span_ms(at - self.now()).clamp(0.0, LONGEST_SLEEP_MS)
        });
        let keeper = self.clone();
        *self.timer.borrow_mut() = Some(Timeout::new(whole_ms(wait), move || keeper.turn()));
    }

    /// Has something done with the monitor that only who asks for it can do.
    pub(super) fn with_monitor(self: &Rc<Self>, work: impl FnOnce(&mut Monitor, Timestamp)) {
        work(&mut self.monitor.borrow_mut(), self.now());
        self.turn();
    }

    /// Has the monitor take in what happened.
    pub(super) fn tell(self: &Rc<Self>, event: Event) {
        self.monitor.borrow_mut().handle(event, self.now());
        self.turn();
    }
}

/// Listens for work on files from now on; what does it comes when it is first asked for.
fn work_on_files(keeper: &Rc<Keeper>) -> impl Fn(JsValue) {
    let wire: Rc<RefCell<Option<Wire>>> = Rc::default();
    let (keeper, open) = (keeper.clone(), wire.clone());
    let work = move |data: JsValue| {
        let Some(channel) = open.borrow().as_ref().map(Wire::channel) else { return };
        let keeper = keeper.clone();
        spawn_local(async move {
            // Without it the tab that asked waits, and may ask again.
            if let Ok(later) = later::fetched().await {
                (later.work)(keeper, channel, data).await;
            }
        });
    };
    *wire.borrow_mut() = Wire::open(work.clone()).ok();
    work
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
