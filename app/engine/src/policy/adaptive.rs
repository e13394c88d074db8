//! Ours: checks where they are worth most.
//!
//! Each account's checks follow the plan that its mind holds ([`crate::plan`]); here the plan is
//! given its prices, and its table is read.

use almanac_wire::{Span, Timestamp};

use super::{Planned, Policy, Reason, Subject, Surroundings};
use crate::learn::Class;
use crate::mind::Prospect;
use crate::plan::{Plan, Prices, end_gap};

/// Two checks of an account are at least this far apart.
const SHORTEST: Span = Span::from_ms(2 * Span::MINUTE.ms());
/// No account waits longer than this.
const LONGEST: Span = Span::DAY;
/// Where the plan does not reach.
const BEYOND: Span = Span::HOUR;

/// Plans by the value of a check.
#[derive(Clone, Debug)]
pub struct Adaptive {
    prices: Prices,
}

impl Adaptive {
    /// By these prices.
    #[must_use]
    pub const fn new(prices: Prices) -> Self {
        Self { prices }
    }
}

impl Policy for Adaptive {
    fn name(&self) -> &'static str {
        "adaptive"
    }

    fn learns(&self) -> bool {
        true
    }

    fn draft(
        &self,
        prospect: Prospect<'_>,
        _around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Plan> {
        Some(Plan::make(prospect.ahead, prospect.survival, &self.prices, &|_| 1.0, LONGEST))
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        _around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        let track = subject.track;
        let Some(asked_at) = track.asked_at else {
            return Some(Planned { at: track.added_at, reason: Reason::First });
        };
        let mind = subject.mind;
        let beyond = Planned { at: asked_at + BEYOND, reason: Reason::Interval };
        let Some(outlook) = mind.and_then(|mind| mind.outlook()) else { return Some(beyond) };
        let planned = if let Some(session) = track.open() {
            let start = session.start.earliest() + session.start.width() / 2;
            let gap =
                end_gap(&outlook.survival(), Class::Usual, asked_at - start, &self.prices, 1.0);
            Planned { at: asked_at + gap, reason: Reason::End }
        } else {
            let next = mind.and_then(|mind| mind.plan()).and_then(|plan| plan.next_after(asked_at));
            next.map_or(beyond, |at| Planned { at, reason: Reason::Plan })
        };
        Some(Planned { at: planned.at.max(asked_at + SHORTEST), ..planned })
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        around.quotas.even_gap()
    }
}
