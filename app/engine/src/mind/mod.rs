//! What is believed of an account: what its checks have taught, what is to be expected of it, and
//! the plan that follows.
//!
//! It changes in two ways. *Silence* is only noted: it is on record in the check days, from which
//! [`Mind::replay`] restores it to the bit. With everything else, and every few hours, the mind
//! *settles*: the notes are learned, the outlook and the plan are made anew, and the whole is
//! stored.

mod lessons;

pub(crate) use lessons::Before;

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, CheckResult, Reveals, Span, Timestamp};

use crate::checks::Verdict;
use crate::forecast::{Outlook, Standing};
use crate::learn::{Ahead, Learner, Lesson, Pool, Survival};
use crate::plan::Plan;
use crate::session::{End, Session};
use crate::track::{Consequences, Track};
use crate::zone::Zone;
use lessons::{Thread, second};

/// A plan is made anew when it is this old: what has been learned since counts from then on.
const STALE: Span = Span::from_ms(8 * Span::HOUR.ms());
/// How far an outlook reaches, in a plan's steps: a day and more beyond the next settling.
const STEPS: usize = 400;

/// What is believed of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mind {
    /// Whose.
    pub account: AccountId,
    learner: Learner,
    thread: Thread,
    /// Up to here every answer has been taken in.
    heard_at: Option<Timestamp>,
    /// What its upstream's answers give away.
    reveals: Reveals,
    believed: Option<Believed>,
}

/// What follows from what was learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Believed {
    settled_at: Timestamp,
    outlook: Outlook,
    plan: Option<Plan>,
    typical: Span,
}

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Prospect<'a> {
    /// The starts to be expected.
    pub ahead: &'a Ahead,
    /// How long sessions last.
    pub survival: &'a Survival,
    /// What its sessions are worth against those of others: the account's share.
    pub share: f64,
    /// No longer gap between two checks than this.
    pub longest_gap: Span,
    /// The account's starts a day of time at risk.
    pub rate: f64,
    /// What its upstream's answers give away.
    pub reveals: Reveals,
}

impl Mind {
    /// Nothing is known.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            learner: Learner::default(),
            thread: Thread::default(),
            heard_at: None,
            reveals: Reveals::Nothing,
            believed: None,
        }
    }

    /// What is to be expected; `None` before the first answer.
    #[must_use]
    pub fn outlook(&self) -> Option<&Outlook> {
        self.believed.as_ref().map(|believed| &believed.outlook)
    }

    /// The plan in force; `None` before the first answer, or where the policy makes none.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.believed.as_ref().and_then(|believed| believed.plan.as_ref())
    }

    /// Since when it has certainly been offline, as far as is known.
    #[must_use]
    pub const fn quiet_since(&self) -> Option<Timestamp> {
        self.thread.quiet_since
    }

    /// What its upstream's answers give away.
    #[must_use]
    pub const fn reveals(&self) -> Reveals {
        self.reveals
    }

    /// What was learned.
    #[must_use]
    pub const fn learner(&self) -> &Learner {
        &self.learner
    }

    /// The starts to be expected from a moment on, in so many steps, by all that was learned.
    #[must_use]
    pub fn ahead(
        &self,
        pool: &Pool,
        zone: &Zone,
        from: Timestamp,
        step: Span,
        steps: usize,
    ) -> Ahead {
        let fit = self.learner.clone().settle(pool, zone, second(from));
        fit.ahead(zone, second(from), self.thread.ended, step, steps)
    }

    /// Learns anew, from a list of past sessions, the earliest first. Checks since have to be
    /// replayed: what they taught is forgotten.
    pub(crate) fn study(&mut self, sessions: &[&Session]) {
        let typical = self.believed.as_ref().map_or(Span::HOUR * 2, |believed| believed.typical);
        self.learner = Learner::default();
        self.thread = Thread::default();
        for lesson in self.thread.history(sessions.iter().copied(), typical) {
            self.learner.learn(lesson);
        }
        // What came after the last is not in the list.
        self.thread.quiet_since = None;
        self.heard_at = self.thread.ended;
    }

    /// Takes in an answer; `true` when it is time to settle.
    pub(crate) fn hear(
        &mut self,
        before: Before,
        result: &CheckResult,
        consequences: &Consequences,
        reveals: Reveals,
    ) -> bool {
        let typical = self.believed.as_ref().map_or(Span::HOUR * 2, |believed| believed.typical);
        let lessons = self.thread.lessons(before, result, consequences, reveals, typical);
        self.heard_at = Some(second(result.answered_at));
        self.reveals = reveals;
        let mut told = false;
        for lesson in lessons {
            told |= !matches!(lesson, Lesson::Quiet { .. });
            self.learner.learn(lesson);
        }
        told || self.is_stale(result.answered_at)
    }

    /// Takes in a check from the record that was made after the mind was stored.
    pub(crate) fn replay(&mut self, at: Timestamp, verdict: Verdict) {
        if self.heard_at.is_none_or(|heard| at > heard) {
            match verdict {
                Verdict::Offline => {
                    if let Some(lesson) = self.thread.replay(at, self.reveals) {
                        self.learner.learn(lesson);
                    }
                    self.heard_at = Some(at);
                }
                Verdict::Live | Verdict::NotFound | Verdict::Unknown => self.heard_at = Some(at),
            }
        }
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        self.believed.as_ref().is_none_or(|believed| now - believed.settled_at >= STALE)
    }

    /// Learns what was noted, and believes and plans accordingly from now on.
    pub(crate) fn settle(
        &mut self,
        track: &Track,
        pool: &Pool,
        zone: &Zone,
        now: Timestamp,
        draft: impl FnOnce(Prospect<'_>) -> Option<Plan>,
    ) {
        let now = second(now);
        let fit = self.learner.settle(pool, zone, now);
        let ended = self.thread.ended;
        let standing = match track.open() {
            Some(session) => {
                let start = session.start.middle();
                let seen_at = match session.end {
                    End::Open { last_seen } => last_seen,
                    End::Over(interval) => interval.earliest(),
                };
                let class = fit.class_at(zone, start, ended);
                Standing::Live { start, seen_at, class }
            }
            None => Standing::Offline { since: self.thread.quiet_since.unwrap_or(now) },
        };
        let ahead = fit.ahead(zone, now, ended, Plan::STEP, STEPS);
        let prospect = Prospect {
            ahead: &ahead,
            survival: fit.survival(),
            share: f64::from(track.wishes.share) / 100.0,
            longest_gap: track.wishes.longest_gap,
            rate: fit.rate(),
            reveals: self.reveals,
        };
        let plan = if track.open().is_some() { None } else { draft(prospect) };
        self.believed = Some(Believed {
            settled_at: now,
            outlook: Outlook::new(&ahead, fit.survival(), standing),
            plan,
            typical: fit.survival().mean(crate::learn::Class::Usual),
        });
    }
}
