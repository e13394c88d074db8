//! What a budget lets through of the checks that plans want.

use std::collections::BTreeMap;

use almanac_wire::{AccountId, Platform, Quota, QuotaState, Span, Timestamp};

use super::Monitor;
use super::upstream::Upstream;
use crate::view::ComingCheck;

/// One quota over the time to come.
#[derive(Debug)]
struct Window {
    limit: usize,
    length: Span,
    /// When its day ends, where it goes by a zone's days.
    midnight: Option<Timestamp>,
    /// When each request that it counts is free again, in order.
    frees: Vec<Timestamp>,
}

impl Window {
    /// As it stands. Of those it counts only the first is known by its time: the others are taken to
    /// lie evenly.
    fn new(state: &QuotaState, limit: u32, now: Timestamp) -> Self {
        let length = Span::from_s(i64::from(state.window_s));
        let reset = Span::from_s(i64::from(state.reset_s)).min(length);
        let held = i64::from(limit.saturating_sub(state.remaining));
        let midnight = state.zone.map(|_| match reset {
            Span::ZERO => now + length,
            reset => now + reset,
        });
        let frees = |place: i64| {
            midnight.unwrap_or_else(|| now + reset + (length - reset) * place / held.max(1))
        };
        let frees = (0..held).map(frees).collect();
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), length, midnight, frees }
    }

    /// From when on it has a request left.
    fn open_from(&self) -> Option<Timestamp> {
        self.frees.len().checked_sub(self.limit).and_then(|place| self.frees.get(place)).copied()
    }

    fn spend(&mut self, at: Timestamp) {
        let free = match self.midnight {
            Some(midnight) if at < midnight => midnight,
            Some(midnight) => midnight + self.length,
            None => at + self.length,
        };
        self.frees.push(free);
    }
}

/// A platform's quotas over the time to come.
#[derive(Debug)]
struct Ration {
    windows: Vec<Window>,
    batch: usize,
    /// When the last request goes out, and how many it asks about.
    last: Option<(Timestamp, usize)>,
}

impl Ration {
    fn new(upstream: &Upstream, now: Timestamp) -> Self {
        // What is left of all, as far as the share of it goes that checks may use.
        let budget = upstream.budget(now);
        let window = |quota: &Quota| {
            let told = budget.iter();
            let mut same = told.filter(|one| one.window_s == quota.window_s.get());
            let state = same.find(|one| one.zone == quota.zone).copied();
            Window::new(&state.unwrap_or(QuotaState::whole(quota)), quota.limit.get(), now)
        };
        Self {
            windows: upstream.quotas.as_slice().iter().map(window).collect(),
            batch: usize::try_from(upstream.info.batch.max(1)).unwrap_or(1),
            last: None,
        }
    }

    /// When a check that is wanted at a moment, no sooner than any before, can be made.
    fn admit(&mut self, wanted: Timestamp) -> Timestamp {
        if let Some((at, asked)) = &mut self.last
            && *at >= wanted
            && *asked < self.batch
        {
            *asked += 1;
            return *at;
        }
        let last = self.last.map(|(at, _)| at);
        let open = self.windows.iter().filter_map(Window::open_from);
        let at = open.chain(last).fold(wanted, Timestamp::max);
        for window in &mut self.windows {
            window.spend(at);
        }
        self.last = Some((at, 1));
        at
    }
}

impl Monitor {
    /// Of the checks that are wanted, in order, those that the budgets let through until `end`, each
    /// when there is a request for it. Whoever waits for one already wants no other.
    pub(super) fn rationed(&self, wanted: Vec<ComingCheck>, end: Timestamp) -> Vec<ComingCheck> {
        let ration =
            |upstream: &Upstream| (upstream.info.platform, Ration::new(upstream, self.now));
        let mut rations: Vec<(Platform, Ration)> = self.upstreams.iter().map(ration).collect();
        let mut asked: BTreeMap<AccountId, Timestamp> = BTreeMap::new();
        let mut checks = Vec::new();
        for mut check in wanted {
            if asked.get(&check.account).is_some_and(|at| *at >= check.at) {
                continue;
            }
            let platform = check.account.platform();
            let ration = rations.iter_mut().find(|(of, _)| *of == platform);
            let Some((_, ration)) = ration else { continue };
            check.at = ration.admit(check.at);
            asked.insert(check.account.clone(), check.at);
            if check.at < end {
                checks.push(check);
            }
        }
        checks.sort_by_key(|check| check.at);
        let mut nexts: BTreeMap<AccountId, Timestamp> = BTreeMap::new();
        for check in checks.iter_mut().rev() {
            if let Some(next) = nexts.insert(check.account.clone(), check.at) {
                check.until_next = Some(next - check.at);
            }
        }
        checks
    }
}
