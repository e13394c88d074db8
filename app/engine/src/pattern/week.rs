//! Days: on which the account goes live, and how likely.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use almanac_wire::{Span, Timestamp};

use crate::zone::Zone;

use super::analyze::Period;
use super::clock::Moment;
use super::estimate::Estimate;

const DAY: i64 = Span::DAY.ms();
/// Longest period whose days are counted: ten years.
const MOST_DAYS: i64 = 3660;
/// How much the whole week may say about one weekday, in days of its own: from an account that
/// keeps its weekdays to one that knows none.
const POOLING: [f64; 3] = [1.0, 5.0, 25.0];

/// One day of the week. A session belongs to the local date of its start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weekday {
    /// Sessions that began on it.
    pub sessions: u32,
    /// How often the day came, whole and watched, in the period: what `live_days` is counted of.
    pub days: u32,
    /// On how many of these `days` at least one session began.
    pub live_days: u32,
    /// The probability that a session begins on such a day: the mean of a Beta posterior whose
    /// prior is the account's share of live days over the whole week. What that prior is worth (1,
    /// 5 or 25 days) is weighed by how well each explains all seven days (the beta-binomial's
    /// likelihood; Gelman and others, Bayesian Data Analysis, chapter 5).
    pub chance: Estimate,
}

/// The whole days of a period.
pub(super) struct Calendar {
    /// Local days since 1970 that began and ended in the period.
    whole: Range<i64>,
    /// When nobody looked: milliseconds on the local clock and calendar.
    unwatched: Vec<Range<i64>>,
    /// How often each weekday came, whole and watched.
    days: [u32; 7],
}

/// Milliseconds since 1970 as a zone's clock and calendar show a moment.
pub(super) fn local(zone: &Zone, at: Timestamp) -> i64 {
    (at + zone.offset_at(at)).ms()
}

/// 0 (Sunday) to 6; 1970 began on a Thursday.
fn weekday(day: i64) -> usize {
    usize::try_from(day.saturating_add(4).rem_euclid(7)).unwrap_or(0)
}

impl Calendar {
    pub(super) fn new(zone: &Zone, period: &Period<'_>) -> Self {
        let end = local(zone, period.now).div_euclid(DAY);
        // A period that begins at midnight sharp holds that day.
        let first = local(zone, period.from).saturating_sub(1).div_euclid(DAY).saturating_add(1);
        let whole = first.max(end.saturating_sub(MOST_DAYS))..end;
        let unwatched =
            period.unwatched.iter().map(|gap| local(zone, gap.start)..local(zone, gap.end));
        let mut calendar = Self { whole, unwatched: unwatched.collect(), days: [0; 7] };
        for day in calendar.whole.clone() {
            calendar.days[weekday(day)] += u32::from(calendar.counts(day));
        }
        calendar
    }

    /// Whether a day is whole and was watched for half of it or more.
    fn counts(&self, day: i64) -> bool {
        let (begin, end) = (day.saturating_mul(DAY), day.saturating_add(1).saturating_mul(DAY));
        let unseen =
            |gap: &Range<i64>| gap.end.min(end).saturating_sub(gap.start.max(begin)).max(0);
        self.whole.contains(&day) && self.unwatched.iter().map(unseen).sum::<i64>() <= DAY / 2
    }

    /// Of the days that count, how many of each weekday are among `days`.
    fn live(&self, mut days: Vec<i64>) -> [u32; 7] {
        days.sort_unstable();
        days.dedup();
        let mut live = [0; 7];
        for day in days {
            live[weekday(day)] += u32::from(self.counts(day));
        }
        live
    }

    /// The weekdays of which more than half, and at least two, are among `days`; rising.
    pub(super) fn mostly(&self, days: Vec<i64>) -> Vec<u8> {
        let live = self.live(days);
        let mostly = |&day: &u8| {
            let day = usize::from(day);
            live[day] >= 2 && 2 * live[day] > self.days[day]
        };
        (0..7).filter(mostly).collect()
    }

    /// What the starts say about each weekday, Sunday first, and about any day.
    pub(super) fn week(&self, starts: &[Moment]) -> ([Weekday; 7], Estimate) {
        let mut sessions = [0; 7];
        for start in starts {
            sessions[weekday(start.local.div_euclid(DAY))] += 1;
        }
        let live = self.live(dates(starts));
        let total = |counts: &[u32; 7]| f64::from(counts.iter().sum::<u32>());
        // Jeffreys' prior: half a day with and half a day without.
        let any = Estimate::of(total(&live), total(&self.days), 0.5, 1.0);
        let weights = self.pooling(&live, any.value);
        let mut week = [Weekday { sessions: 0, days: 0, live_days: 0, chance: any }; 7];
        for (i, day) in week.iter_mut().enumerate() {
            let (days, live_days) = (self.days[i], live[i]);
            let (mut value, mut cases) = (0.0, f64::from(days));
            for (worth, weight) in POOLING.iter().zip(weights) {
                let all = f64::from(days) + worth;
                value += weight * (f64::from(live_days) + worth * any.value) / all;
                cases += weight * worth;
            }
            // The whole week knows no more than the days it has seen.
            let chance = Estimate::around(value, cases.min(total(&self.days) + 1.0));
            *day = Weekday { sessions: sessions[i], days, live_days, chance };
        }
        (week, any)
    }

    /// How probable each degree of pooling is, given what happened: these sum to 1.
    fn pooling(&self, live: &[u32; 7], prior: f64) -> [f64; 3] {
        let likelihood = POOLING.map(|worth| {
            let mut log = 0.0;
            for (&days, &live) in self.days.iter().zip(live) {
                for case in 0..days {
                    let (of, seen) =
                        if case < live { (prior, case) } else { (1.0 - prior, case - live) };
                    log += ((worth * of + f64::from(seen)) / (worth + f64::from(case))).ln();
                }
            }
            log
        });
        let most = likelihood.iter().copied().fold(f64::MIN, f64::max);
        let weights = likelihood.map(|log| (log - most).exp());
        let sum: f64 = weights.iter().sum();
        weights.map(|weight| weight / sum)
    }
}

/// The local dates of the starts.
pub(super) fn dates(starts: &[Moment]) -> Vec<i64> {
    starts.iter().map(|start| start.local.div_euclid(DAY)).collect()
}
