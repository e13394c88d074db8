//! The monitor: everything Almanac decides, as a state machine without I/O.
//!
//! The shell restores it from a [`Snapshot`], feeds it [`Event`]s, calls [`Monitor::poll_action`]
//! until it has no more, carries the [`Action`]s out, and comes back at
//! [`Monitor::poll_timeout`]. Extra calls change nothing. Same calls, same answers, to the bit.

mod account;
mod alerting;
mod book;
mod expecting;
mod foreseeing;
mod importing;
mod journal;
mod message;
mod pools;
mod publishing;
mod rationing;
mod revising;
mod scheduling;
mod showing;
mod spending;
#[cfg(test)]
mod tests;
mod trying;
mod upstream;

pub use message::{
    Action, Change, CheckOrder, Event, Found, LogEntry, LogWhat, ProxyFailure, Snapshot,
};
pub use pools::PlatformPool;
pub use publishing::PublishingError;

use std::collections::{BTreeMap, VecDeque};

use almanac_wire::{
    AccountId, CheckResult, Outcome, Platform, Reveals, StatusReply, Timestamp, UpstreamInfo,
};

use crate::alerts::{AlertBook, Watched};
use crate::mind::Prospect;
use crate::policy::Policy;
use crate::session::Session;
use crate::settings::Settings;
use crate::trial::Trials;
use crate::zones::Zones;
use book::{Entry, Heard};
use journal::Journal;
use pools::Pools;
use spending::Spending;
use upstream::{Link, Upstream};

/// The state machine.
#[derive(Debug)]
pub struct Monitor {
    settings: Settings,
    policy: Box<dyn Policy>,
    entries: BTreeMap<AccountId, Entry>,
    /// Followed no more, but that can still be taken back.
    leaving: BTreeMap<AccountId, Entry>,
    upstreams: Vec<Upstream>,
    pools: Pools,
    alerts: AlertBook,
    journal: Journal,
    trials: Trials,
    zones: Zones,
    link: Link,
    actions: VecDeque<Action>,
    next_ticket: u64,
    /// Time never runs backwards in here: a clock set back stands still until it has caught up.
    now: Timestamp,
}

impl Monitor {
    /// A monitor that goes on where the snapshot was taken, by a policy that follows its settings.
    #[must_use]
    pub fn restore(snapshot: Snapshot, mut policy: Box<dyn Policy>, now: Timestamp) -> Self {
        policy.set(&snapshot.settings);
        policy.mix(snapshot.trials.mixed());
        if let Some(memory) = snapshot.memory {
            policy.recall(memory);
        }
        let mut entries = BTreeMap::new();
        for track in snapshot.tracks {
            entries.insert(track.account.clone(), Entry::new(track));
        }
        for mind in snapshot.minds {
            if let Some(entry) = entries.get_mut(&mind.account) {
                entry.mind = Some(mind);
            }
        }
        for follow in snapshot.follows {
            if let Some(entry) = entries.get_mut(&follow.account) {
                entry.follow = Some(Box::new(follow));
            }
        }
        for day in snapshot.check_days {
            if let Some(entry) = entries.get_mut(&day.account) {
                entry.put_day(day, now);
            }
        }
        if policy.learns() {
            for entry in entries.values_mut() {
                entry.wake();
            }
        }
        let (leaving, entries) =
            entries.into_iter().partition(|(_, entry)| entry.track.leaving.is_some());
        let mut monitor = Self {
            settings: snapshot.settings,
            policy,
            entries,
            leaving,
            upstreams: Vec::new(),
            pools: Pools::new(snapshot.pools),
            alerts: snapshot.alerts,
            journal: Journal::new(now),
            trials: snapshot.trials,
            zones: Zones::default(),
            link: Link::new(now),
            actions: VecDeque::new(),
            next_ticket: 0,
            now,
        };
        monitor.recall(snapshot.sessions);
        monitor.mind_wishes();
        monitor
    }

    /// Takes in earlier sessions that the snapshot did not hold: what is shown at first needs only
    /// the latest. To be called before anything is decided.
    pub fn recall(&mut self, sessions: Vec<Session>) {
        for session in sessions {
            let entries = [&mut self.entries, &mut self.leaving];
            let mut entry = entries.into_iter().find_map(|all| all.get_mut(&session.account));
            if let Some(entry) = &mut entry {
                entry.put_session(session, self.now);
            }
        }
    }

    /// Takes over from a monitor of the same time line, which rests: what is known of the proxy and
    /// of its upstreams stays true when the records are others. To be called before anything is
    /// decided.
    pub fn succeed(&mut self, before: &Self) {
        self.link = before.link.succeeded();
        let on = |one: &Upstream| one.succeeded(self.settings.share(one.info.platform), self.now);
        self.upstreams = before.upstreams.iter().map(on).collect();
        self.plan_all();
    }

    /// Takes in what happened.
    pub fn handle(&mut self, event: Event, now: Timestamp) {
        self.advance(now);
        match event {
            Event::Upstreams(infos) => {
                self.link_answered();
                let told = |platform| infos.iter().any(|info| info.platform == platform);
                self.upstreams.retain(|upstream| told(upstream.info.platform));
                for info in infos {
                    let share = self.settings.share(info.platform);
                    let known =
                        self.upstreams.iter_mut().find(|one| one.info.platform == info.platform);
                    match known {
                        Some(upstream) => upstream.set(info, share, self.now),
                        None => {
                            let asked_at = self.last_asked(info.platform);
                            let spending = self.spending(&info);
                            let new = Upstream::new(info, share, asked_at, spending, self.now);
                            self.upstreams.push(new);
                        }
                    }
                }
                self.plan_all();
            }
            Event::GreetingFailed(failure) => self.link_failed(failure),
            Event::TryAgain => self.link.try_again(self.now),
            Event::Answered { ticket, reply } => self.answered(ticket, reply),
            Event::Failed { ticket, failure } => self.failed(ticket, failure),
            Event::Add(accounts) => self.add(accounts),
            Event::Remove(accounts) => self.remove(accounts),
            Event::Wish(account, wishes) => {
                if let Some(entry) = self.entries.get_mut(&account) {
                    let other_policy = entry.track.wishes.policy != wishes.policy;
                    entry.track.wishes = wishes;
                    let changed = Change::Track(Box::new(entry.track.clone()));
                    let platform = account.platform();
                    let here = self.upstreams.iter_mut().find(|one| one.info.platform == platform);
                    if let Some(upstream) = here.filter(|_| other_policy) {
                        upstream.refresh_at = Some(self.now);
                    }
                    self.plan(&account);
                    self.mind_wishes();
                    self.save(vec![changed]);
                }
            }
            Event::Zones(zones) => {
                self.zones = zones;
                self.plan_all();
            }
            Event::Trial(order) => self.try_out(order),
            Event::Set(settings) => {
                self.settings = settings.clone();
                self.policy.set(&settings);
                for upstream in &mut self.upstreams {
                    upstream.lend(settings.share(upstream.info.platform));
                    upstream.refresh_at = Some(self.now);
                }
                self.plan_all();
                self.save(vec![Change::Settings(settings)]);
            }
            Event::Alert(rules) => {
                self.alerts.rules = rules;
                self.mind_wishes();
                self.save(vec![self.alerts_change()]);
            }
            Event::Seen(id) => {
                self.alerts.seen(id);
                self.save(vec![self.alerts_change()]);
            }
            Event::Leave { accounts, until } => self.leave(accounts, until),
            Event::Stay(accounts) => self.stay(&accounts),
            Event::Revise(revision) => self.revise(revision),
            Event::Did(what) => self.save(vec![Change::Log(LogEntry::new(self.now, what))]),
        }
    }

    /// The next thing to do, if anything is to be done now.
    pub fn poll_action(&mut self, now: Timestamp) -> Option<Action> {
        self.advance(now);
        self.part();
        self.refresh();
        self.weigh();
        self.raise_due();
        self.actions.pop_front().or_else(|| self.greet()).or_else(|| self.next_check())
    }

    fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    fn save(&mut self, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.actions.push_back(Action::Save(changes));
        }
    }

    /// Saves what the policy wants back after a restart.
    fn save_memory(&mut self) {
        self.save(self.policy.remember().map(Change::Memory).into_iter().collect());
    }

    fn add(&mut self, accounts: Vec<AccountId>) {
        // Whoever comes back before being forgotten comes back with all that is recorded.
        self.stay(&accounts);
        let mut changes = Vec::new();
        for account in accounts {
            if !self.entries.contains_key(&account) {
                let mut entry = Entry::fresh(account.clone(), self.now);
                if self.policy.learns() {
                    entry.wake();
                }
                changes.push(Change::Track(Box::new(entry.track.clone())));
                changes.push(Change::Log(LogEntry::new(self.now, LogWhat::Added(account.clone()))));
                self.entries.insert(account, entry);
            }
        }
        self.plan_all();
        self.save(changes);
    }

    fn remove(&mut self, accounts: Vec<AccountId>) {
        let mut changes = Vec::new();
        for account in accounts {
            let left = self.leaving.remove(&account).is_some();
            if self.entries.remove(&account).is_some() || left {
                self.alerts.forget(&account);
                changes.push(Change::Forget(account.clone()));
                changes.push(Change::Log(LogEntry::new(self.now, LogWhat::Removed(account))));
            }
        }
        self.plan_all();
        self.save(changes);
    }

    fn answered(&mut self, ticket: u64, reply: StatusReply) {
        let mut upstreams = self.upstreams.iter_mut();
        let landed = upstreams.find_map(|one| Some((one.landed(ticket)?, one)));
        let Some((reason, upstream)) = landed else { return };
        upstream.budget_reported(reply.budget, self.now);
        upstream.judge(&reply.results, self.now);
        let platform = upstream.info.platform;
        // All that a reply leads to is saved at once or not at all.
        self.link_answered();
        let mut changes = self.gather(platform);
        changes.extend(self.journal_of(reason, &reply.results));
        let part = 1.0 / reply.results.len().max(1) as f64;
        changes.extend(reply.results.iter().flat_map(|result| self.observe(result, part)));
        changes.extend(self.weigh_trial());
        self.save(changes);
    }

    /// When anybody on a platform was last asked about, as the accounts remember it.
    fn last_asked(&self, platform: Platform) -> Option<Timestamp> {
        let here = self.entries.iter().filter(|(account, _)| account.platform() == platform);
        here.filter_map(|(_, entry)| entry.track.asked_at).max()
    }

    /// The last day's requests to an upstream, as the accounts' checks tell of them.
    fn spending(&self, info: &UpstreamInfo) -> Spending {
        let here = self.entries.iter().filter(|(account, _)| account.platform() == info.platform);
        let days = here.flat_map(|(_, entry)| &entry.days);
        Spending::recorded(days, info.batch, self.now)
    }

    /// Gathers what all accounts of a platform have taught, once a day.
    fn gather(&mut self, platform: Platform) -> Vec<Change> {
        let gathered = self.pools.gather(platform, &self.entries, self.now);
        gathered.map(Change::Pool).into_iter().collect()
    }

    /// Takes in what an answer says of an account; it took this part of a request.
    fn observe(&mut self, result: &CheckResult, part: f64) -> Vec<Change> {
        let platform = result.account.platform();
        let said = self.said(&result.account, result.asked_at);
        let Some(entry) = self.entries.get_mut(&result.account) else {
            return Vec::new();
        };
        if let Outcome::Unknown { reason, .. } = &result.outcome
            && *reason == almanac_wire::UnknownReason::OverBudget
        {
            // Nobody was asked: there is nothing to remember.
            return Vec::new();
        }
        let upstream = self.upstreams.iter().find(|one| one.info.platform == platform);
        let reveals = upstream.map_or(Reveals::Nothing, |one| one.info.reveals);
        let watched = Watched {
            first: entry.track.is_unheard_of(),
            own: self.alerts.rules.own(&entry.track.wishes),
        };
        let before = self.trials.running().map(|_| entry.track.clone());
        let Heard { consequences, day, settle } = entry.observe(result, self.now, reveals);
        if settle && let (Some(upstream), Some(mind)) = (upstream, &mut entry.mind) {
            let around = upstream.surroundings();
            let draft = |prospect: Prospect<'_>| self.policy.draft(prospect, around, self.now);
            mind.settle(
                &entry.track,
                self.pools.of(platform),
                &self.zones.habits(&entry.track),
                result.answered_at,
                draft,
            );
        }
        let mut changes = vec![Change::Track(Box::new(entry.track.clone()))];
        changes.extend(
            entry.mind.as_ref().filter(|_| settle).cloned().map(Box::new).map(Change::Mind),
        );
        changes.extend(day.map(Change::CheckDay));
        changes.extend(alerting::hear(
            &mut self.alerts,
            &mut self.actions,
            &result.account,
            &consequences,
            watched,
            self.now,
        ));
        let follow =
            before.and_then(|before| self.follow(&before, result, &consequences, part, reveals));
        changes.extend(follow);
        match (said, &result.outcome) {
            (Some(said), Outcome::Live { .. }) => changes.extend(self.guard(said, true)),
            (Some(said), Outcome::Offline { .. }) => changes.extend(self.guard(said, false)),
            (_, Outcome::NotFound | Outcome::Unknown { .. }) | (None, _) => {}
        }
        changes.extend(consequences.sessions.into_iter().map(Change::Session));
        changes.extend(consequences.news.into_iter().map(|news| {
            let what = LogWhat::News(result.account.clone(), news);
            Change::Log(LogEntry::new(result.answered_at, what))
        }));
        self.plan(&result.account);
        changes
    }

    fn failed(&mut self, ticket: u64, failure: ProxyFailure) {
        let Some(upstream) =
            self.upstreams.iter_mut().find_map(|one| one.landed(ticket).is_some().then_some(one))
        else {
            return;
        };
        match failure {
            ProxyFailure::OverBudget { retry_after } => {
                upstream.out_of_budget(retry_after, self.now);
                self.link_answered();
            }
            ProxyFailure::Unreachable
            | ProxyFailure::Refused { .. }
            | ProxyFailure::BadReply
            | ProxyFailure::TokenWanted
            | ProxyFailure::Unaccountable => self.link_failed(failure),
        }
    }
}
