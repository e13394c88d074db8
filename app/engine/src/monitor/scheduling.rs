//! Which request goes out next, and when to come back.

use almanac_wire::{AccountId, Platform, Timestamp};

use super::Monitor;
use super::book::Entry;
use super::message::{Action, CheckOrder};
use super::upstream::{Link, Upstream};
use crate::policy::Reason;

/// At most so many of the accounts that are due are weighed against each other: those due for
/// longest. It bounds the work, and nobody waits for ever.
const WEIGHED: usize = 256;

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
            Link::Up => {
                let refresh = self.upstreams.iter().filter_map(|upstream| upstream.refresh_at);
                self.next_request().into_iter().chain(refresh).min()
            }
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
    /// nobody on it is to be checked.
    fn request_at(&self, upstream: &Upstream) -> Option<(Timestamp, Reason)> {
        if upstream.in_flight.is_some() {
            return None;
        }
        let (_, account) = upstream.due.first()?;
        let first = self.entries.get(account)?.planned?;
        let pace = match (first.reason, &upstream.failing) {
            // While it is in trouble the hold alone says when to try again.
            (Reason::First, _) | (_, Some(_)) => upstream.info.quotas.even_gap(),
            (_, None) => self.policy.pace(upstream.surroundings()),
        };
        let not_before =
            [upstream.asked_at.map(|at| at + pace), upstream.hold_until, upstream.broke_until];
        let at = not_before.into_iter().flatten().fold(first.at, Timestamp::max);
        Some((at, first.reason))
    }

    /// Whom the next request is about, most urgent first; places that are left over go to those
    /// who are due next.
    fn most_urgent(&self, upstream: &Upstream) -> Vec<AccountId> {
        let most = usize::try_from(upstream.info.batch.max(1)).unwrap_or(1);
        let due = upstream.due.iter().take_while(|(at, _)| *at <= self.now).take(WEIGHED).count();
        if due <= most {
            return upstream.due.iter().take(most).map(|(_, account)| account.clone()).collect();
        }
        let urgency = |at: Timestamp, account: &AccountId| {
            let entry = self.entries.get(account)?;
            Some(self.policy.urgency(entry.subject(), at, self.now))
        };
        let weighed = upstream.due.iter().take(due);
        let mut urgent: Vec<(f64, &AccountId)> =
            weighed.filter_map(|(at, account)| Some((urgency(*at, account)?, account))).collect();
        urgent.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        urgent.into_iter().take(most).map(|(_, account)| account.clone()).collect()
    }

    /// Asks the policy for the next check of an account.
    pub(super) fn plan(&mut self, account: &AccountId) {
        let upstream =
            self.upstreams.iter_mut().find(|one| one.info.platform == account.platform());
        if let (Some(upstream), Some(entry)) = (upstream, self.entries.get_mut(account)) {
            let around = upstream.surroundings();
            let planned = self.policy.next_check(entry.subject(), around, self.now);
            let before = std::mem::replace(&mut entry.planned, planned);
            upstream.plan(account, before, planned);
        }
    }

    /// Asks the policy for the next check of every account: what surrounds them has changed.
    pub(super) fn plan_all(&mut self) {
        for upstream in &mut self.upstreams {
            upstream.due.clear();
            upstream.accounts = 0;
        }
        for (account, entry) in &mut self.entries {
            entry.planned = None;
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
                let mut roster = here.map(|(_, entry)| entry.subject());
                let around = upstream.surroundings();
                upstream.refresh_at = self
                    .policy
                    .refresh(&mut roster, around, self.now)
                    .map(|at| at.max(self.now + almanac_wire::Span::SECOND));
                refreshed = true;
            }
        }
        if refreshed {
            self.plan_all();
        }
    }

    /// The planned check of one account, not before its upstream is ready.
    pub(super) fn plan_of(&self, entry: &Entry) -> Option<Timestamp> {
        let upstream = self.upstream(entry.track.account.platform())?;
        let holds = [upstream.hold_until, upstream.broke_until];
        Some(holds.into_iter().flatten().fold(entry.planned?.at, Timestamp::max))
    }
}
