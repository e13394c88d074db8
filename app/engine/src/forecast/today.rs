//! Whether forecasts of a whole day hold, over all accounts of a platform.

use std::collections::VecDeque;

use almanac_wire::{AccountId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::calibrator::Calibrator;
use super::curve::{self, Curve};
use super::reliability::Reliability;

/// How long after they were made forecasts are looked at: by then nearly all that is ever seen of
/// their day has been seen.
const DUE: Span = Span::from_ms(2 * Span::DAY.ms());
/// Those looked at later than this came due while nobody watched.
const LATEST: Span = Span::from_ms(4 * Span::DAY.ms());

/// How much the account's habit by days counts against the corrected model.
const HABIT: f64 = 0.3;

/// The forecasts of a start within a day: those that are open, and what came of earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayForecasts {
    calibrator: Calibrator,
    reliability: Reliability,
    /// Made at a moment and not due yet, oldest first.
    open: VecDeque<(Timestamp, Vec<Said>)>,
    /// What the pooled forecast should have said. The last field, of this and of what is stored.
    #[serde(default, deserialize_with = "curve::if_any")]
    curve: Curve,
}

/// What a forecast of a start within a day is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DayForecast {
    /// P(a session starts within a day), as the model of hours has it.
    pub(crate) raw: f64,
    /// The share of its latest days on which the account went live.
    pub(crate) usual: f64,
    /// P(it goes live on such a day), by its latest days alone.
    pub(crate) habit: f64,
}

/// A forecast for an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Said {
    account: AccountId,
    /// See [`DayForecast`].
    raw: f64,
    usual: f64,
    /// What was shown.
    shown: f64,
}

impl DayForecasts {
    /// The probability of a start within a day: what the model should have said, by what came of
    /// what it said before, pooled with what the account's habit by days says; and that again by
    /// what came of such forecasts, for a mean of two is more timid than either may be.
    #[must_use]
    pub(crate) fn settle(&self, forecast: DayForecast) -> f64 {
        self.curve.correct(self.pooled(forecast))
    }

    fn pooled(&self, DayForecast { raw, usual, habit }: DayForecast) -> f64 {
        (1.0 - HABIT) * self.calibrator.correct(raw, usual) + HABIT * habit
    }

    /// How forecasts have held, as they were shown.
    #[must_use]
    pub const fn reliability(&self) -> &Reliability {
        &self.reliability
    }

    /// Looks at what came of the forecasts that are due, and takes down new ones.
    ///
    /// `started` tells whether a session of an account is known to have begun between two moments;
    /// `forecasts` are made at `now`.
    pub(crate) fn turn(
        &mut self,
        now: Timestamp,
        started: impl Fn(&AccountId, Timestamp, Timestamp) -> bool,
        forecasts: impl Iterator<Item = (AccountId, DayForecast)>,
    ) {
        while let Some((made_at, said)) = self.open.pop_front_if(|(at, _)| *at + DUE <= now) {
            if now - made_at > LATEST {
                continue;
            }
            let pooled = self.curve.said(made_at);
            // Where none was taken down, there was no curve, and what was shown was not corrected.
            let pooled = pooled.into_iter().map(Some).chain(std::iter::repeat(None));
            for (said, pooled) in said.into_iter().zip(pooled) {
                let held = started(&said.account, made_at, made_at + Span::DAY);
                let held = f64::from(u8::from(held));
                self.calibrator.learn(said.raw, said.usual, held);
                self.curve.learn(pooled.unwrap_or(said.shown), held);
                self.reliability.note(said.shown, held);
            }
        }
        let said = |(account, forecast): (AccountId, DayForecast)| {
            let DayForecast { raw, usual, .. } = forecast;
            (Said { account, raw, usual, shown: self.settle(forecast) }, self.pooled(forecast))
        };
        let (said, pooled) = forecasts.map(said).unzip();
        self.open.push_back((now, said));
        self.curve.say(now, pooled);
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

    const SAID: DayForecast = DayForecast { raw: 0.8, usual: 0.5, habit: 0.5 };

    /// Six accounts of which 0.8 is said; every second goes live.
    fn days(count: i64, apart: Span) -> DayForecasts {
        let mut today = DayForecasts::default();
        for day in 0..count {
            let now = Timestamp::from_s(0) + apart * day;
            let every_second = |who: &AccountId, _, _| who.to_string().ends_with(['0', '2', '4']);
            today.turn(now, every_second, (0..6).map(|n| (account(n), SAID)));
        }
        today
    }

    #[test]
    fn it_learns_what_days_were_worth() {
        let today = days(60, Span::DAY);
        assert!((today.settle(SAID) - 0.5).abs() < 0.06, "{}", today.settle(SAID));
    }

    #[test]
    fn a_habit_by_days_counts_for_its_part() {
        let at_first = DayForecasts::default();
        let more = at_first.settle(DayForecast { habit: 1.0, ..SAID });
        let less = at_first.settle(DayForecast { habit: 0.0, ..SAID });
        assert!((more - (0.7 * 0.8 + 0.3)).abs() < 1e-9 && (less - 0.7 * 0.8).abs() < 1e-9);
    }

    #[test]
    fn what_was_stored_before_there_was_a_curve_is_restored() {
        let today = DayForecasts { curve: Curve::default(), ..days(60, Span::DAY) };
        let bytes = postcard::to_allocvec(&today).unwrap();
        let curve = postcard::to_allocvec(&Curve::default()).unwrap();
        let earlier = &bytes[..bytes.len() - curve.len()];
        assert_eq!(postcard::from_bytes::<DayForecasts>(earlier).unwrap(), today);
        let now = days(60, Span::DAY);
        let bytes = postcard::to_allocvec(&now).unwrap();
        assert_eq!(postcard::from_bytes::<DayForecasts>(&bytes).unwrap(), now);
        assert_ne!(now, today);
    }

    #[test]
    fn within_two_days_nothing_comes_due() {
        let today = days(48, Span::HOUR);
        assert!(today.reliability().forecasts() < 1e-6);
    }

    #[test]
    fn days_that_nobody_watched_teach_nothing() {
        let today = days(30, Span::DAY * 5);
        assert!(today.reliability().forecasts() < 1e-6);
        assert!((today.settle(DayForecast { habit: 0.8, ..SAID }) - 0.8).abs() < 1e-9);
    }
}
