//! What the monitor has a person told.

use std::collections::VecDeque;

use almanac_wire::{AccountId, Timestamp};

use super::Monitor;
use super::message::{Action, Change};
use crate::alerts::{AlertBook, AlertRules, Raised, Watched};
use crate::track::{Consequences, Known};
use crate::view::Likely;
use crate::wishes::Notify;

/// Takes in what a check led to.
pub(super) fn hear(
    book: &mut AlertBook,
    actions: &mut VecDeque<Action>,
    account: &AccountId,
    consequences: &Consequences,
    watched: Watched,
    now: Timestamp,
) -> Option<Change> {
    let mut raised = Vec::new();
    let changed = book.hear(account, consequences, watched, now, &mut raised);
    show(actions, raised);
    changed.then(|| Change::Alerts(Box::new(book.clone())))
}

fn show(actions: &mut VecDeque<Action>, raised: Vec<Raised>) {
    let shown = raised.into_iter().filter(|one| one.show);
    actions.extend(shown.map(|one| Action::Notify(one.alert)));
}

impl Monitor {
    /// Takes note of what is wanted of accounts by themselves, or by their tags.
    pub(super) fn mind_wishes(&mut self) {
        let soon = |notify: Option<Notify>| notify.is_some_and(|notify| notify.soon);
        let rules = &self.alerts.rules;
        let some = self.entries.values().any(|entry| soon(rules.own(&entry.track.wishes)));
        self.alerts.set_own_soon(some);
    }

    pub(super) fn alerts_change(&self) -> Change {
        Change::Alerts(Box::new(self.alerts.clone()))
    }

    /// Raises what has become due by itself.
    pub(super) fn raise_due(&mut self) {
        let mut book = std::mem::take(&mut self.alerts);
        let raised = book.due(|rules| self.near_starts(rules), self.now);
        self.alerts = book;
        if !raised.is_empty() {
            self.save(vec![self.alerts_change()]);
            show(&mut self.actions, raised);
        }
    }

    /// When accounts that are off the air will probably be live.
    fn near_starts(&self, rules: &AlertRules) -> Vec<(AccountId, Option<Notify>, Likely)> {
        let likely = |account: &AccountId| {
            let track = &self.entries.get(account)?.track;
            let (known, own) = (track.known, rules.own(&track.wishes));
            let window = self.row(account)?.expected?.window?;
            let off = matches!(known, Some(Known::Offline { .. }));
            (off && window.is_worth_telling()).then(|| (account.clone(), own, window))
        };
        self.accounts().filter_map(likely).collect()
    }
}

/// The sooner of what checks want and what alerts want.
pub(super) fn sooner(
    checks: Option<Timestamp>,
    book: &AlertBook,
    now: Timestamp,
) -> Option<Timestamp> {
    checks.into_iter().chain(book.next().map(|at| at.max(now))).min()
}
