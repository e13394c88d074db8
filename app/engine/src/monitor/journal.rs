//! What the log tells beside what happens to accounts: checks and why they were made, the proxy, and
//! how the monitor is doing every five minutes.

use almanac_wire::{CheckResult, Span, Timestamp};

use super::Monitor;
use super::message::{Change, LogEntry, LogWhat, ProxyFailure};
use super::upstream::Link;
use crate::policy::Reason;

/// How often the log says how the monitor is doing, as long as it does anything.
const STATUS_EVERY: Span = Span::from_ms(5 * Span::MINUTE.ms());
/// A start this likely, in percent, is likelier than not.
const LIKELY: f64 = 0.5;
/// Where fewer starts are expected than this, none is likely: `1 - exp(-0.69)` is below that.
const TOO_FEW: f64 = 0.69;

/// What the next status line tells.
#[derive(Debug)]
pub(super) struct Journal {
    told_at: Timestamp,
    checks: u32,
}

impl Journal {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { told_at: now, checks: 0 }
    }
}

impl Monitor {
    /// The lines of a check that was answered, made for this reason.
    pub(super) fn journal_of(&mut self, reason: Reason, results: &[CheckResult]) -> Vec<Change> {
        let mut lines = Vec::new();
        if let Some(first) = results.first() {
            let planned = self.entries.get(&first.account).and_then(|entry| entry.planned);
            let own = planned.map(|planned| planned.reason);
            // A request is made when the first account is due; whom it asks about may have another
            // reason, unless there was one for the request itself.
            let why = match reason {
                Reason::Spare | Reason::LongestGap => Some(reason),
                Reason::First
                | Reason::Interval
                | Reason::End
                | Reason::Plan
                | Reason::Asked
                | Reason::Pinned
                | Reason::Audit => own,
            };
            lines.push(LogWhat::Checked {
                first: first.account.clone(),
                why,
                others: u32::try_from(results.len() - 1).unwrap_or(u32::MAX),
                found: Some((&first.outcome).into()),
            });
        }
        self.journal.checks += 1;
        if self.now - self.journal.told_at >= STATUS_EVERY {
            lines.push(self.status());
            self.journal = Journal::new(self.now);
        }
        lines.into_iter().map(|what| Change::Log(LogEntry::new(self.now, what))).collect()
    }

    fn status(&self) -> LogWhat {
        let hour = self.now + Span::HOUR;
        let starts = self.entries.keys().filter_map(|account| {
            let (asked_at, outlook) = self.outlook(account)?;
            // What may be on already only makes the next start less likely.
            let may_start = outlook.starts_within(self.now, hour) >= TOO_FEW;
            may_start.then(|| outlook.next_start_by(asked_at, self.now, hour))
        });
        let likely = starts.filter(|probability| *probability >= LIKELY).count();
        let live = self.entries.values().filter(|entry| entry.track.open().is_some()).count();
        let left = self.upstreams.iter().filter_map(|upstream| {
            let longest = upstream.budget(self.now).into_iter().max_by_key(|one| one.window_s)?;
            Some((upstream.info.platform, longest.remaining, longest.limit))
        });
        LogWhat::Status {
            checks: self.journal.checks,
            live: u32::try_from(live).unwrap_or(u32::MAX),
            likely: u32::try_from(likely).unwrap_or(u32::MAX),
            left: left.collect(),
        }
    }

    /// The proxy answered.
    pub(super) fn link_answered(&mut self) {
        if matches!(self.link, Link::Lost { failing: Some(_), .. }) {
            self.save(vec![Change::Log(LogEntry::new(self.now, LogWhat::ProxyBack))]);
        }
        self.link.answered();
    }

    /// The proxy was of no use.
    pub(super) fn link_failed(&mut self, failure: ProxyFailure) {
        if !matches!(self.link, Link::Lost { failing: Some(_), .. }) {
            let what = LogWhat::ProxyLost(failure);
            self.save(vec![Change::Log(LogEntry::new(self.now, what))]);
        }
        self.link.failed(failure, self.now);
    }
}
