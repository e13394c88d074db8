//! The account's recent starts: they make some times likelier and others less likely.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::ahead::Class;
use super::clock::DAY;
use super::recalibration::{self, COUNTED, ECHO_REACH, ECHOED};

/// How long a start is remembered, in seconds: it counts for 14 days.
const MEMORY: i64 = 15 * DAY;
/// Most starts that are remembered.
const MOST: usize = 256;

/// A start that is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Start {
    /// When it was, in seconds; where that is not known, when to expect it.
    pub(super) at: i64,
    /// How likely a start then was held to be before it was learned.
    pub(super) class: Class,
}

/// Adds a start in its place, and forgets those that are too old or too many. One always stays.
pub(super) fn remember(starts: &mut Vec<Start>, start: Start) {
    let place = starts.partition_point(|other| other.at <= start.at);
    starts.insert(place, start);
    let newest = starts.last().map_or(start.at, |last| last.at);
    let old = starts.partition_point(|other| other.at < newest - MEMORY);
    starts.drain(..old.max(starts.len().saturating_sub(MOST)));
}

/// The last start that is remembered from within a stretch of time (seconds).
pub(super) fn within(starts: &[Start], stretch: RangeInclusive<i64>) -> Option<Start> {
    starts.iter().rev().find(|start| stretch.contains(&start.at)).copied()
}

/// What the recent starts make of moments that follow each other: it walks along with them.
pub(super) struct Recurrence<'a> {
    /// Rising.
    starts: &'a [i64],
    /// Starts a day.
    rate: f64,
    /// Of `starts`, how many were before the moment.
    before: usize,
    /// How many were before the moment by more than the days of [`COUNTED`].
    past: [usize; 4],
    /// How many were too early to be an echo of [`ECHOED`].
    early: [usize; 4],
    /// The last answer's ingredients and the answer.
    last: Option<([usize; 4], [bool; 4], f64)>,
}

impl<'a> Recurrence<'a> {
    /// Before the first moment.
    pub(super) const fn new(starts: &'a [i64], rate: f64) -> Self {
        Self { starts, rate, before: 0, past: [0; 4], early: [0; 4], last: None }
    }

    /// The factor at a moment in seconds that is no earlier than the one asked for before. Only
    /// starts before the moment count. 1 for an account without any.
    pub(super) fn factor(&mut self, at: i64) -> f64 {
        if self.starts.is_empty() {
            return 1.0;
        }
        advance(self.starts, &mut self.before, at);
        let mut counts = [0; 4];
        for ((count, past), (days, _)) in counts.iter_mut().zip(&mut self.past).zip(COUNTED) {
            advance(self.starts, past, at - days * DAY);
            *count = self.before - *past;
        }
        let mut echoes = [false; 4];
        for ((echo, early), (days, _)) in echoes.iter_mut().zip(&mut self.early).zip(ECHOED) {
            let then = at - days * DAY;
            advance(self.starts, early, then - ECHO_REACH);
            *echo = self.starts.get(*early).is_some_and(|start| *start <= then + ECHO_REACH);
        }
        match self.last {
            Some((same_counts, same_echoes, factor))
                if same_counts == counts && same_echoes == echoes =>
            {
                factor
            }
            _ => {
                let factor = recalibration::recurrence(self.rate, counts, echoes);
                self.last = Some((counts, echoes, factor));
                factor
            }
        }
    }
}

impl Recurrence<'_> {
    /// What a burst of starts makes of the moment asked for last; 1 where there is none.
    pub(super) fn burst(&self) -> f64 {
        self.last.map_or(1.0, |([day, ..], ..)| recalibration::burst(self.rate, day))
    }
}

/// Moves a place on to the first start that is not before a moment.
fn advance(starts: &[i64], place: &mut usize, moment: i64) {
    while starts.get(*place).is_some_and(|start| *start < moment) {
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const HOUR: i64 = 3600;

    #[test]
    fn walking_along_gives_what_asking_once_gives() {
        let starts: Vec<i64> = (0..40).map(|i| i * DAY / 3 + i * i * 700 % (5 * HOUR)).collect();
        let mut starts = starts;
        starts.sort_unstable();
        let mut walk = Recurrence::new(&starts, 1.7);
        let mut different = 0;
        for at in (5 * DAY..30 * DAY).step_by(300) {
            let count = |days: i64| {
                starts.iter().filter(|start| (at - days * DAY..at).contains(*start)).count()
            };
            let echo = |days: i64| {
                starts.iter().any(|start| (start - (at - days * DAY)).abs() <= ECHO_REACH)
            };
            let expected = recalibration::recurrence(
                1.7,
                COUNTED.map(|(days, _)| count(days)),
                ECHOED.map(|(days, _)| echo(days)),
            );
            assert_eq!(walk.factor(at), expected, "{at}");
            different += usize::from((expected - 1.0).abs() > 0.1);
        }
        assert!(different > 100);
    }

    #[test]
    fn a_start_at_this_time_yesterday_makes_one_likelier() {
        let at = |moment| Recurrence::new(&[10 * DAY], 1.0).factor(moment);
        assert!(at(11 * DAY) > 1.4 * at(11 * DAY - HOUR));
        assert!(at(17 * DAY) > 1.4 * at(17 * DAY - HOUR));
        assert!(at(10 * DAY + HOUR) < at(10 * DAY), "one start today, so hardly another");
    }

    #[test]
    fn what_is_old_or_too_much_is_forgotten_but_one_stays() {
        let mut starts = Vec::new();
        for i in (0..400).rev() {
            remember(&mut starts, Start { at: i, class: Class::Usual });
        }
        assert_eq!(starts.len(), MOST);
        assert!(starts.is_sorted_by_key(|start| start.at));
        remember(&mut starts, Start { at: 100 * DAY, class: Class::Expected });
        assert_eq!(starts, [Start { at: 100 * DAY, class: Class::Expected }]);
    }
}
