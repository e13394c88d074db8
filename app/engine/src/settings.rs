//! What a person sets for all accounts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use almanac_wire::{Platform, Span};

/// What the person set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Settings {
    /// By which rule checks are planned.
    pub rule: Rule,
    /// How much of a platform's budget checks may use, where a person said so; else all of it.
    pub shares: BTreeMap<Platform, Share>,
}

impl Settings {
    /// How much of a platform's budget checks may use.
    #[must_use]
    pub fn share(&self, platform: Platform) -> Share {
        self.shares.get(&platform).copied().unwrap_or_default()
    }
}

/// One thing that a person sets; the others stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// The rule.
    Rule(Rule),
    /// How much of a platform's budget checks may use.
    Share(Platform, Share),
}

impl Settings {
    /// Sets one thing.
    pub fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Rule(rule) => self.rule = rule,
            // To take one out of a map is a kilobyte that everybody would load.
            Setting::Share(platform, share) => drop(self.shares.insert(platform, share)),
        }
    }
}

/// A share of a platform's budget, in whole percent; the rest is left for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Share(u8);

impl Share {
    /// Nothing: accounts there are kept, but not checked.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(100);
    /// Those that a person can choose from.
    pub const CHOICES: [Self; 5] = [Self::ALL, Self(75), Self(50), Self(25), Self::NONE];

    /// In percent, `0..=100`.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }
}

impl Default for Share {
    fn default() -> Self {
        Self::ALL
    }
}

/// Says which shares there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} percent is no share; expected 0 to 100")]
pub struct NoShare(u8);

impl TryFrom<u8> for Share {
    type Error = NoShare;

    fn try_from(percent: u8) -> Result<Self, NoShare> {
        if percent <= 100 { Ok(Self(percent)) } else { Err(NoShare(percent)) }
    }
}

impl From<Share> for u8 {
    fn from(share: Share) -> Self {
        share.0
    }
}

/// By which rule checks are planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// What it takes to catch this share of all broadcasts, as far as the budget goes.
    Catch(Target),
    /// The whole budget, where it is worth most.
    Budget,
    /// Every account at one interval.
    Fixed {
        /// The interval; `None` for the shortest the budget sustains.
        interval: Option<Span>,
    },
}

impl Default for Rule {
    fn default() -> Self {
        Self::Catch(Target::default())
    }
}

/// A share of all broadcasts to catch, in whole percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Target(u8);

impl Target {
    /// Those that a person can choose from.
    pub const CHOICES: [Self; 4] = [Self(90), Self(95), Self(98), Self(99)];

    /// In percent, `50..=99`.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }

    /// As a share, `0.5..1.0`.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Default for Target {
    fn default() -> Self {
        Self(98)
    }
}

/// Says which targets there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} percent is no target; expected 50 to 99")]
pub struct NoTarget(u8);

impl TryFrom<u8> for Target {
    type Error = NoTarget;

    fn try_from(percent: u8) -> Result<Self, NoTarget> {
        if (50..=99).contains(&percent) { Ok(Self(percent)) } else { Err(NoTarget(percent)) }
    }
}

impl From<Target> for u8 {
    fn from(target: Target) -> Self {
        target.0
    }
}

/// As it is stored; the first versions knew an interval and nothing else.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    rule: Option<Rule>,
    #[serde(default)]
    interval: Option<Span>,
    #[serde(default)]
    shares: BTreeMap<Platform, Share>,
}

impl From<Stored> for Settings {
    fn from(stored: Stored) -> Self {
        let Stored { rule, interval, shares } = stored;
        let before = interval.map(|interval| Rule::Fixed { interval: Some(interval) });
        Self { rule: rule.or(before).unwrap_or_default(), shares }
    }
}

impl From<Settings> for Stored {
    fn from(settings: Settings) -> Self {
        Self { rule: Some(settings.rule), interval: None, shares: settings.shares }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn read(json: &str) -> Settings {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_rule_is_read_back() {
        let fixed = |interval| Rule::Fixed { interval };
        let rules = [fixed(None), fixed(Some(Span::HOUR)), Rule::Budget];
        let catching = Target::CHOICES.map(Rule::Catch);
        for rule in rules.into_iter().chain(catching) {
            let shares = BTreeMap::from([(Platform::Tiktok, Share(50))]);
            let settings = Settings { rule, shares };
            assert_eq!(read(&serde_json::to_string(&settings).unwrap()), settings);
            let bytes = postcard::to_allocvec(&settings).unwrap();
            assert_eq!(postcard::from_bytes::<Settings>(&bytes).unwrap(), settings);
        }
    }

    #[test]
    fn an_interval_set_in_an_earlier_version_stays_in_force() {
        let hour = Rule::Fixed { interval: Some(Span::HOUR) };
        assert_eq!(read(r#"{"interval":3600000,"name":"settings"}"#).rule, hour);
        assert_eq!(read(r#"{"interval":null}"#).rule, Rule::default());
        assert_eq!(read("{}"), Settings::default());
    }

    #[test]
    fn a_platform_without_a_share_has_all_of_its_budget() {
        let settings = read(r#"{"rule":"budget","shares":{"tiktok":25,"soop":0}}"#);
        let shares = [Platform::Tiktok, Platform::Soop, Platform::Demo].map(|p| settings.share(p));
        assert_eq!(shares, [Share(25), Share::NONE, Share::ALL]);
        assert!(serde_json::from_str::<Settings>(r#"{"shares":{"tiktok":101}}"#).is_err());
    }

    #[test]
    fn what_is_set_leaves_the_rest_alone() {
        let mut settings = read(r#"{"rule":"budget","shares":{"tiktok":25,"soop":0}}"#);
        settings.set(Setting::Rule(Rule::default()));
        assert_eq!((settings.rule, settings.shares.len()), (Rule::default(), 2));
        settings.set(Setting::Share(Platform::Tiktok, Share::ALL));
        settings.set(Setting::Share(Platform::Demo, Share(50)));
        let shares = [Platform::Tiktok, Platform::Soop, Platform::Demo].map(|p| settings.share(p));
        assert_eq!(
            (settings.rule, shares),
            (Rule::default(), [Share::ALL, Share::NONE, Share(50)])
        );
    }

    #[test]
    fn a_target_is_a_share_that_can_be_reached() {
        assert_eq!(Target::try_from(98), Ok(Target::default()));
        for percent in [0, 49, 100, 255] {
            assert_eq!(Target::try_from(percent), Err(NoTarget(percent)));
        }
    }
}
