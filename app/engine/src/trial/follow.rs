//! What a trial keeps of one account: what each arm did, and what the other would have done.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, CheckResult, Outcome, Reveals, Span, Timestamp};

use crate::learn::Class;
use crate::mind::Mind;
use crate::policy::{Planned, Policy, Reason, Subject, Surroundings};
use crate::session::{End, Interval, KnownBy, Session};
use crate::track::{Consequences, Track};
use crate::zone::Zone;

use super::sums::Sums;
use super::{Arm, Trial};

/// The shadow's checks are remembered this long: nearly all broadcasts are over by then.
const REMEMBERED: Span = Span::from_ms(2 * Span::DAY.ms());
/// The most of them between two answers.
const MOST: usize = 1000;
/// Shorter broadcasts count like those of this length: one that a check happens upon counts the
/// less the longer it is.
const SHORTEST: Span = Span::from_ms(5 * Span::MINUTE.ms());

/// What a trial keeps of one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Follow {
    /// Which account.
    pub account: AccountId,
    /// The trial it belongs to.
    pub trial: u32,
    /// What came of each arm's checks, [`Arm::Fixed`]'s first.
    pub real: [Sums; 2],
    /// What would have come of them where the other arm ruled.
    pub shadow: [Sums; 2],
    /// The broadcast that is on.
    pending: Option<Pending>,
    /// When the arm that does not rule would have asked, and will next.
    asked: VecDeque<Timestamp>,
    next: Option<Timestamp>,
    /// Up to when time is counted.
    counted_to: Timestamp,
}

/// A broadcast that is on, and how it came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Pending {
    /// Names it.
    recorded_at: Timestamp,
    /// When it was first seen.
    seen_at: Timestamp,
    /// An audit saw it first: when it would have been asked about otherwise.
    instead: Option<Timestamp>,
    /// An audit has seen it.
    audited: bool,
}

/// What an answer told, for a trial.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard<'a> {
    /// The account before it.
    pub(crate) before: &'a Track,
    /// What the answer was.
    pub(crate) result: &'a CheckResult,
    /// What it led to.
    pub(crate) consequences: &'a Consequences,
    /// The part of a request that it took.
    pub(crate) part: f64,
    /// What the upstream gives away.
    pub(crate) reveals: Reveals,
    /// Where the check was an audit: when the account would have been asked about otherwise.
    pub(crate) audit: Option<Timestamp>,
}

/// Who decides, and among what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ruler<'a> {
    pub(crate) policy: &'a dyn Policy,
    pub(crate) around: Surroundings<'a>,
    pub(crate) subject: Subject<'a>,
    /// By which pinned hours are meant.
    pub(crate) clock: &'a Zone,
    /// Who rules where nothing is drawn.
    pub(crate) arm: Arm,
}

impl Follow {
    /// Nothing counted yet.
    pub(crate) fn new(account: AccountId, trial: &Trial, now: Timestamp) -> Self {
        Self {
            account,
            trial: trial.number,
            real: [Sums::default(); 2],
            shadow: [Sums::default(); 2],
            pending: None,
            asked: VecDeque::new(),
            next: None,
            counted_to: now,
        }
    }

    /// Takes in an answer.
    pub(crate) fn hear(&mut self, trial: &Trial, ruler: Ruler<'_>, heard: &Heard<'_>) {
        let at = heard.result.asked_at;
        let arm = |at| trial.arm(&self.account, at).unwrap_or(ruler.arm);
        let mine = arm(self.counted_to);
        let other = mine.other();
        let days = (at - self.counted_to).days().max(0.0);
        self.real[mine.index()].days += days;
        self.shadow[other.index()].days += days;
        self.counted_to = self.counted_to.max(at);
        if heard.audit.is_none() {
            // An audit belongs to the trial, not to either arm.
            self.real[mine.index()].requests += heard.part;
        }
        let asked = self.cast_shadow(heard, ruler, other);
        self.shadow[other.index()].requests += asked as f64 * heard.part;
        let (mut over, mut begun) = (Vec::new(), None);
        for session in &heard.consequences.sessions {
            let new = session.recorded_at == heard.result.answered_at;
            match session.end {
                End::Over(end) => over.push((session, end)),
                End::Open { .. } if new => begun = Some(session),
                End::Open { .. } => {}
            }
        }
        for (session, end) in over {
            let arm = trial.arm(&self.account, session.start.middle()).unwrap_or(ruler.arm);
            self.count(session, end, arm, trial, heard.reveals, ruler.subject.mind);
        }
        if let Some(session) = begun {
            self.pending = Some(Pending {
                recorded_at: session.recorded_at,
                seen_at: at,
                instead: heard.audit,
                audited: false,
            });
        }
        if let (Some(pending), Some(_), Outcome::Live { .. }) =
            (&mut self.pending, heard.audit, &heard.result.outcome)
        {
            pending.audited = true;
        }
        while self.asked.front().is_some_and(|asked| *asked + REMEMBERED < at) {
            self.asked.pop_front();
        }
    }

    /// Lets the arm that does not rule ask until the answer; how often it did. It knows what the
    /// answers so far have told, whenever it would have asked itself.
    fn cast_shadow(&mut self, heard: &Heard<'_>, ruler: Ruler<'_>, other: Arm) -> usize {
        let until = heard.result.asked_at;
        let mut track = heard.before.clone();
        let mut count = 0;
        let mut next = self.next.unwrap_or(until);
        while next <= until && count < MOST {
            self.asked.push_back(next);
            count += 1;
            track.asked_at = Some(next);
            let subject = Subject { track: &track, arm: Some(other), ..ruler.subject };
            let planned = ruler.policy.next_check(subject, ruler.around, next);
            let planned = track.wishes.bend(planned, track.asked_at, ruler.clock);
            match planned {
                Some(Planned { at, .. }) => next = at.max(next + Span::MINUTE),
                None => break,
            }
        }
        self.next = Some(next.max(until + Span::SECOND));
        count
    }

    /// Counts a broadcast that is over.
    fn count(
        &mut self,
        session: &Session,
        end: Interval,
        arm: Arm,
        trial: &Trial,
        reveals: Reveals,
        mind: Option<&Mind>,
    ) {
        let pending = self.pending.take_if(|one| one.recorded_at == session.recorded_at);
        let start = session.start.middle();
        if start < trial.share_since {
            return;
        }
        let over = end.middle().max(start);
        let (caught, seen_at, audited) = match (session.known_by, pending) {
            (KnownBy::Revealed, _) => (0.0, None, false),
            // It was believed over and went on, or began before the trial.
            // Nor does a trial count what came from elsewhere.
            (KnownBy::Seen, None) | (KnownBy::Imported | KnownBy::Backfilled, _) => return,
            (KnownBy::Seen, Some(Pending { instead: Some(instead), audited, .. })) => {
                (before(instead, end), (instead <= over).then_some(instead), audited)
            }
            (KnownBy::Seen, Some(Pending { seen_at, audited, .. })) => {
                (1.0, Some(seen_at), audited)
            }
        };
        let weight = match reveals {
            // All are known, seen or not.
            Reveals::Last => 1.0,
            // The chance that an audit happens upon one is as large as it is long.
            Reveals::Nothing | Reveals::Start if audited => {
                Span::HOUR.hours() / (over - start).max(SHORTEST).hours()
            }
            Reveals::Nothing | Reveals::Start => 0.0,
        };
        let delay = |seen: Timestamp| (seen - start).max(Span::ZERO);
        self.real[arm.index()].broadcast(weight, caught, seen_at.map(delay));
        let asked = self.asked.iter().copied().find(|asked| *asked >= start);
        let would = asked.map_or(0.0, |asked| match session.known_by {
            KnownBy::Seen => before(asked, end),
            KnownBy::Revealed | KnownBy::Imported | KnownBy::Backfilled => {
                lasted(asked - start, end.latest() - start, mind)
            }
        });
        let asked = asked.filter(|_| would >= 0.5);
        self.shadow[arm.other().index()].broadcast(weight, would, asked.map(delay));
    }
}

/// The probability that something that lies somewhere in an interval comes after a moment.
fn before(at: Timestamp, interval: Interval) -> f64 {
    let width = interval.width().minutes();
    if width <= 0.0 {
        return f64::from(u8::from(at <= interval.latest()));
    }
    ((interval.latest() - at).minutes() / width).clamp(0.0, 1.0)
}

/// The probability that a broadcast lasted to an age, of which it is known that it was over by
/// another.
fn lasted(age: Span, over_by: Span, mind: Option<&Mind>) -> f64 {
    let Some(outlook) = mind.and_then(Mind::outlook) else {
        return (1.0 - age.minutes() / over_by.minutes().max(1.0)).clamp(0.0, 1.0);
    };
    let share = |age| outlook.share(Class::Usual, age);
    ((share(age) - share(over_by)) / (1.0 - share(over_by)).max(1e-9)).clamp(0.0, 1.0)
}

/// A planned check, or the audit before it and when the plan would have asked.
pub(crate) fn or_audit(
    planned: Option<Planned>,
    audit: Option<Timestamp>,
) -> (Option<Planned>, Option<Timestamp>) {
    match (planned, audit) {
        (Some(planned), Some(at)) if at < planned.at => {
            (Some(Planned { at, reason: Reason::Audit }), Some(planned.at))
        }
        (planned, _) => (planned, None),
    }
}
