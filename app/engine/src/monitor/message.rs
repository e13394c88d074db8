//! What goes into the monitor and what comes out of it.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use almanac_wire::{
    AccountId, Outcome, Platform, Span, StatusReply, Timestamp, UnknownReason, UpstreamInfo,
};

use crate::alerts::{Alert, AlertBook, AlertRules};
use crate::checks::CheckDay;
use crate::mind::Mind;
use crate::policy::{PolicyMemory, Reason};
use crate::revision::Revision;
use crate::session::Session;
use crate::settings::Settings;
use crate::track::{News, Track};
use crate::trial::{Follow, TrialNews, TrialOrder, Trials};
use crate::wishes::{Wish, Wishes};
use crate::zones::Zones;

use super::pools::PlatformPool;

/// What the monitor starts from: everything recorded that it still needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What the person set.
    pub settings: Settings,
    /// Every account.
    pub tracks: Vec<Track>,
    /// The sessions of the last two days; older ones do no harm.
    pub sessions: Vec<Session>,
    /// The check days of the last two days; older ones do no harm.
    pub check_days: Vec<CheckDay>,
    /// What is believed of accounts.
    #[serde(default)]
    pub minds: Vec<Mind>,
    /// What the accounts of a platform have taught together.
    #[serde(default)]
    pub pools: Vec<PlatformPool>,
    /// What was told, and what is to be.
    #[serde(default)]
    pub alerts: AlertBook,
    /// What the policy had worked out.
    #[serde(default)]
    pub memory: Option<PolicyMemory>,
    /// Trials, and whether forecasts hold.
    #[serde(default)]
    pub trials: Trials,
    /// What the latest trial counted of each account.
    #[serde(default)]
    pub follows: Vec<Follow>,
}

/// What happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The proxy told what it serves.
    Upstreams(Vec<UpstreamInfo>),
    /// It did not.
    GreetingFailed(ProxyFailure),
    /// What kept the proxy from answering may be over: it is greeted without waiting any longer.
    TryAgain,
    /// A check was answered.
    Answered {
        /// Of the order.
        ticket: u64,
        /// What the proxy said.
        reply: StatusReply,
    },
    /// A check was not answered.
    Failed {
        /// Of the order.
        ticket: u64,
        /// Why.
        failure: ProxyFailure,
    },
    /// The person follows accounts; those already followed are passed over.
    Add(Vec<AccountId>),
    /// The person follows accounts no more; what was recorded of them goes too.
    Remove(Vec<AccountId>),
    /// The person wants something else for an account; one that is not followed is passed over.
    Wish(AccountId, Wishes),
    /// What the clocks show where somebody lives. To be told after a restore, before anything is
    /// planned, and when an account gets another zone; until then all is UTC.
    Zones(Zones),
    /// The person wants something of trials.
    Trial(TrialOrder),
    /// The person changed the settings.
    Set(Settings),
    /// The person changed what alerts are wanted.
    Alert(AlertRules),
    /// The person has seen an alert, or all.
    Seen(Option<u64>),
    /// The person follows accounts no more, but may take it back until then.
    Leave {
        /// Whom.
        accounts: Vec<AccountId>,
        /// Until when; afterwards what was recorded of them goes too.
        until: Timestamp,
    },
    /// The person takes that back.
    Stay(Vec<AccountId>),
    /// The person corrects the record.
    Revise(Revision),
    /// The person did something that the log is to tell of.
    Did(LogWhat),
}

/// Why the proxy was of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxyFailure {
    /// No connection, or no answer in time.
    Unreachable,
    /// It answers with an error.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// It answers with something that is not ours.
    BadReply,
    /// The upstream's budget is used up.
    OverBudget {
        /// When to come back.
        retry_after: Span,
    },
    /// It asks for its access token: none was sent, or another.
    TokenWanted,
    /// It cannot count its requests, and so sends none.
    Unaccountable,
}

/// What the shell is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Ask the proxy what it serves; answer with [`Event::Upstreams`] or [`Event::GreetingFailed`].
    Greet,
    /// Ask for the status of accounts; answer with [`Event::Answered`] or [`Event::Failed`].
    Check(CheckOrder),
    /// Store all of this in one transaction.
    Save(Vec<Change>),
    /// Show the person something.
    Notify(Alert),
}

/// One status request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOrder {
    /// Names it.
    pub ticket: u64,
    /// The platform of all its accounts.
    pub platform: Platform,
    /// Whom to ask about, most urgent first; never empty.
    pub accounts: Vec<AccountId>,
    /// Why the most urgent one is asked about.
    pub reason: Reason,
}

/// One record to store.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Put an account.
    Track(Box<Track>),
    /// Put a session.
    Session(Session),
    /// Delete the session of an account that was recorded then.
    Strike(AccountId, Timestamp),
    /// Put a day of checks.
    CheckDay(CheckDay),
    /// Put what is believed of an account.
    Mind(Box<Mind>),
    /// Put what a platform's accounts have taught together.
    Pool(PlatformPool),
    /// Put what the policy has worked out.
    Memory(PolicyMemory),
    /// Put what is kept of trials.
    Trials(Box<Trials>),
    /// Put what a trial keeps of an account.
    Follow(Box<Follow>),
    /// Put the settings.
    Settings(Settings),
    /// Put what was told.
    Alerts(Box<AlertBook>),
    /// Append to the log.
    Log(LogEntry),
    /// Delete an account and everything recorded of it.
    Forget(AccountId),
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: LogWhat,
}

impl LogEntry {
    pub(super) const fn new(at: Timestamp, what: LogWhat) -> Self {
        Self { at, what }
    }

    /// The latest first, by their times; of one moment's, in the order given. They are written by and
    /// by: a clock that was set back, or another tab's, has earlier ones come later.
    #[must_use]
    pub fn latest_first(mut entries: Vec<Self>) -> Vec<Self> {
        entries.sort_by_key(|entry| Reverse(entry.at));
        entries
    }
}

/// What the log tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogWhat {
    /// An account was added.
    Added(AccountId),
    /// An account was removed.
    Removed(AccountId),
    /// A person corrected an account's sessions.
    Revised(AccountId),
    /// Something happened to an account.
    News(AccountId, News),
    /// A check was made: whom it was for first of all, why, and how many more it told of.
    Checked {
        /// The most urgent account.
        first: AccountId,
        /// Why it was asked about, where that is still known.
        why: Option<Reason>,
        /// Further accounts in the same request.
        others: u32,
        /// What it said of the first; lines of earlier versions do not tell.
        #[serde(default)]
        found: Option<Found>,
    },
    /// The proxy was of no use.
    ProxyLost(ProxyFailure),
    /// It is of use again.
    ProxyBack,
    /// How the monitor is doing: the roadmap's line every five minutes.
    Status {
        /// Requests since the last such line.
        checks: u32,
        /// Accounts on air, as far as is known.
        live: u32,
        /// Accounts of which a start is likelier than not within the hour.
        likely: u32,
        /// Of each platform's longest quota: what is left, of how many.
        left: Vec<(Platform, u32, u32)>,
    },
    /// Something happened to trials.
    Trial(TrialNews),
    /// A person wished something for an account; what a note says is not told.
    Wished(AccountId, Wish),
    /// A person changed the settings, to these.
    Set(Settings),
    /// A person set what alerts are wanted.
    AlertsSet,
    /// A person restored a backup.
    Restored,
    /// So many sessions were taken in, from a table or a platform's list.
    TakenIn(u32),
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A broadcast.
    Live,
    /// None.
    Offline,
    /// No such account.
    NotFound,
    /// Nothing that tells.
    Unknown(UnknownReason),
}

impl From<&Outcome> for Found {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Live { .. } => Self::Live,
            Outcome::Offline { .. } => Self::Offline,
            Outcome::NotFound => Self::NotFound,
            Outcome::Unknown { reason, .. } => Self::Unknown(*reason),
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_log_is_told_by_its_times() {
        let entry = |s, what| LogEntry::new(Timestamp::from_s(s), what);
        let told = LogEntry::latest_first(vec![
            entry(5, LogWhat::AlertsSet),
            entry(9, LogWhat::ProxyBack),
            entry(9, LogWhat::Restored),
            entry(7, LogWhat::Restored),
        ]);
        let told: Vec<_> = told.iter().map(|entry| (entry.at.ms() / 1000, &entry.what)).collect();
        assert_eq!(
            told,
            [
                (9, &LogWhat::ProxyBack),
                (9, &LogWhat::Restored),
                (7, &LogWhat::Restored),
                (5, &LogWhat::AlertsSet)
            ]
        );
    }
}
