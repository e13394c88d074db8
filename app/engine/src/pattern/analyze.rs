//! From sessions to a pattern.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use almanac_wire::{Span, Timestamp};

use crate::session::{End, Interval, Session};
use crate::zone::Zone;

use super::circular::{ClockMean, Directions};
use super::clock::Moment;
use super::consistency::consistency;
use super::estimate::Estimate;
use super::usual::{Usual, usual};
use super::week::{Calendar, Weekday, dates, local};

/// How far back the roadmap looks: 30 days.
pub const WINDOW: Span = Span::from_ms(30 * Span::DAY.ms());
/// Sessions below which the roadmap, and so this analyzer, sees no pattern.
pub const NEEDED: u32 = 5;

/// The stretch of time that is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Period<'a> {
    /// From when on sessions and days count: not before the account was first followed, unless
    /// its history is complete from earlier on. Days are counted for the latest ten years at most.
    pub from: Timestamp,
    /// The moment of the analysis.
    pub now: Timestamp,
    /// When nobody looked, so that a day without a session says nothing; these do not overlap. A
    /// local day unwatched for more than half of it does not count, live or not.
    pub unwatched: &'a [Range<Timestamp>],
}

impl Period<'static> {
    /// The latest `window` before `now`, watched throughout.
    #[must_use]
    pub fn last(window: Span, now: Timestamp) -> Self {
        Self { from: now - window, now, unwatched: &[] }
    }
}

/// What can be said of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Analysis {
    /// Too few sessions for a pattern. This is a statement for screens and exports and no reason
    /// to check less, let alone not at all: the checks are how it ends.
    Insufficient {
        /// Sessions in the period.
        data_points: u32,
        /// Sessions it takes: [`NEEDED`].
        needed: u32,
    },
    /// A pattern.
    Pattern(Box<Pattern>),
}

/// What is usual for an account. All times of the day are minutes after local midnight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Sessions that began in the period.
    pub data_points: u32,
    /// The moment of the analysis.
    pub last_updated: Timestamp,
    /// When sessions begin, on average.
    pub start: ClockMean,
    /// When sessions end, on average; `None` while none is known to be over.
    pub end: Option<ClockMean>,
    /// How long they last; `None` while none is known to be over.
    pub duration: Option<Durations>,
    /// The days of the week, Sunday first.
    pub week: [Weekday; 7],
    /// The probability that a session begins on a day of which nothing else is known.
    pub daily: Estimate,
    /// The most active days, 0 (Sunday) to 6, rising: weekdays on more than half of which, and at
    /// least twice, a session began. A day enters or leaves by what happens on it alone. None for
    /// an account that has no such day, all seven for one that is live daily.
    pub active_days: Vec<u8>,
    /// When sessions usually begin, the most usual first; none where starts are all over the day.
    pub usual: Vec<Usual>,
    /// How alike the days with a session are in the times at which sessions begin, `0.0..=1.0`:
    /// 1 where always at the same time or times, 0 where no more alike than by chance. Times with
    /// a standard deviation of an hour score 0.55.
    pub consistency: f64,
    /// The probability that the next session begins within an hour of a usual time's
    /// [`at`](Usual::at). To a person: "The next start is within an hour of a usual time with a
    /// chance of 82 %." It is low where starts are scattered and where there are few.
    pub confidence: Estimate,
}

/// How long sessions last, in minutes of real time, from the middle of the start's interval to the
/// middle of the end's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Durations {
    /// Sessions that are over and whose length is known well enough
    /// ([`Session::length_is_known`]): what these figures rest on.
    pub count: u32,
    /// The arithmetic mean.
    pub mean_minutes: f64,
    /// The median: half are longer.
    pub median_minutes: f64,
    /// How far off one session's length is, since start and end are known only to intervals: the
    /// root mean square of the standard deviations, `width / sqrt(12)` for each interval.
    pub doubt_minutes: f64,
}

/// What `sessions`, all of one account and in any order, say about it.
///
/// A session belongs to the period if the middle of its start's interval does. `zone` is the
/// account's where it is known, or else the viewer's.
#[must_use]
pub fn analyze<'a>(
    sessions: impl IntoIterator<Item = &'a Session>,
    zone: &Zone,
    period: &Period<'_>,
) -> Analysis {
    let mut past = Past::default();
    for session in sessions {
        let began = session.start.middle();
        if (period.from..=period.now).contains(&began) {
            past.add(session, zone);
        }
    }
    past.pattern(zone, period)
}

fn moment(interval: Interval, zone: &Zone) -> Moment {
    Moment { local: local(zone, interval.middle()), width: interval.width().ms() }
}

/// The sessions of a period, reduced to what counts.
#[derive(Default)]
struct Past {
    starts: Vec<Moment>,
    start: Directions,
    end: Directions,
    /// Milliseconds of each session that is over.
    lengths: Vec<i64>,
    /// Sum of the variances of lengths, in squared minutes.
    doubt: f64,
}

impl Past {
    fn add(&mut self, session: &Session, zone: &Zone) {
        let start = moment(session.start, zone);
        self.starts.push(start);
        self.start.add(start);
        if let End::Over(interval) = session.end {
            let end = moment(interval, zone);
            self.end.add(end);
            if session.length_is_known() {
                self.lengths.push((interval.middle() - session.start.middle()).ms().max(0));
                let (a, b) = (minutes(start.width), minutes(end.width));
                self.doubt += (a * a + b * b) / 12.0;
            }
        }
    }

    fn pattern(mut self, zone: &Zone, period: &Period<'_>) -> Analysis {
        let data_points = counted(self.starts.len());
        let Some(start) = self.start.mean().filter(|_| data_points >= NEEDED) else {
            return Analysis::Insufficient { data_points, needed: NEEDED };
        };
        self.lengths.sort_unstable();
        let calendar = Calendar::new(zone, period);
        let (week, daily) = calendar.week(&self.starts);
        let (usual, confidence) = usual(&self.starts, &calendar);
        Analysis::Pattern(Box::new(Pattern {
            data_points,
            last_updated: period.now,
            start,
            end: self.end.mean(),
            duration: self.durations(),
            week,
            daily,
            active_days: calendar.mostly(dates(&self.starts)),
            usual,
            consistency: consistency(&self.starts),
            confidence,
        }))
    }

    /// Of lengths in rising order.
    fn durations(&self) -> Option<Durations> {
        let count = counted(self.lengths.len());
        let mean = |sum: f64| sum / f64::from(count);
        (count > 0).then(|| Durations {
            count,
            mean_minutes: mean(self.lengths.iter().map(|&ms| minutes(ms)).sum()),
            median_minutes: minutes(median(&self.lengths)),
            doubt_minutes: mean(self.doubt).sqrt(),
        })
    }
}

fn minutes(ms: i64) -> f64 {
    ms as f64 / 60_000.0
}

fn counted(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The middle value of a rising list, or the mean of the two in the middle; 0 of nothing.
fn median(rising: &[i64]) -> i64 {
    let upper = rising.len() / 2;
    let lower = rising.len().saturating_sub(1) / 2;
    let at = |i: usize| rising.get(i).copied().unwrap_or(0);
    at(lower) + (at(upper) - at(lower)) / 2
}
