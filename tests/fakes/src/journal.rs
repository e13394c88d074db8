//! What the upstream was asked, and what it said.

use std::collections::VecDeque;

use almanac_wire::{Span, Timestamp};
use serde::Serialize;

use crate::faults::Kind;

/// One request and its answer, as `GET /_fake/requests` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its number, from 0.
    pub index: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// When its answer was handed over; `None` while it is not, or if the asker left before.
    pub done: Option<Timestamp>,
    /// The path asked for, without the query.
    pub path: String,
    /// What was told.
    #[serde(flatten)]
    pub told: Option<Told>,
}

/// What an answer tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The moment whose truth it is.
    pub truth_at: Timestamp,
    /// The account asked about, where it was one.
    pub account: Option<String>,
    /// What was said of it.
    pub answer: Answer,
    /// The broadcast shown: the one on, or the last. True also where a fault bent the answer.
    pub room_id: Option<String>,
    /// When that began.
    pub started_at: Option<Timestamp>,
}

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// On air, or paused.
    Live,
    /// Not on air.
    Offline,
    /// `user_not_found`, truly.
    NotFound,
    /// The true answer to a batch check.
    Batch,
    /// The question was malformed, or the path is none of TikTok's.
    Refused,
    /// Not the truth but this.
    #[serde(untagged)]
    Fault(Kind),
}

/// The most requests that fell in any window of one length, as `GET /_fake/windows` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Busiest {
    /// The length in seconds.
    pub window_s: u32,
    /// The most requests.
    pub requests: usize,
}

/// Most records kept; the arrivals, which are small, are all kept.
const MOST_RECORDS: usize = 1_000_000;

/// Every request so far.
///
/// Invariant: `arrivals` never goes back, and the last of `records` is as old as the last of it.
#[derive(Default)]
pub(crate) struct Journal {
    arrivals: Vec<Timestamp>,
    records: VecDeque<Record>,
}

impl Journal {
    /// Notes an arrival and gives it its number.
    ///
    /// The caller reads `now` while it holds the journal: so arrivals are in order.
    pub(crate) fn arrived(&mut self, now: Timestamp, path: &str) -> u64 {
        let index = u64::try_from(self.arrivals.len()).unwrap_or(u64::MAX);
        self.arrivals.push(now);
        if self.records.len() == MOST_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(Record {
            index,
            at: now,
            done: None,
            path: path.to_owned(),
            told: None,
        });
        index
    }

    pub(crate) fn told(&mut self, index: u64, told: Told) {
        if let Some(record) = self.record(index) {
            record.told = Some(told);
        }
    }

    pub(crate) fn done(&mut self, index: u64, now: Timestamp) {
        if let Some(record) = self.record(index) {
            record.done = Some(now);
        }
    }

    /// The records kept, from a number on.
    pub(crate) fn since(&self, index: u64) -> impl Iterator<Item = &Record> {
        self.records.range(self.records.partition_point(|record| record.index < index)..)
    }

    /// The most arrivals in any half-open window `[t, t + length)`.
    pub(crate) fn busiest(&self, window_s: u32) -> Busiest {
        let window = Span::from_s(i64::from(window_s));
        let mut first = 0;
        let mut requests = 0;
        for (last, at) in self.arrivals.iter().enumerate() {
            while self.arrivals[first] + window <= *at && first < last {
                first += 1;
            }
            requests = requests.max(last + 1 - first);
        }
        Busiest { window_s, requests }
    }

    fn record(&mut self, index: u64) -> Option<&mut Record> {
        let place = self.records.partition_point(|record| record.index < index);
        self.records.get_mut(place).filter(|record| record.index == index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(at_ms: &[i64]) -> Journal {
        let mut journal = Journal::default();
        for ms in at_ms {
            journal.arrived(Timestamp::from_ms(*ms), "/");
        }
        journal
    }

    #[test]
    fn a_window_excludes_its_end() {
        let journal = arrivals(&[0, 500, 1000, 1499, 1500, 9000]);
        assert_eq!(journal.busiest(1), Busiest { window_s: 1, requests: 3 });
        assert_eq!(arrivals(&[0, 1000, 2000]).busiest(1).requests, 1);
        assert_eq!(arrivals(&[0, 999, 2000]).busiest(1).requests, 2);
        assert_eq!(arrivals(&[7, 7, 7]).busiest(60).requests, 3);
        assert_eq!(journal.busiest(86_400).requests, 6);
        assert_eq!(arrivals(&[]).busiest(60).requests, 0);
    }

    #[test]
    fn counting_agrees_with_looking_at_every_window() {
        let mut rng = crate::rng::SplitMix64::new(9);
        for _ in 0..20 {
            let mut at: Vec<i64> = (0..40).map(|_| rng.between(0, 20_000)).collect();
            at.sort_unstable();
            let within = |from: i64| at.iter().filter(|t| (from..from + 3000).contains(*t)).count();
            let most = (-3000..20_000).map(within).max().unwrap();
            assert_eq!(arrivals(&at).busiest(3).requests, most);
        }
    }

    #[test]
    fn records_are_found_by_their_number() {
        let mut journal = arrivals(&[1, 2, 3]);
        journal.records.pop_front();
        journal.done(0, Timestamp::from_ms(4));
        journal.done(2, Timestamp::from_ms(5));
        let done: Vec<_> =
            journal.since(0).map(|record| (record.index, record.done.is_some())).collect();
        assert_eq!(done, [(1, false), (2, true)]);
        assert_eq!(journal.since(2).count(), 1);
        assert_eq!(journal.since(3).count(), 0);
    }
}
