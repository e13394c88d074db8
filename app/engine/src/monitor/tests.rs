//! The monitor against a simulated upstream and a store that can lose its browser.

mod foreseeing;
mod publishing;
mod revising;
mod shares;
mod spare;
mod telling;
mod trouble;
mod trying;
mod zones;

use std::collections::BTreeMap;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

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

fn two_evenings() -> World {
    let truth = vec![
        Truth { start: 100, end: 220 },
        Truth { start: 1540, end: 1600 },
        Truth { start: 1700, end: 1710 },
    ];
    World::new(BTreeMap::from([(account("mira"), truth)]), Reveals::Last, Span::MINUTE * 30)
}

#[test]
fn broadcasts_are_seen_and_missed_ones_revealed() {
    let mut world = two_evenings();
    world.run(2000, &[]);
    world.assert_truthful();
    let known: Vec<_> = world.sessions_of(&account("mira")).iter().map(|s| s.known_by).collect();
    assert_eq!(known, [KnownBy::Seen, KnownBy::Seen, KnownBy::Revealed]);
}

#[test]
fn a_killed_browser_loses_nothing_and_leaves_nothing_open() {
    let mut world = two_evenings();
    world.run(2000, &[130, 131, 219, 221, 1550, 1705]);
    world.assert_truthful();
    assert_eq!(world.sessions_of(&account("mira")).len(), 3);
}

#[test]
fn who_was_seen_live_long_ago_is_doubted_until_asked_again() {
    let truth = BTreeMap::from([(account("mira"), vec![Truth { start: 10, end: 100 }])]);
    let mut world = World::new(truth, Reveals::Last, Span::MINUTE * 60);
    world.run(70, &[]);
    let standing = |world: &World| world.monitor.row(&account("mira")).unwrap().standing;
    assert!(matches!(standing(&world), Standing::Live { .. }));
    // Nobody had the app open meanwhile.
    world.now += 9 * 60;
    world.monitor.handle(Event::Seen(None), minute(world.now));
    assert!(
        matches!(standing(&world), Standing::Unknown { kind: None, was_live: true, .. }),
        "{:?}",
        standing(&world)
    );
    world.run(world.now + 90, &[]);
    assert!(matches!(standing(&world), Standing::Offline { .. }));
}

#[test]
fn a_broadcast_that_was_believed_over_goes_on_as_one() {
    let mut world = two_evenings();
    world.faults.push((150, 170, Outcome::Offline { last_broadcast: None }));
    world.run(2000, &[]);
    world.assert_truthful();
    assert_eq!(world.sessions_of(&account("mira")).len(), 3);
    assert!(
        world
            .store
            .log
            .iter()
            .any(|entry| matches!(entry.what, LogWhat::News(_, crate::News::Resumed)))
    );
}

#[test]
fn removing_an_account_forgets_it_and_late_answers_bring_nothing_back() {
    let mut world = two_evenings();
    world.run(150, &[]);
    let late = CheckResult {
        account: account("mira"),
        asked_at: minute(150),
        answered_at: minute(151),
        outcome: Outcome::NotFound,
    };
    world.monitor.handle(Event::Remove(vec![account("mira")]), minute(150));
    assert!(world.monitor.observe(&late, 1.0).is_empty());
    world.run(200, &[]);
    assert!(
        world.store.tracks.is_empty()
            && world.store.sessions.is_empty()
            && world.store.days.is_empty()
    );
    assert_eq!(world.monitor.overview().accounts, 0);
}

#[test]
fn the_next_check_is_shown_while_one_is_under_way() {
    let mut world = two_evenings();
    world.run(95, &[]);
    assert_eq!(world.monitor.overview().next_check, Some(minute(120)));
    let order = world.monitor.poll_action(minute(120));
    assert!(matches!(order, Some(Action::Check(_))), "{order:?}");
    assert_eq!(world.monitor.overview().next_check, Some(minute(120)));
}

#[test]
fn extra_calls_change_nothing() {
    let mut world = two_evenings();
    world.run(500, &[]);
    let before = format!("{:?}", world.monitor);
    for _ in 0..3 {
        assert_eq!(world.monitor.poll_action(minute(499)), None);
        let _ = (world.monitor.poll_timeout(), world.monitor.overview());
    }
    assert_eq!(format!("{:?}", world.monitor), before);
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

#[test]
fn a_monitor_restored_goes_on_to_the_bit_as_if_nothing_had_been() {
    let (mut undisturbed, mut killed) = (evenings(), evenings());
    let kills: Vec<i64> = (1..80).map(|i| i * 491).collect();
    undisturbed.run(40_000, &[]);
    killed.run(40_000, &kills);
    assert_eq!(undisturbed.requests, killed.requests);
    assert_eq!(undisturbed.store.snapshot(), killed.store.snapshot());
    undisturbed.assert_truthful();
    assert!(undisturbed.requests.len() > 300, "{}", undisturbed.requests.len());
}

#[test]
fn wishes_come_before_plans() {
    let mut world = evenings();
    world.run(3000, &[]);
    let (mira, requests) = (account("mira"), world.requests.len());
    let wish = |world: &mut World, wishes| {
        world.monitor.handle(Event::Wish(account("mira"), wishes), minute(world.now));
    };
    let asked = |world: &World, since: usize| {
        let answers = world.answers.iter().skip(since);
        answers.filter(|(of, ..)| *of == mira).map(|(_, at, ..)| *at).collect::<Vec<_>>()
    };
    wish(&mut world, Wishes { paused: true, ..Wishes::default() });
    let from = world.answers.len();
    world.run(7000, &[3500]);
    assert!(asked(&world, from).is_empty(), "after a restart neither");
    assert!(world.requests.len() > requests, "others are checked on");
    let now = Wishes { check_now: Some(minute(world.now)), paused: true, ..Wishes::default() };
    wish(&mut world, now);
    world.run(7500, &[]);
    assert_eq!(asked(&world, from), [7000]);
    wish(&mut world, Wishes { interval: Some(Span::MINUTE * 30), ..Wishes::default() });
    let from = world.answers.len();
    world.run(7700, &[]);
    assert_eq!(asked(&world, from), (0..7).map(|i| 7500 + i * 30).collect::<Vec<_>>());
}

#[cfg(not(target_arch = "wasm32"))]
mod laws {
    use proptest::prelude::*;

    use super::*;

    /// Broadcasts of one account: gaps and lengths in minutes.
    fn broadcasts() -> impl Strategy<Value = Vec<Truth>> {
        proptest::collection::vec((3..900_i64, 2..400_i64), 0..12).prop_map(|pairs| {
            let mut at = -600;
            let place = |(gap, length): (i64, i64)| {
                let start = at + gap;
                at = start + length;
                Truth { start, end: at }
            };
            pairs.into_iter().map(place).collect()
        })
    }

    fn fault() -> impl Strategy<Value = (i64, i64, Outcome)> {
        let unknown = |reason| Outcome::Unknown { reason, retry_at: None, detail: None };
        let outcome = proptest::sample::select(vec![
            Outcome::NotFound,
            unknown(UnknownReason::Blocked),
            unknown(UnknownReason::BadAnswer),
            unknown(UnknownReason::OverBudget),
        ]);
        (0..4000_i64, 1..600_i64, outcome)
            .prop_map(|(from, length, outcome)| (from, from + length, outcome))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_stored_is_what_the_checks_could_see(
            truths in proptest::collection::vec(broadcasts(), 1..4),
            reveals in proptest::sample::select(vec![Reveals::Start, Reveals::Last]),
            interval in 3..120_i64,
            faults in proptest::collection::vec(fault(), 0..4),
            kills in proptest::collection::vec(0..4500_i64, 0..6),
        ) {
            let truth = truths.into_iter().enumerate().map(|(i, t)| (account(&format!("name{i}")), t)).collect();
            let mut world = World::new(truth, reveals, Span::MINUTE * interval);
            world.faults = faults;
            world.run(4500, &kills);
            world.assert_truthful();
        }
    }
}
