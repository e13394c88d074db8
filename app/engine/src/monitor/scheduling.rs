//! Which request goes out next, and when to come back.

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::Monitor;
use super::alerting::sooner;
use super::book::Entry;
use super::message::{Action, CheckOrder};
use super::upstream::{Link, Upstream, Weighing};
use crate::policy::{Planned, Reason};
use crate::settings::Share;
use crate::track::Track;
use crate::trial::or_audit;

/// At most so many of the accounts that are due are weighed against each other: those due for
/// longest. It bounds the work, and nobody waits for ever.
const WEIGHED: usize = 256;
/// Where more than one of so many accounts is due at once, plans are of little use.
const CROWDED: usize = 3;
/// Then at most so many are weighed, due or not. Where there are more, every second, third and so on
/// of them, in turns.
const CROWD: usize = 1024;
/// How often it is weighed whether a batch is worth its request.
const WEIGH_EVERY: Span = Span::from_ms(10 * Span::MINUTE.ms());

impl Monitor {
    /// When to call [`Monitor::poll_action`] again; `None` while only an event can bring
    /// something new. Changes with every event and action.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if !self.actions.is_empty() {
            return Some(self.now);
        }
        let checks = match self.link {
            Link::Lost { greeting: true, .. } => None,
            Link::Lost { greet_at, .. } => Some(greet_at),
            Link::Up => {
                let refresh = self.upstreams.iter().filter_map(|upstream| upstream.refresh_at);
                self.next_request().into_iter().chain(refresh).min()
            }
        };
        let next = checks.into_iter().chain(self.next_parting()).min();
        sooner(next, &self.alerts, self.now)
    }

    pub(super) fn greet(&mut self) -> Option<Action> {
        match &mut self.link {
            Link::Lost { greet_at, greeting, .. } if !*greeting && *greet_at <= self.now => {
                *greeting = true;
                Some(Action::Greet)
            }
            Link::Lost { .. } | Link::Up => None,
        }
    }

    pub(super) fn next_check(&mut self) -> Option<Action> {
        if !matches!(self.link, Link::Up) {
            return None;
        }
        let ready = |upstream: &Upstream| {
            let (at, reason) = self.request_at(upstream)?;
            (at <= self.now)
                .then(|| (upstream.info.platform, reason, self.most_urgent(upstream, reason)))
        };
        let (platform, reason, accounts) = self.upstreams.iter().find_map(ready)?;
        let upstream = self.upstreams.iter_mut().find(|one| one.info.platform == platform)?;
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        upstream.in_flight = Some((ticket, reason));
        upstream.asked_at = Some(self.now);
        upstream.spending.note(self.now);
        if upstream.weighing.is_some() {
            upstream.weighing = Some(Weighing::Again { at: self.now + WEIGH_EVERY });
        }
        Some(Action::Check(CheckOrder { ticket, platform, accounts, reason }))
    }

    /// The next request to any upstream.
    pub(super) fn next_request(&self) -> Option<Timestamp> {
        self.upstreams
            .iter()
            .filter_map(|upstream| self.request_at(upstream))
            .map(|(at, _)| at)
            .min()
    }

    /// The upstream of a platform, where the proxy serves it.
    pub(super) fn upstream(&self, platform: Platform) -> Option<&Upstream> {
        self.upstreams.iter().find(|upstream| upstream.info.platform == platform)
    }

    /// When the next request to an upstream may go out and why; `None` while one is under way or
    /// nobody on it is to be checked.
    fn request_at(&self, upstream: &Upstream) -> Option<(Timestamp, Reason)> {
        if upstream.in_flight.is_some() {
            return None;
        }
        let (_, account) = upstream.due.first()?;
        let mut first = self.entries.get(account)?.planned?;
        if let Some(at) = upstream.pressed_from().filter(|at| *at < first.at) {
            first = Planned { at, reason: Reason::LongestGap };
        }
        match upstream.weighing {
            Some(Weighing::Worth) => first.at = first.at.min(self.now),
            Some(Weighing::Again { at }) => first.at = first.at.min(at),
            None => {}
        }
        if let Some(at) = self.spare_at(upstream).filter(|at| *at < first.at) {
            first = Planned { at, reason: Reason::Spare };
        }
        if self.asked_for(upstream).next().is_some() {
            first = Planned { at: first.at.min(self.now), reason: Reason::Asked };
        }
        let pace = match (first.reason, &upstream.failing) {
            // While it is in trouble the hold alone says when to try again.
            (Reason::First, _) | (_, Some(_)) => upstream.quotas.even_gap(),
            (_, None) => self.policy.pace(upstream.surroundings()),
        };
        let pace = if self.may_wait(first.reason, upstream) {
            pace.max(upstream.lasting_pace(self.now))
        } else {
            pace
        };
        let not_before =
            [upstream.asked_at.map(|at| at + pace), upstream.hold_until, upstream.broke_until];
        let at = not_before.into_iter().flatten().fold(first.at, Timestamp::max);
        Some((at, first.reason))
    }

    /// Those whom a person wants checked now.
    fn asked_for<'a>(
        &self,
        upstream: &'a Upstream,
    ) -> impl Iterator<Item = &'a AccountId> + use<'a> {
        let now = self.now;
        upstream.asked.iter().take_while(move |(at, _)| *at <= now).map(|(_, account)| account)
    }

    /// Whether a request waits so that a day's budget lasts the day. Not what a person asked for, nor
    /// whoever has waited as long as they may; the first look at whoever is new costs half at most.
    fn may_wait(&self, reason: Reason, upstream: &Upstream) -> bool {
        match reason {
            Reason::First => self.policy.learns() && !upstream.is_half_left(),
            Reason::Interval | Reason::End | Reason::Plan | Reason::Spare | Reason::Audit => {
                self.policy.learns()
            }
            Reason::Asked | Reason::Pinned | Reason::LongestGap => false,
        }
    }

    /// When there is a request to spare, if nobody is due by then.
    fn spare_at(&self, upstream: &Upstream) -> Option<Timestamp> {
        let gap = self.policy.spare_after(upstream.surroundings())?;
        let at = upstream.asked_at.filter(|_| upstream.failing.is_none())? + gap;
        // Batches go by worth, to whomever that may be.
        let anybody = upstream.weighing.is_some() || self.by_plan(upstream).next().is_some();
        anybody.then_some(at)
    }

    /// The accounts that go by their plans, those due next, and how much of the wait until then has
    /// passed.
    fn by_plan<'a>(
        &'a self,
        upstream: &'a Upstream,
    ) -> impl Iterator<Item = (f64, &'a AccountId)> + 'a {
        upstream.due.iter().take(WEIGHED).filter_map(|(due, account)| {
            let entry = self.entries.get(account)?;
            entry.planned.filter(|planned| planned.reason == Reason::Plan)?;
            if !entry.may_be_asked_sooner(self.now) {
                return None;
            }
            let asked_at = entry.track.asked_at?;
            let wait = (*due - asked_at).max(Span::MINUTE);
            Some(((self.now - asked_at).hours() / wait.hours(), account))
        })
    }

    /// Whom the next request is about, most urgent first; places that are left over go to those
    /// who are due next.
    fn most_urgent(&self, upstream: &Upstream, reason: Reason) -> Vec<AccountId> {
        let most = usize::try_from(upstream.info.batch.max(1)).unwrap_or(1);
        if upstream.pressed_from().is_some_and(|at| at <= self.now) {
            // Nobody waits beyond their bound, however little a check of them may be worth.
            let bounds = upstream.bounds.iter().take(most);
            return bounds.map(|(_, account)| account.clone()).collect();
        }
        if reason == Reason::Asked {
            let mut accounts: Vec<AccountId> =
                self.asked_for(upstream).take(most).cloned().collect();
            let others = upstream.due.iter().map(|(_, account)| account);
            let others = others.filter(|one| !accounts.contains(one)).cloned();
            let others: Vec<AccountId> = others.take(most - accounts.len()).collect();
            accounts.extend(others);
            return accounts;
        }
        if reason == Reason::Spare && upstream.weighing.is_none() {
            return first_of(self.by_plan(upstream).collect(), most);
        }
        let crowded = upstream.weighing.is_none() && self.is_crowded(upstream);
        let every = if crowded { upstream.due.len().div_ceil(CROWD).max(1) } else { 1 };
        let due = match upstream.weighing {
            // Whoever is worth most, due or not.
            Some(_) => upstream.due.len(),
            None if crowded => CROWD,
            None => {
                let due = upstream.due.iter().take_while(|(at, _)| *at <= self.now);
                due.take(WEIGHED).count()
            }
        };
        if due <= most {
            return upstream.due.iter().take(most).map(|(_, account)| account.clone()).collect();
        }
        let urgency = |at: Timestamp, account: &AccountId| {
            let entry = self.entries.get(account)?;
            let subject = entry.subject(&self.trials, self.now);
            let asked = !crowded || at <= self.now || entry.may_be_asked_sooner(self.now);
            asked.then(|| self.policy.urgency(subject, upstream.surroundings(), at, self.now))
        };
        let weighed = upstream.due.iter().skip(turn(self.now, every)).step_by(every).take(due);
        let urgent = weighed.filter_map(|(at, account)| Some((urgency(*at, account)?, account)));
        first_of(urgent.collect(), most)
    }

    /// Whether more accounts wait than plans are of use for: then whoever is worth most is asked
    /// about, due or not.
    fn is_crowded(&self, upstream: &Upstream) -> bool {
        let most = usize::try_from(upstream.info.batch.max(1)).unwrap_or(1);
        let crowd = (upstream.due.len() / CROWDED).max(most);
        let last = upstream.due.iter().nth(crowd);
        self.policy.learns() && last.is_some_and(|(at, _)| *at <= self.now)
    }

    /// Weighs, where a policy has batches go by their worth, whether the most a batch could be
    /// worth now is worth a request.
    pub(super) fn weigh(&mut self) {
        for upstream in &mut self.upstreams {
            let Some(Weighing::Again { at }) = upstream.weighing else { continue };
            if at > self.now || upstream.in_flight.is_some() {
                continue;
            }
            let around = upstream.surroundings();
            let mut worths: Vec<f64> = upstream
                .due
                .iter()
                .filter_map(|(at, account)| {
                    let entry = self.entries.get(account)?;
                    let subject = entry.subject(&self.trials, self.now);
                    Some(self.policy.urgency(subject, around, *at, self.now))
                })
                .collect();
            worths.sort_by(|a, b| b.total_cmp(a));
            let most = usize::try_from(upstream.info.batch.max(1)).unwrap_or(1);
            let sum: f64 = worths.iter().take(most).sum();
            upstream.weighing = Some(if sum >= 1.0 {
                Weighing::Worth
            } else {
                Weighing::Again { at: self.now + WEIGH_EVERY }
            });
        }
    }

    /// Asks the policy for the next check of an account.
    pub(super) fn plan(&mut self, account: &AccountId) {
        let upstream =
            self.upstreams.iter_mut().find(|one| one.info.platform == account.platform());
        if let (Some(upstream), Some(entry)) = (upstream, self.entries.get_mut(account)) {
            let around = upstream.surroundings();
            let subject = entry.subject(&self.trials, self.now);
            let planned = self.policy.next_check(subject, around, self.now);
            let Track { wishes, asked_at, .. } = &entry.track;
            let planned = wishes.bend(planned, *asked_at, self.zones.clock(wishes));
            let audit = self.trials.audit(&entry.track, upstream.info.reveals);
            let (planned, instead) = or_audit(planned, audit);
            entry.instead = instead;
            // Where nothing may be used, nobody is checked, however long it has been.
            let checked = upstream.share != Share::NONE;
            let planned = planned.filter(|_| checked).map(|planned| entry.rested(planned));
            let before = std::mem::replace(&mut entry.planned, planned);
            upstream.plan(account, before, planned);
            let bound = entry.track.wishes.bound(entry.track.asked_at, entry.track.added_at);
            let bound = bound.filter(|_| checked);
            let bound = bound.map(|bound| bound.max(entry.rests_until().unwrap_or(bound)));
            let before = std::mem::replace(&mut entry.bound, bound);
            upstream.bind(account, before, bound);
        }
    }

    /// Asks the policy for the next check of every account: what surrounds them has changed.
    pub(super) fn plan_all(&mut self) {
        for upstream in &mut self.upstreams {
            upstream.due.clear();
            upstream.asked.clear();
            upstream.bounds.clear();
            upstream.accounts = 0;
            let batched = upstream.info.batch > 1 && self.policy.weighs_batches();
            upstream.weighing = match upstream.weighing {
                before @ Some(_) if batched => before,
                None if batched => Some(Weighing::Again { at: self.now }),
                _ => None,
            };
        }
        for (account, entry) in &mut self.entries {
            entry.planned = None;
            entry.bound = None;
            let upstream = self.upstreams.iter_mut();
            for upstream in upstream.filter(|one| one.info.platform == account.platform()) {
                upstream.accounts += 1;
            }
        }
        let accounts: Vec<AccountId> = self.entries.keys().cloned().collect();
        for account in &accounts {
            self.plan(account);
        }
    }

    /// Lets the policy look at all accounts of an upstream where it is time to.
    pub(super) fn refresh(&mut self) {
        let mut refreshed = false;
        for upstream in &mut self.upstreams {
            if upstream.refresh_at.is_some_and(|at| at <= self.now) {
                let platform = upstream.info.platform;
                let here = self.entries.iter().filter(|(id, _)| id.platform() == platform);
                let mut roster = here.map(|(_, entry)| entry.subject(&self.trials, self.now));
                let around = upstream.surroundings();
                upstream.refresh_at = self
                    .policy
                    .refresh(&mut roster, around, self.now)
                    .map(|at| at.max(self.now + Span::SECOND));
                refreshed = true;
            }
        }
        if refreshed {
            self.plan_all();
            self.save_memory();
        }
    }

    /// The planned check of one account, not before the proxy and its upstream are ready.
    pub(super) fn plan_of(&self, entry: &Entry) -> Option<Timestamp> {
        let upstream = self.upstream(entry.track.account.platform())?;
        let greet_at = match self.link {
            Link::Lost { greet_at, .. } => Some(greet_at),
            Link::Up => None,
        };
        let holds = [upstream.not_before(), greet_at];
        Some(holds.into_iter().flatten().fold(entry.planned?.at, Timestamp::max))
    }
}

/// So many accounts with the highest numbers, the highest first; of equals, those that came first.
fn first_of(mut accounts: Vec<(f64, &AccountId)>, most: usize) -> Vec<AccountId> {
    accounts.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    accounts.into_iter().take(most).map(|(_, account)| account.clone()).collect()
}

/// At which of so many to begin: in no order, but the same whenever it is asked at a moment.
fn turn(now: Timestamp, of: usize) -> usize {
    // Requests come in even steps, which plain division would have begin at the same again and again.
    let mixed = now.ms().cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    usize::try_from(mixed).unwrap_or(0) % of.max(1)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn everybody_has_a_turn_however_even_the_requests() {
        for of in 1..12 {
            let mut turns = vec![0; of];
            for n in 0..1200 {
                turns[turn(Timestamp::from_s(1_780_000_000 + n * 180), of)] += 1;
            }
            let even = 1200 / of;
            assert!(turns.iter().all(|turns| *turns > even / 3), "{of}: {turns:?}");
        }
    }
}
