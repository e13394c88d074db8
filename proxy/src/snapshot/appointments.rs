//! The windows of a snapshot as calendars know them: each keeps its name from one snapshot to the
//! next, and its version counts up when it changes.

use std::collections::{BTreeMap, BTreeSet};

use almanac_wire::{AccountId, ForecastSnapshot, Span, StartWindow, Timestamp, WindowLength};
use serde::{Deserialize, Serialize};

/// A window that begins at most this far from one of the snapshot before is the same one.
const NEAR: Span = Span::from_ms(3 * Span::HOUR.ms());

/// A window with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Appointment {
    /// Names it within its account, for ever: the millisecond at which it was first said to begin.
    pub(crate) key: i64,
    /// The window as last told.
    pub(crate) window: StartWindow,
    /// How often it has changed.
    pub(crate) sequence: u32,
    /// When it last changed: the moment of that snapshot.
    pub(crate) changed_at: Timestamp,
}

/// The appointments of every account, in order.
pub(crate) type Appointments = BTreeMap<AccountId, Vec<Appointment>>;

/// Carries appointments on to the next snapshot.
pub(crate) fn carry_on(before: &Appointments, snapshot: &ForecastSnapshot) -> Appointments {
    let none = Vec::new();
    snapshot
        .accounts()
        .iter()
        .filter(|(_, forecast)| !forecast.windows.is_empty())
        .map(|(account, forecast)| {
            let known = before.get(account).unwrap_or(&none);
            (account.clone(), carry_on_one(known, &forecast.windows, snapshot.made_at()))
        })
        .collect()
}

fn carry_on_one(
    known: &[Appointment],
    windows: &[StartWindow],
    made_at: Timestamp,
) -> Vec<Appointment> {
    let mut left: Vec<&Appointment> = known.iter().collect();
    let mut taken: BTreeSet<i64> = known.iter().map(|known| known.key).collect();
    let mut appointments = Vec::with_capacity(windows.len());
    for window in windows {
        let apart = |known: &Appointment| (known.window.from - window.from).ms().abs();
        let nearest = left
            .iter()
            .enumerate()
            .filter(|(_, known)| apart(known) <= NEAR.ms())
            .min_by_key(|(_, known)| apart(known))
            .map(|(place, _)| place);
        appointments.push(match nearest {
            Some(place) => left.remove(place).changed_to(*window, made_at),
            None => {
                let first = window.from.ms();
                let key = (first..).find(|key| taken.insert(*key)).unwrap_or(first);
                Appointment { key, window: *window, sequence: 0, changed_at: made_at }
            }
        });
    }
    appointments
}

impl Appointment {
    /// As the next snapshot has it. What has begun goes on: its beginning is no news.
    fn changed_to(&self, window: StartWindow, made_at: Timestamp) -> Self {
        let begun = self.window.from < window.from && window.from <= made_at;
        let window = if begun {
            let length = WindowLength::nearest(window.until() - self.window.from);
            StartWindow { from: self.window.from, length, ..window }
        } else {
            window
        };
        let told = |window: StartWindow| (window.from, window.length, window.probability.percent());
        if told(self.window) == told(window) {
            return self.clone();
        }
        let sequence = self.sequence.saturating_add(1);
        Self { key: self.key, window, sequence, changed_at: made_at }
    }
}

#[cfg(test)]
mod tests {
    use almanac_wire::Probability;

    use super::*;

    const NOON: Timestamp = Timestamp::from_s(1_767_268_800);

    fn at(minutes: i64) -> Timestamp {
        NOON + Span::MINUTE * minutes
    }

    fn window(from: i64, minutes: i64, probability: f64) -> StartWindow {
        StartWindow {
            from: at(from),
            length: WindowLength::nearest(Span::MINUTE * minutes),
            probability: Probability::nearest(probability),
        }
    }

    #[test]
    fn a_window_that_moves_keeps_its_name_and_counts_up() {
        let first = carry_on_one(&[], &[window(400, 50, 0.8), window(1840, 50, 0.7)], at(0));
        assert_eq!(first.iter().map(|one| one.sequence).collect::<Vec<_>>(), [0, 0]);
        let moved = carry_on_one(&first, &[window(430, 40, 0.8), window(1840, 50, 0.701)], at(60));
        let told = |all: &[Appointment]| {
            all.iter().map(|one| (one.key, one.sequence, one.changed_at)).collect::<Vec<_>>()
        };
        assert_eq!(told(&moved), [(at(400).ms(), 1, at(60)), (at(1840).ms(), 0, at(0))]);
        assert_eq!(moved[0].window, window(430, 40, 0.8));
    }

    #[test]
    fn a_window_that_goes_leaves_the_names_of_others() {
        let first = carry_on_one(&[], &[window(100, 50, 0.5), window(400, 50, 0.8)], at(0));
        let next = carry_on_one(&first, &[window(400, 50, 0.8)], at(60));
        assert_eq!(next, first[1..]);
        let back = carry_on_one(&next, &[window(100, 50, 0.5), window(400, 50, 0.8)], at(70));
        assert_eq!(back[1], first[1]);
    }

    #[test]
    fn what_has_begun_goes_on() {
        let first = carry_on_one(&[], &[window(10, 60, 0.5)], at(0));
        let next = carry_on_one(&first, &[window(30, 40, 0.5)], at(31));
        assert_eq!(next, first);
    }

    #[test]
    fn names_are_never_given_twice() {
        let first = carry_on_one(&[], &[window(0, 60, 0.5)], at(-60));
        let far = carry_on_one(&first, &[window(179, 60, 0.5), window(181, 60, 0.5)], at(0));
        let again = carry_on_one(
            &far,
            &[window(0, 60, 0.5), window(179, 60, 0.5), window(181, 1, 0.5)],
            at(0),
        );
        let keys: BTreeSet<i64> = again.iter().map(|one| one.key).collect();
        assert_eq!(keys.len(), 3, "{again:?}");
    }
}
