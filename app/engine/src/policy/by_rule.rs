//! The policy that a person's rule asks for, account by account.

use almanac_wire::{Span, Timestamp};

use super::{Adaptive, Aim, Fixed, Planned, Policy, PolicyMemory, Roadmap, Subject, Surroundings};
use crate::mind::Prospect;
use crate::plan::Plan;
use crate::settings::{Rule, Settings};
use crate::trial::Arm;
use crate::wishes::Ruling;

/// Follows the rule in the settings, [`Fixed`] or [`Adaptive`], and for an account that a person
/// put under another policy ([`Ruling`]) that one. Whichever it is, accounts are learned, so that
/// forecasts can be shown and a change of rule begins with all that is known.
#[derive(Clone, Debug)]
pub struct ByRule {
    /// Who rules where the person named nobody for the account.
    ruling: Ruling,
    fixed: Fixed,
    adaptive: Adaptive,
    roadmap: Roadmap,
    /// Whether a trial has drawn accounts to either.
    mixed: bool,
}

impl Default for ByRule {
    fn default() -> Self {
        let mut policy = Self {
            ruling: Ruling::Adaptive,
            fixed: Fixed::default(),
            adaptive: Adaptive::following(Aim::Worth),
            roadmap: Roadmap::new(1.0),
            mixed: false,
        };
        policy.set(&Settings::default());
        policy
    }
}

impl ByRule {
    const fn policy(&self, ruling: Ruling) -> &dyn Policy {
        match ruling {
            Ruling::Fixed => &self.fixed,
            Ruling::Roadmap => &self.roadmap,
            Ruling::Adaptive => &self.adaptive,
        }
    }

    fn ruling(&self) -> &dyn Policy {
        self.policy(self.ruling)
    }

    fn ruling_of(&self, subject: Subject<'_>) -> Ruling {
        match (subject.track.wishes.policy, subject.arm) {
            // Everything has gone back to the interval, or a trial has drawn it there.
            (Some(Ruling::Adaptive) | None, Some(Arm::Fixed)) => Ruling::Fixed,
            (Some(named), _) => named,
            (None, Some(Arm::Adaptive)) => Ruling::Adaptive,
            (None, None) => self.ruling,
        }
    }
}

impl Policy for ByRule {
    fn name(&self) -> &'static str {
        self.ruling().name()
    }

    fn set(&mut self, settings: &Settings) {
        self.fixed = Fixed::default();
        self.ruling = Ruling::Adaptive;
        match settings.rule {
            Rule::Catch(target) => self.adaptive.aim(Aim::Catch(target.share())),
            Rule::Budget => self.adaptive.aim(Aim::Budget),
            Rule::Fixed { interval } => {
                self.fixed = Fixed { interval };
                self.ruling = Ruling::Fixed;
                // In a trial and in its shadow: as much as the interval may spend.
                self.adaptive.aim(Aim::Budget);
            }
        }
    }

    fn arm(&self) -> Option<Arm> {
        match self.ruling {
            Ruling::Fixed => Some(Arm::Fixed),
            Ruling::Adaptive => Some(Arm::Adaptive),
            Ruling::Roadmap => None,
        }
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
        mut around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Planned> {
        let ruling = self.ruling_of(subject);
        if !self.weighs_batches() {
            // Nobody weighs batches here: whoever goes by a plan goes by its own.
            around.batch = if ruling == self.ruling { around.batch } else { 1 };
        }
        self.policy(ruling).next_check(subject, around, now)
    }

    fn refresh(
        &mut self,
        roster: &mut dyn Iterator<Item = Subject<'_>>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let all: Vec<Subject<'_>> = roster.collect();
        let under = |ruling: Ruling| -> Vec<Subject<'_>> {
            all.iter().copied().filter(|subject| self.ruling_of(*subject) == ruling).collect()
        };
        let (adaptive, roadmap) = (under(Ruling::Adaptive), under(Ruling::Roadmap));
        // Where the interval rules too, for the shadow of a trial: then all count. Those whom a
        // trial has drawn to the interval leave as much to the others as if nobody had been: they
        // count among the accounts, but not among the plans.
        let planned = if adaptive.is_empty() { all.clone() } else { adaptive };
        let mut next = self.adaptive.refresh(&mut planned.into_iter(), around, now);
        if !roadmap.is_empty() {
            let again = self.roadmap.refresh(&mut roadmap.into_iter(), around, now);
            next = next.into_iter().chain(again).min();
        }
        next
    }

    fn urgency(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        due: Timestamp,
        now: Timestamp,
    ) -> f64 {
        let ruling = if self.mixed { Ruling::Adaptive } else { self.ruling };
        match (ruling, self.ruling_of(subject)) {
            (Ruling::Adaptive, Ruling::Adaptive) => {
                self.adaptive.urgency(subject, around, due, now)
            }
            // Among accounts that are weighed in requests: once due worth one, and more with time.
            (Ruling::Adaptive, Ruling::Fixed | Ruling::Roadmap) => {
                if due > now {
                    0.0
                } else {
                    1.0 + (now - due).hours()
                }
            }
            (Ruling::Fixed | Ruling::Roadmap, _) => self.fixed.urgency(subject, around, due, now),
        }
    }

    fn spare_after(&self, around: Surroundings<'_>) -> Option<Span> {
        self.ruling().spare_after(around)
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

    use super::super::scenes::{Scene, hour};
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

    #[test]
    fn an_account_can_have_a_ruler_of_its_own() {
        let mut policy = ByRule::default();
        let mut scene = Scene::new(hour(0));
        scene.asked(hour(30 * 24));
        let next = |policy: &ByRule, scene: &Scene| scene.next(policy).map(|planned| planned.at);
        let adaptive = next(&policy, &scene);
        scene.track.wishes.policy = Some(Ruling::Fixed);
        let fixed = Fixed::default().interval(scene.around());
        assert_eq!(next(&policy, &scene), Some(scene.now + fixed));
        assert_ne!(next(&policy, &scene), adaptive);
        scene.track.wishes.policy = Some(Ruling::Roadmap);
        policy.refresh(&mut [scene.subject()].into_iter(), scene.around(), scene.now);
        assert_eq!(next(&policy, &scene), None, "who has no pattern is not looked at again");
        policy.set(&Settings {
            rule: Rule::Fixed { interval: Some(Span::HOUR) },
            ..Settings::default()
        });
        scene.track.wishes.policy = Some(Ruling::Adaptive);
        assert_eq!(next(&policy, &scene), adaptive);
        scene.track.wishes.policy = None;
        assert_eq!(next(&policy, &scene), Some(scene.now + Span::HOUR));
    }

    #[test]
    fn prices_are_set_no_oftener_because_of_the_roadmap() {
        let mut policy = ByRule::default();
        let scene = Scene::new(hour(0));
        let mut classed = Scene::of("classed", hour(0));
        classed.track.wishes.policy = Some(Ruling::Roadmap);
        let mut refresh = |now| {
            let all = [scene.subject(), classed.subject()];
            policy.refresh(&mut all.into_iter(), scene.around(), now)
        };
        let quarter = Span::MINUTE * 15;
        assert_eq!(refresh(hour(0)), Some(hour(0) + quarter));
        assert_eq!(refresh(hour(0) + quarter), Some(hour(0) + quarter * 2));
        assert_eq!(policy.adaptive.refreshed_at(scene.around().platform), Some(hour(1)));
    }
}
