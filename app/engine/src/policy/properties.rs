//! Laws that hold for every policy.

use almanac_wire::{Broadcast, CheckResult, Outcome, Reveals, Span, Timestamp};
use proptest::prelude::*;

use super::scenes::{Scene, hour};
use super::{
    Adaptive, Aim, EntryFrequency, Fixed, HabitQueue, Planned, Poisson, Policy, Reason, Roadmap,
    Subject,
};
use crate::learn::Pool;
use crate::mind::{Before, Mind};
use crate::plan::Prices;
use crate::zone::Zone;

/// Every policy, set to spend all it can, and with what it does where a budget decides.
fn policies() -> Vec<Box<dyn Policy>> {
    let prices = Prices { missed: 1e9, delay: 1e9, late_end: 1e9, floor: 1.0 };
    vec![
        Box::new(Fixed { interval: None }),
        Box::new(Fixed { interval: Some(Span::ZERO) }),
        Box::new(Roadmap::new(1e-9)),
        Box::new(EntryFrequency { factor: 1e9 }),
        Box::new(HabitQueue { base: None }),
        Box::new(HabitQueue { base: Some(Span::ZERO) }),
        Box::new(Poisson::new(None)),
        Box::new(Poisson::new(Some(1e12))),
        Box::new(Adaptive::new(prices, Aim::Worth)),
        Box::new(Adaptive::new(prices, Aim::Budget)),
    ]
}

/// An account whose checks are answered one after the other, with a mind of its own.
struct Followed {
    scene: Scene,
    mind: Mind,
}

impl Followed {
    fn answer(&mut self, asked_at: Timestamp, live: bool, policy: &dyn Policy) {
        let answered_at = asked_at + Span::from_ms(500);
        let outcome = if live {
            Outcome::Live { broadcast: Broadcast::default() }
        } else {
            Outcome::Offline { last_broadcast: None }
        };
        let account = self.scene.track.account.clone();
        let result = CheckResult { account, asked_at, answered_at, outcome };
        let before = Before::of(&self.scene.track);
        let consequences = self.scene.track.observe(&result);
        for session in &consequences.sessions {
            self.scene.past.put(session, answered_at);
        }
        self.scene.now = answered_at;
        let (scene, now) = (&self.scene, answered_at);
        if self.mind.hear(before, &result, &consequences, Reveals::Nothing) {
            let draft =
                |prospect: crate::mind::Prospect<'_>| policy.draft(prospect, scene.around(), now);
            self.mind.settle(&scene.track, &Pool::default(), &Zone::UTC, now, draft);
        }
    }

    fn subject(&self) -> Subject<'_> {
        Subject { mind: Some(&self.mind), ..self.scene.subject() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No account is asked about again within a minute of the last time, however eager a policy is
    /// set; a new one is asked about at once; and the same question has the same answer.
    #[test]
    fn a_minute_lies_between_two_checks(
        which in 0..10_usize,
        start in 0..40_i64,
        steps in proptest::collection::vec((1..3000_i64, any::<bool>()), 1..60),
    ) {
        let mut policy = policies().remove(which);
        let scene = Scene::new(hour(start));
        let mut one = Followed { mind: Mind::new(scene.track.account.clone()), scene };
        let first = Planned { at: hour(start), reason: Reason::First };
        let next = policy.next_check(one.subject(), one.scene.around(), hour(start));
        prop_assert_eq!(next, Some(first));
        let mut asked_at = hour(start);
        for (minutes, live) in steps {
            asked_at += Span::MINUTE * minutes;
            policy.refresh(&mut [one.subject()].into_iter(), one.scene.around(), asked_at);
            one.answer(asked_at, live, &*policy);
            let ask = || policy.next_check(one.subject(), one.scene.around(), one.scene.now);
            prop_assert_eq!(ask(), ask());
            if let Some(planned) = ask() {
                prop_assert!(planned.at >= asked_at + Span::MINUTE, "{:?}: {:?}", policy, planned);
            }
        }
    }
}
