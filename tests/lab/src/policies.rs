//! Policies as the lab knows them: a name, a knob, and how the engine is given both.

use std::fmt;
use std::str::FromStr;

use almanac_engine::Settings;
use almanac_engine::policy::{Adaptive, Aim, Fixed, Policy};
use almanac_wire::{Span, Timestamp};
use serde::{Serialize, Serializer};

use crate::error::LabError;
use crate::numbers::{days, fraction, minutes, span_of_minutes};
use crate::population::Population;
use crate::upstream::Conditions;

/// Those compared when none are named.
pub const DEFAULT: &str = "fixed";
/// Those whose forecasts are scored when none are named.
pub const FORECASTING: &str = "adaptive";

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
            Self::Adaptive => "the worth of a session in requests",
            Self::Target => "the percentage of sessions to catch",
            _ => "requests a day",
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
        match self {
            Self::Fixed => {
                let batch = usize::try_from(conditions.batch.max(1)).unwrap_or(1);
                let round = fraction(population.len().div_ceil(batch));
                let interval = minutes(Span::DAY) * round / requests_per_day;
                // Tenths of a minute, so that what is printed is what was measured.
                ((interval * 10.0).round() / 10.0).max(1.0)
            }
            // Roughly: a gap that is shorter by half takes four times the worth.
            Self::Adaptive => 0.4 * (requests_per_day / fraction(population.len())).powi(2),
            // Likewise, and misses fall with the square.
            Self::Target => {
                let each = requests_per_day / fraction(population.len());
                100.0 - 300.0 / (3.0 + each.powi(2))
            }
            _ => requests_per_day,
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
            (_, Setting::Budget) => f.write_str("as the budget allows"),
            (PolicyKind::Fixed, Setting::Knob(interval)) => write!(f, "every {interval:.1} min"),
            (PolicyKind::Adaptive, Setting::Knob(worth)) => {
                write!(f, "a session worth {worth:.1} requests")
            }
            (PolicyKind::Target, Setting::Knob(percent)) => write!(f, "catch {percent:.2} %"),
            (_, Setting::Knob(knob)) => write!(f, "{knob:.0}/day"),
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
    ///
    /// # Errors
    /// When there is no such policy yet.
    pub fn policy(
        &self,
        _population: &Population,
        conditions: &Conditions,
    ) -> Result<(Box<dyn Policy>, Settings), LabError> {
        match (self.kind, self.setting) {
            (PolicyKind::Fixed, setting) => {
                let interval = match setting {
                    Setting::Budget => None,
                    Setting::Knob(minutes) => Some(span_of_minutes(minutes)),
                };
                Ok((Box::new(Fixed { interval }), Settings { interval }))
            }
            (PolicyKind::Adaptive, setting) => {
                let (missed, aim) = match setting {
                    Setting::Budget => (None, Aim::Budget),
                    Setting::Knob(worth) => (Some(worth), Aim::Worth),
                };
                let prices = conditions.prices.prices(missed);
                Ok((Box::new(Adaptive::new(prices, aim)), Settings::default()))
            }
            (PolicyKind::Target, Setting::Knob(percent)) => {
                let prices = conditions.prices.prices(None);
                let adaptive = Adaptive::new(prices, Aim::Catch(percent / 100.0));
                Ok((Box::new(adaptive), Settings::default()))
            }
            (kind, _) => Err(LabError::NotInTheEngine(kind)),
        }
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
}

/// Requests a day that check every account this often.
#[must_use]
pub fn requests_for(interval: Span, population: &Population, conditions: &Conditions) -> f64 {
    let batch = usize::try_from(conditions.batch.max(1)).unwrap_or(1);
    fraction(population.len().div_ceil(batch)) / days(interval)
}

#[cfg(test)]
mod tests {
    use almanac_wire::Reveals;

    use super::*;
    use crate::population::Period;
    use crate::prices::PriceWords;

    #[test]
    fn policies_are_asked_for_by_word_and_set_by_hand() {
        let wish = |text: &str| text.parse::<Wish>().map_err(|error| error.to_string());
        assert_eq!(wish("fixed"), Ok(Wish { kind: PolicyKind::Fixed, knob: None }));
        assert_eq!(wish("fixed=47.5"), Ok(Wish { kind: PolicyKind::Fixed, knob: Some(47.5) }));
        for kind in PolicyKind::ALL {
            assert_eq!(wish(kind.word()), Ok(Wish { kind, knob: None }));
        }
        assert!(wish("fix").unwrap_err().starts_with("“fix” is no policy; these are: fixed, road"));
        for bad in ["fixed=", "fixed=-3", "fixed=soon", "fixed=inf"] {
            assert!(wish(bad).unwrap_err().ends_with("the interval in minutes"), "{bad}");
        }
    }

    #[test]
    fn a_fixed_interval_spends_what_it_is_told_to() {
        let midnight = Timestamp::from_s(0);
        let period = Period { from: midnight, measured_from: midnight, until: midnight };
        let names: Vec<String> = (0..120).map(|n| n.to_string()).collect();
        let population = Population { sessions: vec![Vec::new(); 120], names, period };
        let batch = |batch| Conditions {
            reveals: Reveals::Start,
            batch,
            budget: None,
            prices: PriceWords::default(),
        };
        let knob = |requests, many| PolicyKind::Fixed.knob(requests, &population, &batch(many));
        assert!((knob(1440.0, 1) - 120.0).abs() < 1e-9);
        assert!((knob(72.0, 50) - 60.0).abs() < 1e-9, "three requests a round");
        assert!((knob(1e9, 1) - 1.0).abs() < 1e-9, "never more often than once a minute");
        let back = requests_for(Span::HOUR * 2, &population, &batch(1));
        assert!((back - 1440.0).abs() < 1e-9);
    }
}
