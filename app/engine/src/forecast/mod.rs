//! What is to be expected of an account, in probabilities.
//!
//! An [`Outlook`] is what remains of a model when it is put away: the starts expected in each step
//! of the time ahead, how long sessions last, and how the account stood. Starts are taken to be a
//! Poisson process in time of the model's hazard, sessions to last by the curve of their class.

mod calibrator;
mod curve;
mod habit;
pub(crate) mod likely_windows;
mod next;
mod reliability;
mod today;

pub use calibrator::Calibrator;
pub(crate) use habit::habit;
pub use next::Window;
pub use reliability::{Bin, Reliability};
pub(crate) use today::DayForecast;
pub use today::DayForecasts;

use almanac_wire::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::learn::{Ahead, Class, Survival};
use crate::plan::{Prices, end_gap};

/// Ages at which a survival curve is kept: a day in its own steps.
const AGES: usize = 289;

/// What the screens say of an account's time to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// P(live now).
    pub live_now: f64,
    /// P(live at some moment of the next hour).
    pub live_within_hour: f64,
    /// P(a session starts within 24 hours).
    pub starts_within_day: f64,
    /// The stretch of the next 24 hours in which the next start most probably comes.
    pub window: Option<Window>,
    /// When the session that is on will probably have ended: as likely before as after.
    pub likely_end: Option<Timestamp>,
}

/// How an account stood when its outlook was made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Standing {
    /// It was offline.
    Offline {
        /// Since when all answers have said so.
        since: Timestamp,
    },
    /// It was live.
    Live {
        /// When its session probably began.
        start: Timestamp,
        /// When it was last seen live.
        seen_at: Timestamp,
        /// How usual the hour of that start is.
        class: Class,
    },
}

/// The time ahead of an account, as of the moment when it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    standing: Standing,
    origin: Timestamp,
    step: Span,
    /// Starts expected within each step.
    starts: Vec<f32>,
    /// The class of each step.
    class: Vec<Class>,
    /// The share of sessions still on, by class and age.
    lasting: [Vec<f32>; 4],
}

impl Outlook {
    /// Keeps what a model says of the time ahead.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "stored in half the space")]
    pub fn new(ahead: &Ahead, survival: &Survival, standing: Standing) -> Self {
        Self {
            standing,
            origin: ahead.origin,
            step: ahead.step,
            starts: ahead.starts.iter().map(|starts| *starts as f32).collect(),
            class: ahead.class.clone(),
            lasting: Class::ALL
                .map(|class| survival.first(class, AGES).map(|share| share as f32).collect()),
        }
    }

    /// How the account stood when this was made.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// How long sessions last.
    #[must_use]
    pub fn survival(&self) -> Survival {
        let widened = |table: &Vec<f32>| table.iter().map(|share| f64::from(*share)).collect();
        Survival::new(self.lasting.each_ref().map(widened))
    }

    /// The starts expected between two moments, as if the account were offline at the first;
    /// nothing beyond the time that this looks ahead.
    #[must_use]
    pub fn starts_within(&self, from: Timestamp, to: Timestamp) -> f64 {
        self.parts(from, to).map(|part| part.starts).sum()
    }

    /// The probability of a start between two moments, if the account is offline at the first.
    #[must_use]
    pub fn start_within(&self, from: Timestamp, to: Timestamp) -> f64 {
        -(-self.starts_within(from, to)).exp_m1()
    }

    /// The probability that the account is live at a moment, when it was last asked about at
    /// `asked_at` and has not changed its standing since.
    #[must_use]
    pub fn live_at(&self, asked_at: Timestamp, at: Timestamp) -> f64 {
        let again: f64 = self
            .parts(asked_at, at)
            .map(|part| part.starts * self.share(part.class, at - part.middle))
            .sum();
        let anew = -(-again).exp_m1();
        match self.standing {
            Standing::Offline { .. } => anew,
            Standing::Live { start, class, .. } => {
                let before = self.share(class, asked_at - start).max(1e-9);
                let still = (self.share(class, at - start) / before).clamp(0.0, 1.0);
                still + (1.0 - still) * anew
            }
        }
    }

    /// By when a start has come with a probability, if the account is offline at `from`; `None`
    /// where that is beyond the time that this looks ahead.
    #[must_use]
    pub fn start_by(&self, from: Timestamp, probability: f64) -> Option<Timestamp> {
        let wanted = -(-probability.clamp(0.0, 1.0)).ln_1p();
        let mut sum = 0.0;
        let end = self.end();
        let mut at = from.max(self.origin);
        while at < end {
            let next = (at + self.step).min(end);
            let starts = self.starts_within(at, next);
            if sum + starts >= wanted && starts > 0.0 {
                let share = (wanted - sum) / starts;
                return Some(at + Span::from_minutes((next - at).minutes() * share));
            }
            sum += starts;
            at = next;
        }
        None
    }

    /// How long to wait until a live session is looked at again; `age` is how long it had been on
    /// when it was last seen. See [`end_gap`].
    #[must_use]
    pub fn end_gap(&self, age: Span, prices: &Prices, request_price: f64) -> Span {
        let class = match self.standing {
            Standing::Live { class, .. } => class,
            Standing::Offline { .. } => Class::Usual,
        };
        end_gap(&|age| self.share(class, age), age, prices, request_price)
    }

    fn end(&self) -> Timestamp {
        self.origin + self.step * i64::try_from(self.starts.len()).unwrap_or(0)
    }

    /// The share of sessions of a class that are on at an age; linear between the ages kept.
    pub(crate) fn share(&self, class: Class, age: Span) -> f64 {
        let table = &self.lasting[class.index()];
        let (age, step) = (age.ms().max(0), Survival::STEP.ms());
        let at = |place: i64| {
            let kept = usize::try_from(place).ok().and_then(|place| table.get(place));
            kept.or(table.last()).map_or(0.0, |share| f64::from(*share))
        };
        let (here, next) = (at(age / step), at(age / step + 1));
        here + (next - here) * ((age % step) as f64 / step as f64)
    }

    /// The steps between two moments, the first and the last cut to fit.
    pub(crate) fn parts(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Part> + '_ {
        let step = self.step.ms().max(1);
        let count = i64::try_from(self.starts.len()).unwrap_or(0);
        let (from, to) = ((from - self.origin).ms().max(0), (to - self.origin).ms());
        let to = to.min(count.saturating_mul(step));
        let first = usize::try_from(from / step).unwrap_or(usize::MAX);
        let steps = self.starts.iter().zip(&self.class).zip(0..).skip(first);
        steps.take_while(move |(_, place)| place * step < to).map(
            move |((starts, class), place)| {
                let (begin, end) = ((place * step).max(from), ((place + 1) * step).min(to));
                let share = (end - begin) as f64 / step as f64;
                let at = |ms| self.origin + Span::from_ms(ms);
                Part {
                    starts: f64::from(*starts) * share,
                    class: *class,
                    from: at(begin),
                    middle: at(begin.midpoint(end)),
                    to: at(end),
                }
            },
        )
    }
}

/// A step of an outlook, or a part of one.
pub(crate) struct Part {
    /// The starts expected in it.
    pub(crate) starts: f64,
    pub(crate) class: Class,
    pub(crate) from: Timestamp,
    pub(crate) middle: Timestamp,
    pub(crate) to: Timestamp,
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::plan::samples::{ORIGIN, STEP, even, exponential};

    fn outlook(standing: Standing) -> Outlook {
        Outlook::new(&even(100, 0.01), &exponential(Span::HOUR * 2), standing)
    }

    const OFFLINE: Standing = Standing::Offline { since: ORIGIN };

    #[test]
    fn starts_add_up_and_end_with_the_horizon() {
        let outlook = outlook(OFFLINE);
        let within = |from: i64, to: i64| {
            outlook.starts_within(ORIGIN + Span::SECOND * from, ORIGIN + Span::SECOND * to)
        };
        assert!((within(0, 3000) - 0.1).abs() < 1e-6);
        assert!((within(150, 450) - 0.01).abs() < 1e-7, "{}", within(150, 450));
        assert!((within(-9000, 9_000_000) - 1.0).abs() < 1e-6);
        assert!(within(500, 500).abs() < 1e-12 && within(900, 500).abs() < 1e-12);
        let one = outlook.start_within(ORIGIN, ORIGIN + STEP * 100);
        assert!((one - (1.0 - (-1.0_f64).exp())).abs() < 1e-6);
    }

    #[test]
    fn a_start_is_due_by_the_time_its_probability_says() {
        let outlook = outlook(OFFLINE);
        for probability in [0.1, 0.3, 0.6] {
            let by = outlook.start_by(ORIGIN + Span::MINUTE, probability).unwrap();
            let found = outlook.start_within(ORIGIN + Span::MINUTE, by);
            assert!((found - probability).abs() < 1e-4, "{probability}: {found}");
        }
        assert_eq!(outlook.start_by(ORIGIN, 0.7), None);
    }

    #[test]
    fn who_was_offline_is_not_live_at_once() {
        let outlook = outlook(OFFLINE);
        let live = |minutes| outlook.live_at(ORIGIN, ORIGIN + Span::MINUTE * minutes);
        assert!(live(0).abs() < 1e-12);
        assert!(live(10) < live(60) && live(60) < live(240));
        // What starts in four hours and still is on: fewer than all that start.
        assert!(live(240) < 0.7 * outlook.start_within(ORIGIN, ORIGIN + Span::HOUR * 4));
    }

    #[test]
    fn who_was_live_stays_so_by_the_curve() {
        let class = Class::Usual;
        let live = outlook(Standing::Live { start: ORIGIN - Span::HOUR, seen_at: ORIGIN, class });
        let at = |minutes| live.live_at(ORIGIN, ORIGIN + Span::MINUTE * minutes);
        assert!((at(0) - 1.0).abs() < 1e-12);
        // Sessions of two hours on average end evenly; some start anew.
        let half = (-0.5_f64).exp();
        assert!(at(60) > half && at(60) < half + 0.06, "{}", at(60));
        assert!(at(240) < at(60));
    }
}
