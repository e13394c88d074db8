//! One account's entry: its track and the recent past that the screens show.

use std::collections::VecDeque;

use almanac_wire::{AccountId, CheckResult, Outcome, Reveals, Span, Timestamp};

use crate::checks::{CheckDay, Verdict};
use crate::days::LiveDays;
use crate::forecast::{DayForecast, habit};
use crate::mind::{Before, Mind};
use crate::policy::{Broadcasted, Past, Planned, Reason, Subject};
use crate::session::{End, KnownBy, Session};
use crate::track::{Consequences, Track};
use crate::trial::{Arm, Follow, Trials};
use crate::view::{STRIP_PAST, TICKS_PAST};

use super::upstream::wait_after;

/// Days by which it is told how usual a day with a broadcast is,
const USUAL: i64 = 28;
/// and those that tell of a habit: whole weeks.
const HABIT: i64 = 112;
/// An account that its upstream does not know is asked about at least this often.
const MISSING_REST: Span = Span::from_ms(12 * Span::HOUR.ms());

/// What an answer led to.
pub(super) struct Heard {
    pub(super) consequences: Consequences,
    /// The day of checks it belongs to, to be saved.
    pub(super) day: Option<CheckDay>,
    /// The mind has learned enough to settle.
    pub(super) settle: bool,
}

/// An account in the monitor's memory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) track: Track,
    /// Sessions that touch the strip, oldest first.
    pub(super) sessions: VecDeque<Session>,
    /// Check days of which rows tell, oldest first.
    pub(super) days: VecDeque<CheckDay>,
    /// Its sessions of the last months.
    past: Past,
    /// What is believed of it, where minds are kept.
    pub(super) mind: Option<Mind>,
    /// Its next check, where its upstream is served and the policy has one in mind.
    pub(super) planned: Option<Planned>,
    /// By when it has to be asked about, whatever else there is to ask.
    pub(super) bound: Option<Timestamp>,
    /// Where the planned check is an audit: the one that would be next otherwise.
    pub(super) instead: Option<Timestamp>,
    /// What a trial keeps of it.
    pub(super) follow: Option<Box<Follow>>,
    /// The last of the questions in a row that its upstream failed at, and how many there were.
    unanswered: Option<(Timestamp, u32)>,
}

impl Entry {
    pub(super) fn new(track: Track) -> Self {
        Self {
            track,
            sessions: VecDeque::new(),
            days: VecDeque::new(),
            past: Past::default(),
            mind: None,
            planned: None,
            bound: None,
            instead: None,
            follow: None,
            unanswered: None,
        }
    }

    /// Whom it follows, where not the settings or the person's wishes say so.
    pub(super) fn arm(&self, trials: &Trials, now: Timestamp) -> Option<Arm> {
        if self.track.wishes.policy.is_some() {
            return trials.fallen.map(|_| Arm::Fixed);
        }
        // By the day on which it was last asked about: whenever it is planned, the plan is the same.
        trials.arm(&self.track.account, self.track.asked_at.unwrap_or(now))
    }

    /// Until when others are asked in its place. What failed for it may fail for it alone: it waits
    /// as long as its upstream does after as many failures, and counts its own.
    pub(super) fn rests_until(&self) -> Option<Timestamp> {
        self.failed_until().max(self.missing_until())
    }

    fn failed_until(&self) -> Option<Timestamp> {
        self.unanswered.map(|(at, times)| at + wait_after(times))
    }

    /// An account that the upstream does not know rests for a quarter of the time that this has been
    /// so: its habits are nobody's. But some upstreams know nobody who was never live.
    fn missing_until(&self) -> Option<Timestamp> {
        let (since, asked_at) = (self.track.missing_since()?, self.track.asked_at?);
        Some(asked_at + ((asked_at - since) / 4).min(MISSING_REST))
    }

    /// A plan, after that rest. A person who asks meanwhile need not wait for its end.
    pub(super) fn rested(&self, planned: Planned) -> Planned {
        let failed_at = self.unanswered.map(|(at, _)| at);
        if planned.reason == Reason::Asked && failed_at.is_none_or(|failed| planned.at > failed) {
            return planned;
        }
        // Who pins an interval means it, whether the account exists or not.
        let pinned = planned.reason == Reason::Pinned;
        let until = if pinned { self.failed_until() } else { self.rests_until() };
        Planned { at: until.map_or(planned.at, |until| planned.at.max(until)), ..planned }
    }

    /// Whether it may be asked about before its plan says: neither does a person say when, nor does it
    /// rest.
    pub(super) fn may_be_asked_sooner(&self, now: Timestamp) -> bool {
        let own = self.planned.is_some_and(|planned| match planned.reason {
            Reason::First | Reason::Interval | Reason::End | Reason::Plan | Reason::Spare => true,
            Reason::Asked | Reason::Pinned | Reason::LongestGap | Reason::Audit => false,
        });
        let rested = self.rests_until().is_none_or(|until| until <= now);
        own && rested && self.track.wishes.window.is_none()
    }

    /// As policies see it.
    pub(super) fn subject(&self, trials: &Trials, now: Timestamp) -> Subject<'_> {
        let arm = self.arm(trials, now);
        Subject { track: &self.track, past: &self.past, mind: self.mind.as_ref(), arm }
    }

    pub(super) const fn past_mut(&mut self) -> &mut Past {
        &mut self.past
    }

    /// Whether a session is known that began at a moment of which `is` holds.
    pub(super) fn started(&self, is: impl Fn(Timestamp) -> bool) -> bool {
        self.past.sessions().any(|session| is(session.start.middle()))
    }

    /// How many sessions are known to have begun since a moment.
    pub(super) fn sessions_since(&self, from: Timestamp) -> usize {
        self.past.since(from).count()
    }

    /// Its latest session. The track's may be struck out, or moved before another; but where it was
    /// long ago, only the track knows of it.
    pub(super) fn last_known(&self) -> Option<Broadcasted> {
        let past = self.past.sessions().next_back().copied();
        past.or_else(|| self.track.latest_shown().map(Broadcasted::from))
    }

    /// Its sessions of the last months, reduced to when they began and ended.
    pub(super) fn outlines(&self) -> Vec<Session> {
        let outline = |known: &Broadcasted| Session {
            account: self.track.account.clone(),
            recorded_at: known.recorded_at,
            start: known.start,
            end: known.end.map_or(End::Open { last_seen: known.start.latest() }, End::Over),
            known_by: KnownBy::Seen,
            room_id: None,
            started_at: None,
            title: None,
            peak_viewers: None,
            gifts: None,
        };
        self.past.sessions().map(outline).collect()
    }

    /// What a forecast of a start within a day is made from, of which the model says `raw`: the
    /// next 24 hours, or those so many days `later`.
    pub(super) fn day_forecast(&self, raw: f64, now: Timestamp, later: usize) -> DayForecast {
        let days = &self.track.days;
        let added = self.track.added_at;
        let since = self.track.listed_from.map_or(added, |listed| listed.min(added));
        let known = (now - since).max(Span::ZERO).ms() / Span::DAY.ms();
        let whole = known.min(USUAL);
        // A day of the third part of one is added for those of which little is known.
        let usual = (f64::from(days.among(whole, now)) + 1.0 / 3.0) / (whole as f64 + 1.0);
        // The day that holds most of the time looked at: the one after yesterday, or the next.
        let ahead = if LiveDays::same_day(now, now + Span::HOUR * 12) { 1 } else { 2 };
        DayForecast { raw, usual, habit: habit(days.latest(known.min(HABIT), now), ahead + later) }
    }

    pub(super) fn fresh(account: AccountId, now: Timestamp) -> Self {
        Self::new(Track::new(account, now))
    }

    /// Takes in a result.
    pub(super) fn observe(
        &mut self,
        result: &CheckResult,
        now: Timestamp,
        reveals: Reveals,
    ) -> Heard {
        self.unanswered = match &result.outcome {
            Outcome::Unknown { reason, .. } if reason.concerns_upstream() => {
                Some((now, self.unanswered.map_or(0, |(_, times)| times) + 1))
            }
            Outcome::Live { .. }
            | Outcome::Offline { .. }
            | Outcome::NotFound
            | Outcome::Unknown { .. } => None,
        };
        let before = Before::of(&self.track);
        let news_to_us = self.track.answered_at.is_none_or(|before| result.answered_at > before);
        let consequences = self.track.observe(result);
        for session in &consequences.sessions {
            self.put_session(session.clone(), now);
        }
        let day = news_to_us.then(|| self.record(result)).flatten();
        self.forget_old(now);
        let mind = self.mind.as_mut().filter(|_| news_to_us);
        let settle = mind.is_some_and(|mind| mind.hear(before, result, &consequences, reveals));
        Heard { consequences, day, settle }
    }

    /// Keeps a mind from now on; one that was stored catches up with the checks made since.
    pub(super) fn wake(&mut self) {
        let mind = self.mind.get_or_insert_with(|| Mind::new(self.track.account.clone()));
        for (at, verdict) in self.days.iter().flat_map(CheckDay::iter) {
            mind.replay(at, verdict);
        }
    }

    fn record(&mut self, result: &CheckResult) -> Option<CheckDay> {
        let day = CheckDay::day_of(result.answered_at);
        if self.days.back().is_none_or(|last| last.day < day) {
            self.days.push_back(CheckDay::new(self.track.account.clone(), day));
        }
        let today = self.days.iter_mut().rev().find(|record| record.day == day)?;
        today.record(result.answered_at, Verdict::from(&result.outcome));
        Some(today.clone())
    }

    pub(super) fn put_session(&mut self, session: Session, now: Timestamp) {
        self.track.days.note(session.start.middle());
        self.past.put(&session, now);
        match self.sessions.iter_mut().find(|known| known.recorded_at == session.recorded_at) {
            Some(known) => *known = session,
            None => {
                let before = |known: &Session| known.start.earliest() <= session.start.earliest();
                let place = self.sessions.partition_point(before);
                self.sessions.insert(place, session);
            }
        }
        self.forget_old(now);
    }

    pub(super) fn put_day(&mut self, day: CheckDay, now: Timestamp) {
        let place = self.days.partition_point(|known| known.day < day.day);
        self.days.insert(place, day);
        self.forget_old(now);
    }

    fn forget_old(&mut self, now: Timestamp) {
        let horizon = now - STRIP_PAST - Span::HOUR;
        self.sessions.retain(|session| match session.end {
            End::Open { .. } => true,
            End::Over(interval) => interval.latest() >= horizon,
        });
        let first_day = CheckDay::day_of(now - TICKS_PAST);
        while self.days.front().is_some_and(|day| day.day < first_day) {
            self.days.pop_front();
        }
    }
}
