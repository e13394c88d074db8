//! When we looked, kept small: one record per account and day, not a row per check.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Outcome, Span, Timestamp};

/// What a check said, reduced to what history needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was learned.
    Unknown,
    /// Off air.
    Offline,
    /// On air.
    Live,
    /// No such account, says the upstream.
    NotFound,
}

impl Verdict {
    const ALL: [Self; 4] = [Self::Unknown, Self::Offline, Self::Live, Self::NotFound];

    const fn code(self) -> u32 {
        match self {
            Self::Unknown => 0,
            Self::Offline => 1,
            Self::Live => 2,
            Self::NotFound => 3,
        }
    }
}

impl From<&Outcome> for Verdict {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Live { .. } => Self::Live,
            Outcome::Offline { .. } => Self::Offline,
            Outcome::NotFound => Self::NotFound,
            Outcome::Unknown { .. } => Self::Unknown,
        }
    }
}

/// A day of one account's checks, UTC. Stored as one number a check: seconds since the day's
/// beginning times four plus the verdict's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckDay {
    /// Whose checks.
    pub account: AccountId,
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    checks: Vec<u32>,
}

/// Verdicts a check's number can hold.
const CODES: u32 = 4;

impl CheckDay {
    /// A day without checks.
    #[must_use]
    pub const fn new(account: AccountId, day: i64) -> Self {
        Self { account, day, checks: Vec::new() }
    }

    /// The day that a moment belongs to.
    #[must_use]
    pub const fn day_of(at: Timestamp) -> i64 {
        at.ms().div_euclid(Span::DAY.ms())
    }

    /// The key under which it is stored.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}@{}", self.account, self.day)
    }

    /// Adds a check of this day; one outside of it is no check of this day and is left out.
    pub fn record(&mut self, at: Timestamp, verdict: Verdict) {
        if Self::day_of(at) == self.day {
            let second = at.ms().rem_euclid(Span::DAY.ms()) / Span::SECOND.ms();
            if let Ok(second) = u32::try_from(second) {
                self.checks.push(second * CODES + verdict.code());
            }
        }
    }

    /// The checks in the order made, to the second.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, Verdict)> + '_ {
        let midnight = Timestamp::from_ms(self.day.saturating_mul(Span::DAY.ms()));
        self.checks.iter().filter_map(move |number| {
            let verdict = Verdict::ALL.into_iter().find(|v| v.code() == number % CODES)?;
            Some((midnight + Span::from_s(i64::from(number / CODES)), verdict))
        })
    }

    /// How many checks.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.checks.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_day_gives_back_its_checks() {
        let account: AccountId = "demo:a".parse().unwrap();
        let noon = Timestamp::from_s(20_000 * 86_400 + 43_200);
        let mut day = CheckDay::new(account, CheckDay::day_of(noon));
        day.record(noon, Verdict::Live);
        day.record(noon + Span::from_s(61), Verdict::NotFound);
        day.record(noon + Span::DAY, Verdict::Live);
        let back: CheckDay = serde_json::from_str(&serde_json::to_string(&day).unwrap()).unwrap();
        let checks: Vec<_> = back.iter().collect();
        assert_eq!(checks, [(noon, Verdict::Live), (noon + Span::from_s(61), Verdict::NotFound)]);
    }
}
