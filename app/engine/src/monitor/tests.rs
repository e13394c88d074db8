//! The monitor against a simulated upstream and a store that can lose its browser.

mod crowded;
mod foreseeing;
mod importing;
mod killed;
mod publishing;
mod revising;
mod seeing;
mod shares;
mod spare;
mod spending;
mod telling;
mod trouble;
mod trying;
mod wishes;
mod zones;

use std::collections::BTreeMap;

use almanac_wire::{
    AccountId, Broadcast, CheckResult, Outcome, Platform, QuotaState, Reveals, Span, StatusReply,
    Timestamp, UnknownReason, UpstreamInfo,
};

use super::*;
use crate::alerts::{AlertKind, AlertRules};
use crate::checks::CheckDay;
use crate::mind::Mind;
use crate::plan::Prices;
use crate::policy::{Adaptive, Aim, Fixed, PolicyMemory};
use crate::session::{End, KnownBy, Session};
use crate::settings::Rule;
use crate::track::Track;
use crate::trial::{Follow, Trials};
use crate::view::{Matter, Standing};
use crate::wishes::Wishes;

const QUOTAS: &str = "100/min,6000/h";

/// A broadcast that really was, in minutes.
#[derive(Clone, Copy, Debug)]
struct Truth {
    start: i64,
    end: i64,
}

fn minute(m: i64) -> Timestamp {
    Timestamp::from_s(1_780_000_000 + m * 60)
}

fn account(name: &str) -> AccountId {
    AccountId::new(Platform::Tiktok, name).unwrap()
}

/// What IndexedDB would hold.
#[derive(Default)]
struct Store {
    settings: Settings,
    tracks: BTreeMap<AccountId, Track>,
    sessions: BTreeMap<String, Session>,
    days: BTreeMap<String, CheckDay>,
    minds: BTreeMap<AccountId, Mind>,
    pools: BTreeMap<Platform, PlatformPool>,
    alerts: AlertBook,
    memory: Option<PolicyMemory>,
    trials: Trials,
    follows: BTreeMap<AccountId, Follow>,
    log: Vec<LogEntry>,
}

impl Store {
    fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Track(track) => drop(self.tracks.insert(track.account.clone(), *track)),
                Change::Session(session) => drop(self.sessions.insert(session.key(), session)),
                Change::Strike(account, recorded_at) => {
                    self.sessions.remove(&Session::key_of(&account, recorded_at));
                }
                Change::CheckDay(day) => drop(self.days.insert(day.key(), day)),
                Change::Mind(mind) => drop(self.minds.insert(mind.account.clone(), *mind)),
                Change::Pool(pool) => drop(self.pools.insert(pool.platform, pool)),
                Change::Memory(memory) => self.memory = Some(memory),
                Change::Trials(trials) => self.trials = *trials,
                Change::Follow(follow) => {
                    drop(self.follows.insert(follow.account.clone(), *follow));
                }
                Change::Settings(settings) => self.settings = settings,
                Change::Alerts(book) => self.alerts = *book,
                Change::Log(entry) => self.log.push(entry),
                Change::Forget(account) => {
                    self.tracks.remove(&account);
                    self.sessions.retain(|_, session| session.account != account);
                    self.days.retain(|_, day| day.account != account);
                    self.minds.remove(&account);
                    self.follows.remove(&account);
                }
            }
        }
    }

    /// Through JSON, as a real store would.
    fn snapshot(&self) -> Snapshot {
        let snapshot = Snapshot {
            settings: self.settings.clone(),
            tracks: self.tracks.values().cloned().collect(),
            sessions: self.sessions.values().cloned().collect(),
            check_days: self.days.values().cloned().collect(),
            minds: self.minds.values().cloned().collect(),
            pools: self.pools.values().cloned().collect(),
            alerts: self.alerts.clone(),
            memory: self.memory.clone(),
            trials: self.trials.clone(),
            follows: self.follows.values().cloned().collect(),
        };
        serde_json::from_str(&serde_json::to_string(&snapshot).unwrap()).unwrap()
    }
}

struct World {
    truth: BTreeMap<AccountId, Vec<Truth>>,
    reveals: Reveals,
    quotas: &'static str,
    policy: fn() -> Box<dyn Policy>,
    /// From minute to minute: what the upstream says instead of the truth.
    faults: Vec<(i64, i64, Outcome)>,
    /// Whom the upstream always fails at.
    broken: Option<AccountId>,
    monitor: Monitor,
    store: Store,
    now: i64,
    /// Every definite answer: whom, at which minute, which broadcast it showed live or as the last.
    answers: Vec<(AccountId, i64, Option<usize>, Option<usize>)>,
    requests: Vec<i64>,
    /// What was shown, and at which minute.
    alerts: Vec<(i64, AlertKind)>,
}

impl World {
    fn new(truth: BTreeMap<AccountId, Vec<Truth>>, reveals: Reveals, interval: Span) -> Self {
        Self::with(truth, reveals, interval, || Box::new(Fixed::default()))
    }

    fn with(
        truth: BTreeMap<AccountId, Vec<Truth>>,
        reveals: Reveals,
        interval: Span,
        policy: fn() -> Box<dyn Policy>,
    ) -> Self {
        let store = Store {
            settings: Settings {
                rule: Rule::Fixed { interval: Some(interval) },
                ..Settings::default()
            },
            ..Store::default()
        };
        let monitor = Monitor::restore(store.snapshot(), policy(), minute(0));
        let mut world = Self {
            truth,
            reveals,
            quotas: QUOTAS,
            policy,
            faults: Vec::new(),
            broken: None,
            monitor,
            store,
            now: 0,
            answers: Vec::new(),
            requests: Vec::new(),
            alerts: Vec::new(),
        };
        world.monitor.handle(Event::Add(world.truth.keys().cloned().collect()), minute(0));
        world
    }

    fn info(&self) -> UpstreamInfo {
        UpstreamInfo {
            platform: Platform::Tiktok,
            batch: 1,
            reveals: self.reveals,
            quotas: self.quotas.parse().unwrap(),
            budget: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    fn broadcast(&self, account: &AccountId, index: usize) -> Broadcast {
        let marks = match self.reveals {
            Reveals::Nothing => false,
            Reveals::Start | Reveals::Last => true,
        };
        Broadcast {
            room_id: marks.then(|| format!("{}-{index}", account.handle())),
            started_at: marks.then(|| minute(self.truth[account][index].start)),
            title: Some(format!("No {index}")),
            viewers: Some(5),
        }
    }

    fn answer(&mut self, account: &AccountId) -> Outcome {
        if let Some((_, _, outcome)) =
            self.faults.iter().find(|(from, to, _)| (*from..*to).contains(&self.now))
        {
            return outcome.clone();
        }
        if self.broken.as_ref() == Some(account) {
            let reason = UnknownReason::UpstreamFailed;
            return Outcome::Unknown { reason, retry_at: None, detail: None };
        }
        let begun = self.truth[account].iter().rposition(|truth| truth.start <= self.now);
        let live = begun.filter(|&i| self.now < self.truth[account][i].end);
        let last = begun.filter(|_| live.is_none() && self.reveals == Reveals::Last);
        self.answers.push((account.clone(), self.now, live, last));
        match live {
            Some(index) => Outcome::Live { broadcast: self.broadcast(account, index) },
            None => Outcome::Offline {
                last_broadcast: last.map(|index| self.broadcast(account, index)),
            },
        }
    }

    fn pump(&mut self) {
        while let Some(action) = self.monitor.poll_action(minute(self.now)) {
            match action {
                Action::Greet => {
                    self.monitor.handle(Event::Upstreams(vec![self.info()]), minute(self.now));
                }
                Action::Save(changes) => self.store.apply(changes),
                Action::Notify(alert) => self.alerts.push((self.now, alert.kind)),
                Action::Check(order) => {
                    self.requests.push(self.now);
                    let results = order.accounts.iter().map(|account| CheckResult {
                        account: account.clone(),
                        asked_at: minute(self.now),
                        answered_at: minute(self.now) + Span::SECOND,
                        outcome: self.answer(account),
                    });
                    let results = results.collect::<Vec<_>>();
                    let budget = vec![QuotaState {
                        window_s: 60,
                        zone: None,
                        limit: 100,
                        remaining: 50,
                        reset_s: 60,
                    }];
                    let reply = StatusReply { now: minute(self.now), results, budget };
                    self.monitor
                        .handle(Event::Answered { ticket: order.ticket, reply }, minute(self.now));
                }
            }
        }
    }

    /// Runs minute by minute; the browser is killed at the minutes given.
    fn run(&mut self, until: i64, kills: &[i64]) {
        while self.now < until {
            self.pump();
            self.now += 1;
            if kills.contains(&self.now) {
                self.monitor =
                    Monitor::restore(self.store.snapshot(), (self.policy)(), minute(self.now));
            }
        }
    }

    fn sessions_of(&self, account: &AccountId) -> Vec<&Session> {
        self.store.sessions.values().filter(|session| session.account == *account).collect()
    }

    /// What such checks can see, and no more, is what is stored.
    fn assert_truthful(&self) {
        for (account, truths) in &self.truth {
            let sessions = self.sessions_of(account);
            let answers: Vec<_> = self.answers.iter().filter(|(of, ..)| of == account).collect();
            for (index, truth) in truths.iter().enumerate() {
                let seen = answers.iter().any(|(_, _, live, _)| *live == Some(index));
                let shown = answers.iter().any(|(_, _, _, last)| *last == Some(index));
                let matching: Vec<_> = sessions
                    .iter()
                    .filter(|session| session.title == Some(format!("No {index}")))
                    .collect();
                assert_eq!(
                    matching.len(),
                    usize::from(seen || shown),
                    "{account} {truth:?} {matching:?}"
                );
                for session in matching {
                    let inside = |interval: crate::Interval, m: i64| {
                        interval.earliest() <= minute(m) && minute(m) <= interval.latest()
                    };
                    assert!(inside(session.start, truth.start), "{truth:?} {session:?}");
                    assert_eq!(session.known_by == KnownBy::Seen, seen);
                    match session.end {
                        End::Over(interval) => {
                            assert!(inside(interval, truth.end), "{truth:?} {session:?}");
                        }
                        End::Open { last_seen } => {
                            assert!(last_seen < minute(truth.end));
                            let later = answers.iter().any(|(_, at, ..)| *at >= truth.end);
                            assert!(!later, "left open: {session:?}");
                        }
                    }
                }
            }
            let known = truths.len();
            assert!(sessions.len() <= known, "invented: {sessions:?}");
        }
    }
}

/// Lives the days twice, once with the browser killed every eight hours, and finds no difference.
fn assert_kills_change_nothing(world: impl Fn() -> World, days: i64) {
    let (mut undisturbed, mut killed) = (world(), world());
    undisturbed.run(days * 1440, &[]);
    killed.run(days * 1440, &(1..days * 1440 / 491).map(|i| i * 491).collect::<Vec<_>>());
    assert_eq!(undisturbed.requests, killed.requests);
    assert_eq!(undisturbed.store.snapshot(), killed.store.snapshot());
}

fn two_evenings() -> World {
    let truth = vec![
        Truth { start: 100, end: 220 },
        Truth { start: 1540, end: 1600 },
        Truth { start: 1700, end: 1710 },
    ];
    World::new(BTreeMap::from([(account("mira"), truth)]), Reveals::Last, Span::MINUTE * 30)
}

fn adaptive() -> Box<dyn Policy> {
    let prices = Prices { missed: 40.0, delay: 2.0, late_end: 3.0, floor: 0.05 };
    Box::new(Adaptive::new(prices, Aim::Worth))
}

/// Every evening at about nine, with a break of a week, for four weeks.
fn evenings() -> World {
    let names = ["mira", "nora", "odil"];
    let evening = |(n, day): (i64, i64)| {
        let start = day * 1440 + 1260 + n * 120 + (day * 37) % 20;
        Truth { start, end: start + 130 }
    };
    let days = |n: i64| (0..28).filter(|day| !(9..16).contains(day)).map(move |day| (n, day));
    let truth = (0..).zip(names).map(|(n, name)| (account(name), days(n).map(evening).collect()));
    World::with(truth.collect(), Reveals::Start, Span::HOUR, adaptive)
}
