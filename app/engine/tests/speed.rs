//! How fast the engine is, natively and as WebAssembly: the same work, the same lines. Left out of
//! the ordinary tests; `cargo xtask bench engine` runs it and puts both side by side.
#![expect(clippy::unwrap_used, reason = "a measurement")]
#![cfg_attr(not(target_arch = "wasm32"), expect(clippy::print_stdout, reason = "a measurement"))]

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::collections::BTreeMap;

use almanac_engine::mind::Mind;
use almanac_engine::monitor::PlatformPool;
use almanac_engine::policy::ByRule;
use almanac_engine::{Action, Change, CheckOrder, Event, Monitor, Session, Snapshot, Track};
use almanac_wire::{
    AccountId, Broadcast, CheckResult, Outcome, Platform, Reveals, Span, StatusReply, Timestamp,
    UpstreamInfo,
};

/// Accounts whose lives are simulated; the many are copies of them.
const LIVES: i64 = 8;
/// Sessions of each: one a day.
const SESSIONS: i64 = 200;
/// Accounts of a very large user.
const MANY: i64 = 10_000;
/// Answers taken in by the many.
const ANSWERS: u32 = 500;

const BIRTH: Timestamp = Timestamp::from_s(1_750_000_000);

#[cfg(not(target_arch = "wasm32"))]
fn clock_ms() -> f64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

#[cfg(target_arch = "wasm32")]
fn clock_ms() -> f64 {
    js_sys::Date::now()
}

fn tell(what: &str, ms: f64) {
    let line = format!("speed: {what}: {ms:.4} ms");
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test::console_log!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    println!("{line}");
}

fn account(number: i64) -> AccountId {
    AccountId::new(Platform::Tiktok, &format!("speed{number}")).unwrap()
}

/// Which life an account leads.
fn life(account: &AccountId) -> i64 {
    let number: i64 = account.handle().trim_start_matches("speed").parse().unwrap();
    number % LIVES
}

/// The broadcast of a life that is on at a moment: two hours at its own time of day, give or take.
fn on_air(life: i64, at: Timestamp) -> Option<Broadcast> {
    let day = (at - BIRTH).ms().div_euclid(Span::DAY.ms());
    let about = Span::HOUR * (life * 24 / LIVES) + Span::MINUTE * ((day * 37 + life * 11) % 50);
    let start = BIRTH + Span::DAY * day + about;
    (start <= at && at < start + Span::HOUR * 2).then(|| Broadcast {
        room_id: Some(start.ms().to_string()),
        started_at: Some(start),
        ..Broadcast::default()
    })
}

fn answer(order: &CheckOrder, at: Timestamp) -> Event {
    let results = order.accounts.iter().map(|account| CheckResult {
        account: account.clone(),
        asked_at: at,
        answered_at: at,
        outcome: match on_air(life(account), at) {
            Some(broadcast) => Outcome::Live { broadcast },
            None => Outcome::Offline { last_broadcast: None },
        },
    });
    let reply = StatusReply { now: at, results: results.collect(), budget: Vec::new() };
    Event::Answered { ticket: order.ticket, reply }
}

fn upstream() -> Event {
    Event::Upstreams(vec![UpstreamInfo {
        platform: Platform::Tiktok,
        batch: 1,
        reveals: Reveals::Start,
        quotas: "6000/min".parse().unwrap(),
        budget: Vec::new(),
        suggestions: Vec::new(),
    }])
}

/// What a store would hold.
#[derive(Default)]
struct Kept {
    tracks: BTreeMap<AccountId, Track>,
    sessions: BTreeMap<String, Session>,
    minds: BTreeMap<AccountId, Mind>,
    pools: Vec<PlatformPool>,
}

impl Kept {
    fn take(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Track(track) => drop(self.tracks.insert(track.account.clone(), *track)),
                Change::Session(session) => drop(self.sessions.insert(session.key(), session)),
                Change::Mind(mind) => drop(self.minds.insert(mind.account.clone(), *mind)),
                Change::Pool(pool) => self.pools = vec![pool],
                Change::CheckDay(_)
                | Change::Alerts(_)
                | Change::Memory(_)
                | Change::Trials(_)
                | Change::Follow(_)
                | Change::Strike(..)
                | Change::Settings(_)
                | Change::Log(_)
                | Change::Forget(_) => {}
            }
        }
    }

    /// The same for a great many accounts.
    fn multiplied(&self) -> Snapshot {
        let mut snapshot = Snapshot { pools: self.pools.clone(), ..Snapshot::default() };
        for number in 0..MANY {
            let (copy, of) = (account(number), account(number % LIVES));
            let copied = || copy.clone();
            snapshot.tracks.push(Track { account: copied(), ..self.tracks[&of].clone() });
            let mut mind = self.minds[&of].clone();
            mind.account = copied();
            snapshot.minds.push(mind);
            let sessions = self.sessions.values().filter(|session| session.account == of);
            snapshot
                .sessions
                .extend(sessions.map(|one| Session { account: copied(), ..one.clone() }));
        }
        snapshot
    }
}

#[test]
#[ignore = "a measurement: cargo xtask bench engine"]
fn speed() {
    let mut now = BIRTH;
    let mut monitor = Monitor::restore(Snapshot::default(), Box::new(ByRule::default()), now);
    monitor.handle(Event::Add((0..LIVES).map(account).collect()), now);
    let mut kept = Kept::default();
    let end = BIRTH + Span::DAY * SESSIONS;
    let (started, mut checks) = (clock_ms(), 0_u32);
    while now < end {
        match monitor.poll_action(now) {
            Some(Action::Greet) => monitor.handle(upstream(), now),
            Some(Action::Check(order)) => {
                checks += 1;
                now += Span::SECOND;
                monitor.handle(answer(&order, now), now);
            }
            Some(Action::Save(changes)) => kept.take(changes),
            Some(Action::Notify(_)) => {}
            None => now = monitor.poll_timeout().unwrap().max(now + Span::SECOND),
        }
    }
    let lives = (clock_ms() - started) / f64::from(checks);
    tell("a check of a simulated life", lives);
    let known = i64::try_from(kept.sessions.len()).unwrap();
    assert!(known > LIVES * SESSIONS * 9 / 10, "the lives were not followed");

    let snapshot = kept.multiplied();
    let started = clock_ms();
    let mut monitor = Monitor::restore(snapshot, Box::new(ByRule::default()), now);
    monitor.handle(upstream(), now);
    tell("restore 10,000 accounts x 200 sessions", clock_ms() - started);
    let (mut polling, mut observing, mut answers) = (0.0, 0.0, 0);
    let mut orders = Vec::new();
    while answers < ANSWERS {
        let started = clock_ms();
        // As an app does: in one turn, all that can be done now.
        while let Some(action) = monitor.poll_action(now) {
            match action {
                Action::Greet => monitor.handle(upstream(), now),
                Action::Check(order) => orders.push(order),
                Action::Save(_) | Action::Notify(_) => {}
            }
        }
        polling += clock_ms() - started;
        for order in orders.drain(..) {
            now += Span::from_ms(10);
            let event = answer(&order, now);
            let started = clock_ms();
            monitor.handle(event, now);
            observing += clock_ms() - started;
            answers += 1;
        }
        now = monitor.poll_timeout().unwrap().max(now);
    }
    tell("an observation", observing / f64::from(answers));
    tell("the next action", polling / f64::from(answers));
}
