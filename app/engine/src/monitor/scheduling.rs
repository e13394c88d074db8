//! Which request goes out next, and when to come back.

use almanac_wire::{AccountId, Platform, Timestamp};

use super::Monitor;
use super::message::{Action, CheckOrder};
use super::upstream::{Link, Upstream};
use crate::policy::{Fixed, Planned, Policy, Reason, Surroundings};

impl Monitor {
    /// When to call [`Monitor::poll_action`] again; `None` while only an event can bring
    /// something new. Changes with every event and action.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if !self.actions.is_empty() {
            return Some(self.now);
        }
        match self.link {
            Link::Lost { greeting: true, .. } => None,
            Link::Lost { greet_at, .. } => Some(greet_at),
            Link::Up => self.next_request(),
        }
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
            (at <= self.now).then(|| (upstream.info.platform, reason, self.most_urgent(upstream)))
        };
        let (platform, reason, accounts) = self.upstreams.iter().find_map(ready)?;
        let upstream = self.upstreams.iter_mut().find(|one| one.info.platform == platform)?;
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        upstream.in_flight = Some(ticket);
        upstream.asked_at = Some(self.now);
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
    /// nobody is on it.
    fn request_at(&self, upstream: &Upstream) -> Option<(Timestamp, Reason)> {
        if upstream.in_flight.is_some() {
            return None;
        }
        let first = self.plans(upstream).min_by_key(|(planned, _)| planned.at)?.0;
        let pace = match (first.reason, &upstream.failing) {
            // While it is in trouble the hold alone says when to try again.
            (Reason::First, _) | (Reason::Interval, Some(_)) => upstream.info.quotas.even_gap(),
            (Reason::Interval, None) => self.policy().pace(self.surroundings(upstream)),
        };
        let not_before =
            [upstream.asked_at.map(|at| at + pace), upstream.hold_until, upstream.broke_until];
        let at = not_before.into_iter().flatten().fold(first.at, Timestamp::max);
        Some((at, first.reason))
    }

    fn most_urgent(&self, upstream: &Upstream) -> Vec<AccountId> {
        let most = usize::try_from(upstream.info.batch.max(1)).unwrap_or(1);
        let mut urgent: Vec<(Timestamp, &AccountId)> = Vec::new();
        for (planned, account) in self.plans(upstream) {
            let place = urgent.partition_point(|(at, _)| *at <= planned.at);
            urgent.insert(place, (planned.at, account));
            urgent.truncate(most);
        }
        urgent.into_iter().map(|(_, account)| account.clone()).collect()
    }

    /// The planned check of every account of an upstream.
    fn plans<'a>(
        &'a self,
        upstream: &'a Upstream,
    ) -> impl Iterator<Item = (Planned, &'a AccountId)> {
        let around = self.surroundings(upstream);
        let (policy, platform) = (self.policy(), upstream.info.platform);
        let accounts =
            self.entries.iter().filter(move |(account, _)| account.platform() == platform);
        accounts.map(move |(account, entry)| {
            (policy.next_check(&entry.track, around, self.now), account)
        })
    }

    /// The planned check of one account, not before its upstream is ready.
    pub(super) fn plan_of(&self, account: &AccountId) -> Option<Timestamp> {
        let upstream = self.upstream(account.platform())?;
        let track = &self.entries.get(account)?.track;
        let planned = self.policy().next_check(track, self.surroundings(upstream), self.now);
        let holds = [upstream.hold_until, upstream.broke_until];
        Some(holds.into_iter().flatten().fold(planned.at, Timestamp::max))
    }

    pub(super) fn surroundings<'a>(&self, upstream: &'a Upstream) -> Surroundings<'a> {
        let platform = upstream.info.platform;
        let accounts = self.entries.keys().filter(|account| account.platform() == platform).count();
        Surroundings {
            accounts: accounts.max(1),
            batch: upstream.info.batch,
            quotas: &upstream.info.quotas,
        }
    }

    /// The policy in force.
    pub(super) const fn policy(&self) -> Fixed {
        Fixed { interval: self.settings.interval }
    }
}
