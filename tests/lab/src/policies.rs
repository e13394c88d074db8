//! Policies as the lab knows them: a name, a knob, and how the engine is given both.

use std::fmt;
use std::str::FromStr;

use almanac_engine::policy::{
    Adaptive, Aim, EntryFrequency, Fixed, HabitQueue, Poisson, Policy, Roadmap,
};
use almanac_engine::wishes::LONGEST_GAP;
use almanac_engine::{Rule, Settings};
use almanac_wire::{Span, Timestamp};
use serde::{Serialize, Serializer};

use crate::error::LabError;
use crate::numbers::{days, fraction, minutes, span_of_minutes};
use crate::oracle::Oracle;
use crate::population::Population;
use crate::upstream::Conditions;

/// Those compared when none are named.
pub const DEFAULT: &str =
    "fixed,roadmap,entry-frequency,habit-queue,poisson,adaptive,target,oracle";
/// Those whose forecasts are scored when none are named.
pub const FORECASTING: &str = "adaptive";

/// Longer than any trace.
const NEVER: Span = Span::from_ms(36_500 * Span::DAY.ms());

/// The policies that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// One interval for all.
    Fixed,
    /// The roadmap's classes as written.
    Roadmap,
    /// Intervals from the weekly count, as Miniflux.
    EntryFrequency,
    /// Start hours and their likelihood, as `StreamCapEvo`.
    HabitQueue,
    /// Rate-optimal crawling.
    Poisson,
    /// Ours.
    Adaptive,
    /// Ours, told what share of sessions to catch: the app's own knob.
    Target,
    /// Knows the trace: the bound.
    Oracle,
}

/// How much a policy may spend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// What the budget allows; the policy has no other measure.
    Budget,
    /// The policy's own knob, in its own unit: [`PolicyKind::unit`].
    Knob(f64),
}

/// A policy and its setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    /// Which.
    pub kind: PolicyKind,
    /// How it is set.
    pub setting: Setting,
}

impl PolicyKind {
    /// Every policy.
    pub const ALL: [Self; 8] = [
        Self::Fixed,
        Self::Roadmap,
        Self::EntryFrequency,
        Self::HabitQueue,
        Self::Poisson,
        Self::Adaptive,
        Self::Target,
        Self::Oracle,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Roadmap => "roadmap",
            Self::EntryFrequency => "entry-frequency",
            Self::HabitQueue => "habit-queue",
            Self::Poisson => "poisson",
            Self::Adaptive => "adaptive",
            Self::Target => "target",
            Self::Oracle => "oracle",
        }
    }

    /// What its knob is.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Fixed => "the interval in minutes",
            Self::Roadmap => "what the roadmap's intervals are multiplied by",
            Self::EntryFrequency => "checks for each session to be expected",
            Self::HabitQueue => "the base interval in minutes",
            Self::Poisson | Self::Adaptive => "the worth of a session in requests",
            Self::Target => "the percentage of sessions to catch",
            Self::Oracle => "requests a day",
        }
    }

    /// The knob that spends about so many requests a day; more requests, more spent.
    #[must_use]
    pub fn knob(
        self,
        requests_per_day: f64,
        population: &Population,
        conditions: &Conditions,
    ) -> f64 {
        let accounts = fraction(population.len());
        let interval = || {
            let batch = usize::try_from(conditions.batch.max(1)).unwrap_or(1);
            let round = fraction(population.len().div_ceil(batch));
            minutes(Span::DAY) * round / requests_per_day
        };
        // What is printed is what was measured.
        let rounded = |knob: f64, places: f64| (knob * places).round() / places;
        match self {
            Self::Fixed | Self::HabitQueue => rounded(interval(), 10.0).max(1.0),
            // As written it checks once an hour at first.
            Self::Roadmap => rounded(interval() / minutes(Span::HOUR), 1e4).max(1e-4),
            Self::EntryFrequency => {
                let sessions: usize = population.sessions.iter().map(Vec::len).sum();
                let period = days(population.period.until - population.period.from).max(1.0);
                let a_day = (fraction(sessions) / period).max(1e-3);
                rounded(requests_per_day / a_day, 100.0).max(0.01)
            }
            // A gap that is shorter by half takes four times the worth, where it is short; the
            // first factor is of sessions of three hours, every third day.
            Self::Poisson => rounded(0.8 * (requests_per_day / accounts).powi(2), 1e4).max(1e-4),
            // Roughly: a gap that is shorter by half takes four times the worth.
            Self::Adaptive => 0.4 * (requests_per_day / accounts).powi(2),
            // Likewise, and misses fall with the square.
            Self::Target => 100.0 - 300.0 / (3.0 + (requests_per_day / accounts).powi(2)),
            Self::Oracle => requests_per_day,
        }
    }

    /// The longest time between two checks of an account that the app insists on, whatever the
    /// policy says.
    ///
    /// The oracle needs no such thing, and the roadmap has none: as written, who is not likely to
    /// be live is never looked at again.
    #[must_use]
    pub const fn longest_gap(self) -> Span {
        match self {
            Self::Roadmap | Self::Oracle => NEVER,
            Self::Fixed
            | Self::EntryFrequency
            | Self::HabitQueue
            | Self::Poisson
            | Self::Adaptive
            | Self::Target => LONGEST_GAP,
        }
    }

    /// Whether it makes forecasts that can be scored.
    #[must_use]
    pub const fn forecasts(self) -> bool {
        matches!(self, Self::Adaptive | Self::Target)
    }

    /// Whether the knob alone says how many requests are sent; otherwise it has to be searched.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Fixed)
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for PolicyKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl FromStr for PolicyKind {
    type Err = LabError;

    fn from_str(text: &str) -> Result<Self, LabError> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            LabError::UnknownPolicy {
                found: text.to_owned(),
                known: Self::ALL.map(Self::word).join(", "),
            }
        })
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.setting) {
            (PolicyKind::Roadmap, Setting::Budget) => f.write_str("as written"),
            (PolicyKind::EntryFrequency, Setting::Budget) => f.write_str("as shipped"),
            (_, Setting::Budget) => f.write_str("as the budget allows"),
            (PolicyKind::Fixed, Setting::Knob(interval)) => write!(f, "every {interval:.1} min"),
            (PolicyKind::Roadmap, Setting::Knob(multiplier)) => {
                write!(f, "{multiplier:.4} times its intervals")
            }
            (PolicyKind::EntryFrequency, Setting::Knob(factor)) => {
                write!(f, "{factor:.2} checks a session")
            }
            (PolicyKind::HabitQueue, Setting::Knob(base)) => write!(f, "base of {base:.1} min"),
            (PolicyKind::Poisson, Setting::Knob(worth)) => {
                write!(f, "a session worth {worth:.4} requests")
            }
            (PolicyKind::Adaptive, Setting::Knob(worth)) => {
                write!(f, "a session worth {worth:.1} requests")
            }
            (PolicyKind::Target, Setting::Knob(percent)) => write!(f, "catch {percent:.2} %"),
            (PolicyKind::Oracle, Setting::Knob(requests)) => write!(f, "{requests:.1}/day"),
        }
    }
}

/// A policy as asked for: `adaptive`, or `fixed=75` to set its knob by hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// Which.
    pub kind: PolicyKind,
    /// Its knob, where it was given.
    pub knob: Option<f64>,
}

impl FromStr for Wish {
    type Err = LabError;

    fn from_str(text: &str) -> Result<Self, LabError> {
        let Some((word, setting)) = text.split_once('=') else {
            return Ok(Self { kind: text.parse()?, knob: None });
        };
        let kind: PolicyKind = word.parse()?;
        let knob = setting.parse().ok().filter(|knob: &f64| knob.is_finite() && *knob > 0.0);
        let bad = || LabError::BadSetting {
            found: setting.to_owned(),
            policy: kind,
            wanted: kind.unit(),
        };
        Ok(Self { kind, knob: Some(knob.ok_or_else(bad)?) })
    }
}

impl Spec {
    /// The policy as the engine's monitor follows it, and the settings that go with it.
    #[must_use]
    pub fn policy(
        &self,
        population: &Population,
        conditions: &Conditions,
    ) -> (Box<dyn Policy>, Settings) {
        let knob = match self.setting {
            Setting::Budget => None,
            Setting::Knob(knob) => Some(knob),
        };
        let policy: Box<dyn Policy> = match self.kind {
            PolicyKind::Fixed => {
                let interval = knob.map(span_of_minutes);
                return (
                    Box::new(Fixed { interval }),
                    Settings { rule: Rule::Fixed { interval }, ..Settings::default() },
                );
            }
            PolicyKind::Roadmap => Box::new(Roadmap::new(knob.unwrap_or(1.0))),
            PolicyKind::EntryFrequency => Box::new(EntryFrequency { factor: knob.unwrap_or(1.0) }),
            PolicyKind::HabitQueue => Box::new(HabitQueue { base: knob.map(span_of_minutes) }),
            PolicyKind::Poisson => Box::new(Poisson::new(knob)),
            PolicyKind::Adaptive => {
                let aim = if knob.is_none() { Aim::Budget } else { Aim::Worth };
                Box::new(Adaptive::new(conditions.prices.prices(knob), aim))
            }
            PolicyKind::Target => {
                let aim = knob.map_or(Aim::Budget, |percent| Aim::Catch(percent / 100.0));
                Box::new(Adaptive::following(aim))
            }
            PolicyKind::Oracle => {
                let given = || conditions.budget.as_ref().map_or(f64::INFINITY, Oracle::given);
                Box::new(Oracle::new(population, knob.unwrap_or_else(given)))
            }
        };
        (policy, Settings::default())
    }
}

/// What a policy believes of an account at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// P(on air now).
    pub live_now: f64,
    /// P(on air at some moment of the next hour).
    pub live_within_hour: f64,
    /// P(a session starts within the next day).
    pub starts_within_day: f64,
    /// P(the next session has started by then), at each time from now; rising in both.
    pub next_start: Vec<(Span, f64)>,
    /// The window shown for the next start, from now, and its probability.
    pub window: Option<(Span, Span, f64)>,
}

/// Somebody who forecasts.
pub trait Forecaster {
    /// What is believed of the account of this index at this moment, by someone who knows nothing
    /// but the checks made so far. `None`: no forecast is made.
    fn forecast(&self, account: usize, now: Timestamp) -> Option<Forecast>;

    /// [`Forecast::live_now`] alone, where nothing else is asked for.
    fn live_now(&self, account: usize, now: Timestamp) -> Option<f64> {
        Some(self.forecast(account, now)?.live_now)
    }
}

/// Requests a day that check every account this often.
#[must_use]
pub fn requests_for(interval: Span, population: &Population, conditions: &Conditions) -> f64 {
    let batch = usize::try_from(conditions.batch.max(1)).unwrap_or(1);
    fraction(population.len().div_ceil(batch)) / days(interval)
}

#[cfg(test)]
mod tests;
