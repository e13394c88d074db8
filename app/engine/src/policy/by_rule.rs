//! The policy that a person's rule asks for.

use almanac_wire::{Span, Timestamp};

use super::{Adaptive, Aim, Fixed, Planned, Policy, PolicyMemory, Subject, Surroundings};
use crate::mind::Prospect;
use crate::plan::Plan;
use crate::settings::{Rule, Settings};
use crate::trial::Arm;

/// Follows the rule in the settings: [`Fixed`] or [`Adaptive`]. Whichever it is, accounts are
/// learned, so that forecasts can be shown and a change of rule begins with all that is known.
#[derive(Clone, Debug)]
pub struct ByRule {
    fixed: Option<Fixed>,
    adaptive: Adaptive,
    /// Whether a trial has drawn accounts to either.
    mixed: bool,
}

impl Default for ByRule {
    fn default() -> Self {
        let mut policy =
            Self { fixed: None, adaptive: Adaptive::following(Aim::Worth), mixed: false };
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

    /// The fixed interval of a trial and of a fall-back: the person's, or what the budget sustains.
    fn interval(&self) -> Fixed {
        self.fixed.unwrap_or_default()
    }

    fn of(&self, subject: Subject<'_>) -> Arm {
        subject.arm.unwrap_or(if self.fixed.is_some() { Arm::Fixed } else { Arm::Adaptive })
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
            Rule::Fixed { interval } => {
                self.fixed = Some(Fixed { interval });
                // In a trial and in its shadow: as much as the interval may spend.
                self.adaptive.aim(Aim::Budget);
            }
        }
    }

    fn arm(&self) -> Option<Arm> {
        Some(if self.fixed.is_some() { Arm::Fixed } else { Arm::Adaptive })
    }

    fn mix(&mut self, mixed: bool) {
        self.mixed = mixed;
    }

    fn remember(&self) -> Option<PolicyMemory> {
        self.adaptive.remember()
    }

    fn recall(&mut self, memory: PolicyMemory) {
        self.adaptive.recall(memory);
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
        match self.of(subject) {
            Arm::Fixed => self.interval().next_check(subject, around, now),
            Arm::Adaptive => self.adaptive.next_check(subject, around, now),
        }
    }

    fn refresh(
        &mut self,
        roster: &mut dyn Iterator<Item = Subject<'_>>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        // Under a fixed interval too, for the shadow. Those drawn to the interval leave as much to
        // the others as if all were: they count among the accounts, but not among the plans.
        let mut planned = roster.filter(|subject| subject.arm != Some(Arm::Fixed));
        self.adaptive.refresh(&mut planned, around, now)
    }

    fn urgency(&self, subject: Subject<'_>, due: Timestamp, now: Timestamp) -> f64 {
        match self.of(subject) {
            // In the measure of the other: as much as a request once it is due, more the later.
            Arm::Fixed if self.mixed => 1.0 + (now - due).hours(),
            Arm::Fixed => self.interval().urgency(subject, due, now),
            Arm::Adaptive => self.adaptive.urgency(subject, due, now),
        }
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        if self.mixed { around.quotas.even_gap() } else { self.ruling().pace(around) }
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
        policy.set(&Settings { rule: Rule::Fixed { interval: None } });
        assert_eq!((policy.name(), policy.weighs_batches()), ("fixed", false));
        assert!(policy.learns(), "whatever the rule, accounts are learned");
        policy.set(&Settings { rule: Rule::Budget });
        assert_eq!(policy.name(), "adaptive");
    }
}
