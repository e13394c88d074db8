//! The scripts' questions and answers.

use serde::{Deserialize, Serialize};

/// What both scripts are asked.
#[derive(Debug, Serialize)]
pub(super) struct Question<'a> {
    /// The time in milliseconds on made-up time lines; else the server's own, the same for all.
    pub(super) now: Option<i64>,
    /// Names the server's memory, as far as this replica knows; empty for one that comes new.
    pub(super) epoch: &'a str,
    /// A name for a new memory, should the server have lost the old one.
    pub(super) fresh: &'a str,
    /// The highest ticket this replica has heard of.
    pub(super) seen: u64,
    /// How long a request can be under way.
    pub(super) patience: i64,
    /// How long replicas have to tell a server again what it forgot.
    pub(super) settling: i64,
    pub(super) replica: &'a str,
    pub(super) quotas: Vec<Window>,
    /// Requests by name, and when each was settled; without a time it is now.
    pub(super) put: Vec<(String, Option<i64>)>,
    pub(super) drop: Vec<String>,
    /// All that a replica knows is told to a server that forgot.
    pub(super) joining: bool,
    pub(super) told: Option<Said>,
    pub(super) reserved_at: i64,
}

/// A quota: what was settled in the last `window`, or after `since`, counts.
#[derive(Debug, Serialize)]
pub(super) struct Window {
    pub(super) limit: u32,
    pub(super) window: i64,
    pub(super) since: Option<i64>,
}

/// What an upstream said of its own quotas, in answer to a request.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    pub(super) by: u64,
    /// How many are left, and until when.
    pub(super) left: Vec<(u32, i64)>,
    /// How many in how many milliseconds.
    pub(super) windows: Vec<(u32, i64)>,
}

/// What both scripts answer.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) epoch: String,
    pub(super) seq: u64,
    pub(super) now: i64,
    /// The server forgot, or another has told it again: it has to be told what this replica knows.
    #[serde(default)]
    pub(super) forgot: bool,
    /// Other replicas may still have to tell.
    pub(super) wait: Option<i64>,
    pub(super) ticket: Option<u64>,
    /// Quotas that refuse, by place, and when the request was settled whose slot is needed.
    #[serde(default)]
    pub(super) refused: Vec<(usize, i64)>,
    /// The upstream's own quota refuses until then.
    pub(super) full: Option<i64>,
    /// Of each quota: how many requests it holds, and when the first of them was settled.
    #[serde(default)]
    pub(super) state: Vec<(u32, i64)>,
}

/// Ends the names of all that concerns one upstream; braces keep it on one server of a cluster.
pub(super) fn key(of: &str, what: &str) -> String {
    format!("almanac:{{{of}}}:{what}")
}
