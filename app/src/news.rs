//! What the tabs do not know yet.

use std::collections::BTreeMap;

use almanac_engine::view::{Overview, Row};
use almanac_wire::AccountId;

use crate::protocol::{Clock, Storage, Update};

/// What the tabs were told last.
#[derive(Debug, Default)]
pub(crate) struct Told {
    rows: BTreeMap<AccountId, Row>,
    rest: Option<(Overview, Clock, Storage, bool)>,
}

/// Which accounts a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Some of them.
    Some,
    /// All of them: who is not in it is followed no more.
    All,
    /// All of them, for a tab that knows nothing.
    Anew,
}

impl Told {
    /// Whether the troubles are others than those that were told: they move what many rows promise.
    pub(crate) fn troubled_otherwise(&self, overview: &Overview) -> bool {
        self.rest.as_ref().is_some_and(|(known, ..)| known.troubles != overview.troubles)
    }

    /// What of a report is new; `None` when nothing is but that time has passed.
    pub(crate) fn news(
        &mut self,
        scope: Scope,
        rows: Vec<Row>,
        overview: Overview,
        clock: Clock,
        storage: Storage,
        has_token: bool,
    ) -> Option<Update> {
        let complete = scope == Scope::Anew;
        let mut gone = Vec::new();
        if scope != Scope::Some {
            // The monitor tells its rows in the order of their accounts.
            self.rows.retain(|account, _| {
                let stays = rows.binary_search_by(|row| row.account.cmp(account)).is_ok();
                if !stays {
                    gone.push(account.clone());
                }
                stays
            });
        }
        let mut fresh = Vec::new();
        for row in rows {
            let known = self.rows.get(&row.account);
            let is_new = known != Some(&row);
            if is_new {
                self.rows.insert(row.account.clone(), row.clone());
            }
            if complete || is_new {
                fresh.push(row);
            }
        }
        let same = self.rest.as_ref().is_some_and(|(known, ticked, kept, token)| {
            known.tells_the_same(&overview)
                && *ticked == clock
                && *kept == storage
                && *token == has_token
        });
        if same && !complete && fresh.is_empty() && gone.is_empty() {
            return None;
        }
        self.rest = Some((overview.clone(), clock, storage.clone(), has_token));
        Some(Update { complete, rows: fresh, gone, overview, clock, storage, has_token })
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::policy::Fixed;
    use almanac_engine::{Event, Monitor, ProxyFailure, Snapshot};
    use almanac_wire::{Span, Timestamp};

    use super::*;

    fn world() -> (Monitor, Timestamp) {
        let at = Timestamp::from_s(1_780_000_000);
        let mut monitor = Monitor::restore(Snapshot::default(), Box::new(Fixed::default()), at);
        let accounts = ["demo:a", "demo:b"].map(|one| one.parse().unwrap());
        monitor.handle(Event::Add(accounts.to_vec()), at);
        (monitor, at)
    }

    fn report(told: &mut Told, scope: Scope, monitor: &Monitor) -> Option<Update> {
        let rows = monitor.accounts().filter_map(|account| monitor.row(account)).collect();
        told.news(scope, rows, monitor.overview(), Clock::MACHINE, Storage::Kept, false)
    }

    #[test]
    fn nothing_is_said_when_only_time_has_passed() {
        let (mut monitor, at) = world();
        let mut told = Told::default();
        assert_eq!(report(&mut told, Scope::All, &monitor).unwrap().rows.len(), 2);
        let _ = monitor.poll_action(at);
        assert!(report(&mut told, Scope::All, &monitor).is_none());
        while monitor.poll_action(at + Span::SECOND * 5).is_some() {}
        let _ = report(&mut told, Scope::All, &monitor);
        while monitor.poll_action(at + Span::SECOND * 10).is_some() {}
        assert!(report(&mut told, Scope::All, &monitor).is_none());
        let all = report(&mut told, Scope::Anew, &monitor).unwrap();
        assert!(all.complete && all.rows.len() == 2);
    }

    #[test]
    fn other_troubles_are_noticed() {
        let (mut monitor, at) = world();
        let mut told = Told::default();
        assert!(!told.troubled_otherwise(&monitor.overview()), "everybody is told of anyway");
        let _ = report(&mut told, Scope::All, &monitor);
        assert!(!told.troubled_otherwise(&monitor.overview()));
        monitor.handle(Event::GreetingFailed(ProxyFailure::Unreachable), at);
        assert!(told.troubled_otherwise(&monitor.overview()));
    }

    #[test]
    fn only_what_changed_is_said() {
        let (mut monitor, at) = world();
        let mut told = Told::default();
        let _ = report(&mut told, Scope::All, &monitor);
        monitor.handle(Event::Add(vec!["demo:c".parse().unwrap()]), at);
        let update = report(&mut told, Scope::All, &monitor).unwrap();
        assert_eq!(update.rows.len(), 1);
        assert!(!update.complete && update.gone.is_empty());
        // Whoever is missing from a report about some is still followed.
        let some = told.news(
            Scope::Some,
            Vec::new(),
            monitor.overview(),
            Clock::MACHINE,
            Storage::Kept,
            false,
        );
        assert!(some.is_none());
        let rest = monitor.accounts().skip(1).filter_map(|account| monitor.row(account)).collect();
        let update = told
            .news(Scope::All, rest, monitor.overview(), Clock::MACHINE, Storage::Kept, false)
            .unwrap();
        assert_eq!(update.gone, ["demo:a".parse().unwrap()]);
        assert!(update.rows.is_empty());
    }
}
