//! What the screens see: signals that the shell writes and views read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leptos::prelude::Update as _;
use leptos::prelude::*;

use almanac_engine::alerts::AlertRule;
use almanac_engine::view::{Overview, Row, order};
use almanac_engine::wishes::Wish;
use almanac_engine::zone::Zone;
use almanac_engine::{Revision, Setting, TrialOrder};
use almanac_wire::{AccountId, Timestamp};

use crate::preferences::Preferences;
use crate::protocol::{Command, Details, Look, Storage, Update};
use crate::route::Route;

/// Everything a screen can read, and the way to ask for something. Copied freely.
#[derive(Clone, Copy)]
pub struct State {
    /// Everything that is not about one account; `None` until the monitor has spoken.
    pub overview: RwSignal<Option<Overview>>,
    /// The accounts in the order of the Now screen.
    pub order: RwSignal<Vec<AccountId>>,
    /// The moment that the screens show; moves on about once a second.
    pub now: RwSignal<Timestamp>,
    /// Whether the clock shows a made-up time line.
    pub made_up_time: RwSignal<bool>,
    /// How the records are doing.
    pub storage: RwSignal<Storage>,
    /// Whether something that was asked for is not on disk yet.
    pub unkept: RwSignal<bool>,
    /// Whether an access token for the proxy is kept.
    pub has_token: RwSignal<bool>,
    /// What is preferred on this device.
    pub preferences: RwSignal<Preferences>,
    /// The zone in which times are told.
    pub zone: StoredValue<Zone>,
    /// Turns whenever that is another zone. (A signal that holds the zone is a larger download.)
    zone_turns: RwSignal<bool>,
    /// The screen that is open; `None` where the address names none.
    pub route: RwSignal<Option<Route>>,
    /// What the monitor said last of what the open screen shows.
    pub details: RwSignal<Option<Details>>,
    /// Reads these, once the part of the app that can is here.
    pub(crate) reader: StoredValue<Option<Read>>,
    rows: StoredValue<BTreeMap<AccountId, Known>>,
    send: StoredValue<Sender>,
}

/// What there is of an account.
#[derive(Clone, Copy)]
struct Known {
    row: RwSignal<Row>,
    /// Whether what is looked for does not find it. A thousand rows that follow one signal would each
    /// be told of all others.
    missed: RwSignal<bool>,
}

/// Reads details.
pub(crate) type Read = fn(&[u8]) -> Option<Details>;
type Sender = Arc<dyn Fn(Command) + Send + Sync>;

/// The accounts by their keys. (What the standard library sorts with is larger than a list is
/// long.)
pub(crate) fn in_order(keys: Vec<(u8, i64, AccountId)>) -> Vec<AccountId> {
    let mut sorted = Vec::new();
    for key in keys {
        sorted.insert(sorted.partition_point(|before| *before < key), key);
    }
    sorted.into_iter().map(|(_, _, account)| account).collect()
}

impl State {
    /// A state that knows nothing yet; `send` carries commands to the monitor.
    pub fn new(now: Timestamp, zone: Zone, send: impl Fn(Command) + Send + Sync + 'static) -> Self {
        Self {
            overview: RwSignal::new(None),
            order: RwSignal::new(Vec::new()),
            now: RwSignal::new(now),
            made_up_time: RwSignal::new(false),
            storage: RwSignal::new(Storage::Kept),
            unkept: RwSignal::new(false),
            has_token: RwSignal::new(false),
            preferences: RwSignal::new(Preferences::default()),
            zone: StoredValue::new(zone),
            zone_turns: RwSignal::new(false),
            route: RwSignal::new(Some(Route::Now)),
            details: RwSignal::new(None),
            reader: StoredValue::new(None),
            rows: StoredValue::new(BTreeMap::new()),
            send: StoredValue::new(Arc::new(send)),
        }
    }

    /// Takes in what the monitor told.
    pub fn apply(&self, update: Update) {
        self.rows.update_value(|rows| {
            if update.complete {
                // The monitor tells its rows in the order of their accounts.
                let told = |account: &AccountId| {
                    update.rows.binary_search_by(|row| row.account.cmp(account)).is_ok()
                };
                rows.retain(|account, _| told(account));
            }
            for account in &update.gone {
                rows.remove(account);
            }
            for row in update.rows {
                match rows.get(&row.account) {
                    Some(known) => known.row.set(row),
                    None => {
                        let (account, missed) = (row.account.clone(), RwSignal::new(false));
                        rows.insert(account, Known { row: RwSignal::new(row), missed });
                    }
                }
            }
        });
        let mut keys = Vec::new();
        self.rows.with_value(|rows| {
            keys.extend(rows.values().map(|known| known.row.with_untracked(order)));
        });
        let sorted = in_order(keys);
        if self.order.with_untracked(|before| *before != sorted) {
            self.order.set(sorted);
        }
        self.made_up_time.set(update.clock.made_up);
        self.storage.set(update.storage);
        self.has_token.set(update.has_token);
        self.overview.set(Some(update.overview));
    }

    /// Tells times in another zone from now on.
    pub fn set_zone(&self, zone: Zone) {
        self.zone.set_value(zone);
        self.zone_turns.update(|turns| *turns = !*turns);
    }

    /// Reads the zone, and again whenever it is another.
    pub fn with_zone<T>(&self, read: impl FnOnce(&Zone) -> T) -> T {
        self.zone_turns.get();
        self.zone.with_value(read)
    }

    /// One account's row, which updates by itself.
    #[must_use]
    pub fn row(&self, account: &AccountId) -> Option<RwSignal<Row>> {
        self.rows.with_value(|rows| rows.get(account).map(|known| known.row))
    }

    /// Whether what is looked for does not find an account.
    pub(crate) fn is_missed(&self, account: &AccountId) -> Signal<bool> {
        let known = self.rows.with_value(|rows| rows.get(account).copied());
        known.map_or_else(|| Signal::stored(false), |known| known.missed.into())
    }

    /// Tells the rows which of them what is looked for does not find.
    pub(crate) fn miss(&self, missed: &BTreeSet<AccountId>) {
        self.rows.with_value(|rows| {
            for (account, known) in rows {
                let now = missed.contains(account);
                if known.missed.get_untracked() != now {
                    known.missed.set(now);
                }
            }
        });
    }

    /// The accounts followed.
    #[must_use]
    pub fn followed(&self) -> BTreeSet<AccountId> {
        let mut followed = BTreeSet::new();
        self.rows.with_value(|rows| followed.extend(rows.keys().cloned()));
        followed
    }

    /// Follows accounts.
    pub fn add(&self, accounts: Vec<AccountId>) {
        self.ask(Command::Add(accounts));
    }

    /// Takes back that accounts are followed no more.
    pub fn stay(&self, accounts: Vec<AccountId>) {
        self.ask(Command::Stay(accounts));
    }

    /// Corrects the recorded sessions of an account.
    pub fn revise(&self, revision: Revision) {
        self.ask(Command::Revise(revision));
    }

    /// Follows accounts no more and, unless that is taken back soon, deletes what was recorded.
    pub fn remove(&self, accounts: Vec<AccountId>) {
        self.ask(Command::Remove(accounts));
    }

    /// Changes one thing of the settings in force.
    pub fn set(&self, setting: Setting) {
        // Another change may follow before the monitor has spoken.
        self.overview.update(|all| {
            if let Some(all) = all {
                all.settings.set(setting);
            }
        });
        self.ask(Command::Set(setting));
    }

    /// Changes one thing of what alerts are wanted.
    pub fn alert(&self, rule: AlertRule) {
        // Another change may follow before the monitor has spoken.
        self.overview.update(|all| {
            if let Some(all) = all {
                all.alerts.rules.set(rule.clone());
            }
        });
        self.ask(Command::Alert(rule));
    }

    /// Takes an alert, or all, off the list of those that nobody has seen.
    pub fn seen(&self, id: Option<u64>) {
        self.ask(Command::Seen(id));
    }

    /// Keeps an access token for the proxy and tries it at once; `None` forgets the one there is.
    pub fn set_token(&self, token: Option<String>) {
        self.ask(Command::Token(token));
    }

    /// Grants a wish for an account.
    pub fn wish(&self, account: &AccountId, wish: Wish) {
        self.ask(Command::Wish(account.clone(), wish));
    }

    /// Begins, ends or leaves a trial.
    pub fn try_out(&self, order: TrialOrder) {
        self.ask(Command::Try(order));
    }

    /// Asks for what a screen shows; it comes in [`State::details`].
    pub fn show(&self, look: Look) {
        self.ask(Command::Show(look));
    }

    /// Deletes everything that was ever recorded, and the settings.
    pub fn erase(&self) {
        self.ask(Command::Erase);
    }

    fn ask(&self, command: Command) {
        if !matches!(command, Command::Show(_)) && !self.unkept.get_untracked() {
            self.unkept.set(true);
        }
        self.send.with_value(|send| send(command));
    }
}
