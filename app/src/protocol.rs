//! What tabs and the monitor's worker say to each other over a broadcast channel, as JSON.
//!
//! Every tab has a worker; one of them holds the lock and runs the monitor for all of them.

use serde::{Deserialize, Serialize};

use almanac_engine::Settings;
use almanac_engine::view::{Overview, Row};
use almanac_wire::{AccountId, Span, Timestamp};

/// Anything said on the channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// From a tab to whoever runs the monitor.
    Ask {
        /// Names the request, so that it is acknowledged and not carried out twice.
        id: String,
        /// What is asked.
        command: Command,
    },
    /// From the monitor to all tabs: a request was carried out.
    Done {
        /// Which.
        id: String,
    },
    /// From the monitor to all tabs: what is new.
    News(Box<Update>),
}

/// What a tab can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Everything from the start: the tab is new.
    Hello,
    /// Follow accounts.
    Add(Vec<AccountId>),
    /// Follow accounts no more, and delete what was recorded of them.
    Remove(Vec<AccountId>),
    /// Change the settings.
    Set(Settings),
}

/// What changed since the last update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Whether `rows` is everything; otherwise only what changed.
    pub complete: bool,
    /// Rows that are new or changed.
    pub rows: Vec<Row>,
    /// Accounts followed no more.
    pub gone: Vec<AccountId>,
    /// Everything that is not about one account.
    pub overview: Overview,
    /// The clock that the monitor goes by.
    pub clock: Clock,
    /// How the records are doing.
    pub storage: Storage,
}

/// A clock: what it showed at one moment of this machine's, and how fast it runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// This machine's time, in milliseconds since the Unix epoch.
    pub machine_ms: f64,
    /// What the clock showed then.
    pub showed: Timestamp,
    /// Its seconds in one of this machine's.
    pub rate: f64,
    /// Whether it shows a made-up time line: the demo's, or a test's.
    pub made_up: bool,
}

impl Clock {
    /// This machine's own time, unadjusted.
    pub const MACHINE: Self =
        Self { machine_ms: 0.0, showed: Timestamp::from_ms(0), rate: 1.0, made_up: false };

    /// What it shows when this machine's clock shows `machine_ms`.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "casts to i64 saturate, which is what is wanted"
    )]
    pub fn read(&self, machine_ms: f64) -> Timestamp {
        self.showed + Span::from_ms(((machine_ms - self.machine_ms) * self.rate) as i64)
    }

    /// How much of this machine's time, in milliseconds, passes while the clock moves on by `span`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a span of 285,000 years fits exactly")]
    pub fn machine_span_ms(&self, span: Span) -> f64 {
        span.ms() as f64 / self.rate
    }
}

/// How the records in IndexedDB are doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// Everything recorded is stored.
    Kept,
    /// The browser gives no storage: what is recorded lasts until the tab closes.
    Denied {
        /// What the browser said.
        why: String,
    },
    /// Storing fails at present; what is not stored yet is kept in memory and tried again.
    Failing {
        /// Since when.
        since: Timestamp,
        /// Records waiting.
        waiting: usize,
        /// Whether the disk, or this site's share of it, is full.
        full: bool,
        /// What the browser said.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_reads_and_waits_in_its_own_time() {
        let clock =
            Clock { machine_ms: 1000.0, showed: Timestamp::from_s(500), rate: 60.0, made_up: true };
        assert_eq!(clock.read(2000.0), Timestamp::from_s(560));
        assert!((clock.machine_span_ms(Span::MINUTE) - 1000.0).abs() < 1e-9);
    }
}
