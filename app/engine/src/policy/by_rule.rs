//! The policy that a person's rule asks for.

use almanac_wire::{Span, Timestamp};

use super::{Adaptive, Aim, Fixed, Planned, Policy, Subject, Surroundings};
use crate::mind::Prospect;
use crate::plan::{Plan, Prices};
use crate::settings::{Rule, Settings};

/// What a missed session is worth at first, in requests; a target moves it from there.
const FIRST_WORTH: f64 = 100.0;

/// Follows the rule in the settings: [`Fixed`] or [`Adaptive`]. Whichever it is, accounts are
/// learned, so that forecasts can be shown and a change of rule begins with all that is known.
#[derive(Clone, Debug)]
pub struct ByRule {
    fixed: Option<Fixed>,
    adaptive: Adaptive,
}

impl Default for ByRule {
    fn default() -> Self {
        let mut policy = Self {
            fixed: None,
            adaptive: Adaptive::new(Prices::for_missed(FIRST_WORTH), Aim::Worth),
        };
        policy.set(&Settings::default());
        policy
    }
}

impl ByRule {
    fn ruling(&self) -> &dyn Policy {
        match &self.fixed {
            Some(fixed) => fixed,
            None => &self.adaptive,
        }
    }
}

impl Policy for ByRule {
    fn name(&self) -> &'static str {
        self.ruling().name()
    }

    fn set(&mut self, settings: &Settings) {
        self.fixed = None;
        match settings.rule {
            Rule::Catch(target) => self.adaptive.aim(Aim::Catch(target.share())),
            Rule::Budget => self.adaptive.aim(Aim::Budget),
            Rule::Fixed { interval } => self.fixed = Some(Fixed { interval }),
        }
    }

    fn learns(&self) -> bool {
        true
    }

    fn weighs_batches(&self) -> bool {
        self.ruling().weighs_batches()
    }

    fn draft(
        &self,
        prospect: Prospect<'_>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Plan> {
        // Under a fixed interval too: the plan is there when the rule changes.
        self.adaptive.draft(prospect, around, now)
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Planned> {
        self.ruling().next_check(subject, around, now)
    }

    fn refresh(
        &mut self,
        roster: &mut dyn Iterator<Item = Subject<'_>>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        match &mut self.fixed {
            Some(fixed) => fixed.refresh(roster, around, now),
            None => self.adaptive.refresh(roster, around, now),
        }
    }

    fn urgency(&self, subject: Subject<'_>, due: Timestamp, now: Timestamp) -> f64 {
        self.ruling().urgency(subject, due, now)
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        self.ruling().pace(around)
    }

    fn round(&self, around: Surroundings<'_>) -> Option<Span> {
        self.ruling().round(around)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_rule_says_who_rules() {
        let mut policy = ByRule::default();
        assert_eq!((policy.name(), policy.weighs_batches()), ("adaptive", true));
        policy.set(&Settings { rule: Rule::Fixed { interval: None }, ..Settings::default() });
        assert_eq!((policy.name(), policy.weighs_batches()), ("fixed", false));
        assert!(policy.learns(), "whatever the rule, accounts are learned");
        policy.set(&Settings { rule: Rule::Budget, ..Settings::default() });
        assert_eq!(policy.name(), "adaptive");
    }
}
