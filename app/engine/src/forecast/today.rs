//! Whether forecasts of a whole day hold, over all accounts of a platform.

use std::collections::BTreeMap;

use almanac_wire::{AccountId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::calibrator::Calibrator;
use super::reliability::Reliability;

/// Forecasts that are looked at later than this came due while nobody watched.
const LATEST: Span = Span::from_ms(2 * Span::DAY.ms());

/// The forecasts of a start within a day: those that are open, and what came of earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayForecasts {
    calibrator: Calibrator,
    reliability: Reliability,
    /// When the open ones were made.
    made_at: Option<Timestamp>,
    /// What they said, before and after correction.
    said: BTreeMap<AccountId, (f32, f32)>,
}

impl DayForecasts {
    /// What a forecast of a start within a day should have said.
    #[must_use]
    pub fn correct(&self, said: f64) -> f64 {
        self.calibrator.correct(said)
    }

    /// How forecasts have held, as they were shown.
    #[must_use]
    pub const fn reliability(&self) -> &Reliability {
        &self.reliability
    }

    /// Looks at what came of the open forecasts, where a day has passed, and takes down new ones.
    ///
    /// `started` tells whether a session of an account is known to have begun between two moments;
    /// `forecasts` are made at `now`, before correction.
    #[expect(clippy::cast_possible_truncation, reason = "stored in half the space")]
    pub(crate) fn turn(
        &mut self,
        now: Timestamp,
        started: impl Fn(&AccountId, Timestamp, Timestamp) -> bool,
        forecasts: impl Iterator<Item = (AccountId, f64)>,
    ) {
        if self.made_at.is_some_and(|made_at| now < made_at + Span::DAY) {
            return;
        }
        let said = std::mem::take(&mut self.said);
        if let Some(made_at) = self.made_at.filter(|made_at| now - *made_at <= LATEST) {
            for (account, (before, after)) in said {
                let held = started(&account, made_at, made_at + Span::DAY);
                self.calibrator.learn(f64::from(before), held);
                self.reliability.note(f64::from(after), held);
            }
        }
        self.made_at = Some(now);
        self.said = forecasts
            .map(|(account, said)| (account, (said as f32, self.correct(said) as f32)))
            .collect();
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn account(n: u32) -> AccountId {
        format!("tiktok:user{n}").parse().unwrap()
    }

    /// Twenty accounts of which 0.8 is said; every second goes live.
    fn days(count: i64, apart: Span) -> DayForecasts {
        let mut today = DayForecasts::default();
        for day in 0..count {
            let now = Timestamp::from_s(0) + apart * day;
            let every_second = |who: &AccountId, _, _| who.to_string().ends_with(['0', '2', '4']);
            today.turn(now, every_second, (0..6).map(|n| (account(n), 0.8)));
        }
        today
    }

    #[test]
    fn it_learns_what_days_were_worth() {
        let corrected = days(60, Span::DAY).correct(0.8);
        assert!((corrected - 0.5).abs() < 0.08, "{corrected}");
    }

    #[test]
    fn within_a_day_nothing_comes_due() {
        let today = days(24, Span::HOUR);
        assert!(today.reliability().forecasts() < 1e-6);
    }

    #[test]
    fn days_that_nobody_watched_teach_nothing() {
        let today = days(30, Span::DAY * 5);
        assert!(today.reliability().forecasts() < 1e-6);
        assert!((today.correct(0.8) - 0.8).abs() < 1e-9);
    }
}
