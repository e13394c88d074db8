//! What a person takes back: corrections of the record, and accounts followed no more.

use almanac_wire::{AccountId, Timestamp};

use super::book::Entry;
use super::message::{Change, LogEntry, LogWhat};
use super::{Action, Monitor};
use crate::revision::Revision;
use crate::session::Session;
use crate::wishes::Wishes;

impl Monitor {
    /// Corrects the recorded sessions of an account. What was learned from them stays learned:
    /// it fades as new sessions come.
    pub(super) fn revise(&mut self, revision: Revision) {
        if !revision.is_sound() {
            return;
        }
        let Some(entry) = self.entries.get_mut(&revision.account) else { return };
        let mut changes = Vec::new();
        for recorded_at in &revision.strike {
            entry.strike(*recorded_at);
            changes.push(Change::Strike(revision.account.clone(), *recorded_at));
        }
        for session in &revision.put {
            entry.revise(session, self.now);
            changes.push(Change::Session(session.clone()));
        }
        changes.push(Change::Track(Box::new(entry.track.clone())));
        let account = revision.account.clone();
        changes.push(Change::Log(LogEntry::new(self.now, LogWhat::Revised(account))));
        self.plan(&revision.account);
        self.save(changes);
    }

    /// Follows accounts no more; until `until` it can be taken back, and nothing is lost.
    pub(super) fn leave(&mut self, accounts: Vec<AccountId>, until: Timestamp) {
        let mut changes = Vec::new();
        for account in accounts {
            if let Some(mut entry) = self.entries.remove(&account) {
                entry.track.leaving = Some(until);
                entry.planned = None;
                changes.push(Change::Track(Box::new(entry.track.clone())));
                self.leaving.insert(account, entry);
            }
        }
        self.plan_all();
        self.save(changes);
    }

    /// Takes it back.
    pub(super) fn stay(&mut self, accounts: &[AccountId]) {
        let mut changes = Vec::new();
        for account in accounts {
            if let Some(mut entry) = self.leaving.remove(account) {
                entry.track.leaving = None;
                changes.push(Change::Track(Box::new(entry.track.clone())));
                self.entries.insert(account.clone(), entry);
            }
        }
        if !changes.is_empty() {
            self.plan_all();
            self.save(changes);
        }
    }

    /// Forgets those for whom the time to take it back is over.
    pub(super) fn part(&mut self) {
        if self.next_parting().is_none_or(|at| at > self.now) {
            return;
        }
        let now = self.now;
        let over = |entry: &Entry| entry.track.leaving.is_none_or(|until| until <= now);
        let (gone, still) =
            std::mem::take(&mut self.leaving).into_iter().partition(|(_, entry)| over(entry));
        self.leaving = still;
        let gone: std::collections::BTreeMap<AccountId, Entry> = gone;
        let forget = |account: AccountId| {
            let line = LogEntry::new(now, LogWhat::Removed(account.clone()));
            [Change::Forget(account), Change::Log(line)]
        };
        for account in gone.keys() {
            self.alerts.forget(account);
        }
        let changes = gone.into_keys().flat_map(forget).collect();
        self.actions.push_back(Action::Save(changes));
    }

    /// When the next one is forgotten.
    pub(super) fn next_parting(&self) -> Option<Timestamp> {
        self.leaving.values().filter_map(|entry| entry.track.leaving).min()
    }
}

impl Entry {
    /// Whether anything would be lost with it.
    pub(super) fn has_records(&self) -> bool {
        let track = &self.track;
        let recorded = track.latest.is_some() || track.answered_at.is_some();
        recorded || track.wishes != Wishes::default()
    }

    /// Strikes a session out. The latest is still known to the track, so that an upstream that
    /// goes on telling of it brings no news.
    fn strike(&mut self, recorded_at: Timestamp) {
        self.sessions.retain(|session| session.recorded_at != recorded_at);
        self.past_mut().strike(recorded_at);
        if self.track.latest.as_ref().is_some_and(|latest| latest.recorded_at == recorded_at) {
            self.track.struck = true;
        }
    }

    fn revise(&mut self, session: &Session, now: Timestamp) {
        // It may have moved.
        self.sessions.retain(|known| known.recorded_at != session.recorded_at);
        self.put_session(session.clone(), now);
        let latest = self.track.latest.as_ref();
        let same = latest.is_some_and(|latest| latest.recorded_at == session.recorded_at);
        if same || latest.is_none_or(|latest| latest.start < session.start) {
            self.track.latest = Some(session.clone());
            self.track.struck = false;
        }
    }
}
