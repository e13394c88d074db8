//! Why an experiment could not be made.

use std::path::PathBuf;

use almanac_fakes::TraceError;
use almanac_wire::{AccountError, Quota, QuotaError, Timestamp};
use thiserror::Error;

use crate::policies::PolicyKind;

/// Why an experiment could not be made.
#[derive(Debug, Error)]
pub enum LabError {
    /// A trace that cannot be read.
    #[error("{path}: {source}")]
    Trace {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: TraceError,
    },
    /// The same account twice, on air at the same time.
    #[error("the files of the trace contradict each other: {name} has overlapping sessions")]
    Contradiction {
        /// The account's name.
        name: String,
    },
    /// A trace without any session.
    #[error("there is no session in the trace")]
    EmptyTrace,
    /// A price that is none.
    #[error(
        "“{found}” is no price; they are given as missed=40,delay=2,late-end=6,floor=0.05, each of \
         them optional and zero or more"
    )]
    BadPrice {
        /// What was given.
        found: String,
    },
    /// The period asked for is empty.
    #[error(
        "nothing is left to measure: the trace has {trace_days} days, the run would start on day \
         {from_day} and measure from day {measured_from_day} on; see --from-day, --days, --warmup-days"
    )]
    EmptyPeriod {
        /// Days of the whole trace.
        trace_days: i64,
        /// The first day of the run.
        from_day: i64,
        /// The first day that is measured.
        measured_from_day: i64,
    },
    /// Nobody has that many sessions.
    #[error(
        "no account has {min_sessions} sessions in the period; see --min-sessions, --split, --days"
    )]
    NobodyDrawn {
        /// The fewest asked for.
        min_sessions: usize,
    },
    /// No session lies in the measured period.
    #[error(
        "no session of the accounts drawn begins and ends in the measured period; take more --days"
    )]
    NothingToMeasure,
    /// An index that no handle can be made of.
    #[error("the lab cannot name its accounts: {0}")]
    Account(#[from] AccountError),
    /// Quotas that are none.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// A word that is no policy.
    #[error("“{found}” is no policy; these are: {known}")]
    UnknownPolicy {
        /// The word.
        found: String,
        /// All policies.
        known: String,
    },
    /// A setting that is no number, or none the policy can use.
    #[error("“{found}” is no setting of {policy}: {wanted}")]
    BadSetting {
        /// The text found.
        found: String,
        /// Whose setting.
        policy: PolicyKind,
        /// What it should be.
        wanted: &'static str,
    },
    /// Nothing says how much to spend.
    #[error(
        "{0} has no measure: give --target-coverage, --requests-per-day, --budget or {0}=SETTING"
    )]
    NoMeasure(PolicyKind),
    /// A quota's window held more requests than its limit.
    #[error("the quota {quota} was broken: {count} requests in the window that ends at {at_ms} ms")]
    Breach {
        /// The quota.
        quota: Quota,
        /// Requests in the window, the one too many included.
        count: usize,
        /// When the one too many arrived.
        at_ms: i64,
    },
    /// The monitor asked for something that makes no sense.
    #[error("at {at_ms} ms the monitor misbehaved: {what}")]
    Misbehaviour {
        /// When.
        at_ms: i64,
        /// What it did.
        what: &'static str,
    },
    /// A thread of the lab ended before its work was done.
    #[error("an experiment broke off: this is a fault of the lab or of the engine")]
    BrokenOff,
    /// Archetypes of no length or of nobody.
    #[error("a trace needs at least one account and one day")]
    NothingToGenerate,
    /// The figures cannot be written as JSON.
    #[error("the figures cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl LabError {
    pub(crate) const fn misbehaviour(at: Timestamp, what: &'static str) -> Self {
        Self::Misbehaviour { at_ms: at.ms(), what }
    }
}
