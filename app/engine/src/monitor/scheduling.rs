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
        let ready =
            |platform: &Platform| self.request_at(*platform).is_some_and(|(at, _)| at <= self.now);
        let platform = self.upstreams.keys().copied().find(ready)?;
        let (_, reason) = self.request_at(platform)?;
        let accounts = self.most_urgent(platform);
        let upstream = self.upstreams.get_mut(&platform)?;
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        upstream.in_flight = Some(ticket);
        upstream.asked_at = Some(self.now);
        Some(Action::Check(CheckOrder { ticket, platform, accounts, reason }))
    }

    /// The next request to any upstream.
    pub(super) fn next_request(&self) -> Option<Timestamp> {
        self.upstreams
            .keys()
            .filter_map(|platform| self.request_at(*platform))
            .map(|(at, _)| at)
            .min()
    }

    /// When the next request to an upstream may go out and why; `None` while one is under way or
    /// nobody is on it.
    fn request_at(&self, platform: Platform) -> Option<(Timestamp, Reason)> {
        let upstream = self.upstreams.get(&platform)?;
        if upstream.in_flight.is_some() {
            return None;
        }
        let around = self.surroundings(platform, upstream);
        let first = self.plans(platform).min_by_key(|(planned, _)| planned.at)?.0;
        let pace = match (first.reason, &upstream.failing) {
            // While it is in trouble the hold alone says when to try again.
            (Reason::First, _) | (Reason::Interval, Some(_)) => upstream.info.quotas.even_gap(),
            (Reason::Interval, None) => self.policy().pace(around),
        };
        let not_before =
            [upstream.asked_at.map(|at| at + pace), upstream.hold_until, upstream.broke_until];
        let at = not_before.into_iter().flatten().fold(first.at, Timestamp::max);
        Some((at, first.reason))
    }

    fn most_urgent(&self, platform: Platform) -> Vec<AccountId> {
        let batch = self.upstreams.get(&platform).map_or(1, |upstream| upstream.info.batch.max(1));
        let most = usize::try_from(batch).unwrap_or(1);
        let mut urgent: Vec<(Timestamp, &AccountId)> = Vec::with_capacity(most + 1);
        for (planned, account) in self.plans(platform) {
            let place = urgent.partition_point(|(at, _)| *at <= planned.at);
            urgent.insert(place, (planned.at, account));
            urgent.truncate(most);
        }
        urgent.into_iter().map(|(_, account)| account.clone()).collect()
    }

    /// The planned check of every account on a platform.
    fn plans(&self, platform: Platform) -> impl Iterator<Item = (Planned, &AccountId)> {
        let around =
            self.upstreams.get(&platform).map(|upstream| self.surroundings(platform, upstream));
        let policy = self.policy();
        self.entries.iter().filter(move |(account, _)| account.platform() == platform).filter_map(
            move |(account, entry)| {
                Some((policy.next_check(&entry.track, around?, self.now), account))
            },
        )
    }

    /// The planned check of one account, not before its upstream is ready.
    pub(super) fn plan_of(&self, account: &AccountId) -> Option<Timestamp> {
        let upstream = self.upstreams.get(&account.platform())?;
        let around = self.surroundings(account.platform(), upstream);
        let planned = self.policy().next_check(&self.entries.get(account)?.track, around, self.now);
        let holds = [upstream.hold_until, upstream.broke_until];
        Some(holds.into_iter().flatten().fold(planned.at, Timestamp::max))
    }

    pub(super) fn surroundings<'a>(
        &self,
        platform: Platform,
        upstream: &'a Upstream,
    ) -> Surroundings<'a> {
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
