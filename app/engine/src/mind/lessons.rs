//! What a check teaches about an account's rhythm.

use almanac_wire::{CheckResult, Outcome, Reveals, Span, Timestamp};

use crate::learn::Lesson;
use crate::session::{End, Interval, KnownBy, Session};
use crate::track::{Consequences, Track};

/// What was known before the check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    /// The session that was on, by the moment that names it.
    open: Option<Timestamp>,
}

impl Before {
    pub(crate) fn of(track: &Track) -> Self {
        Self { open: track.open().map(|session| session.recorded_at) }
    }
}

/// What is carried from one lesson to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Thread {
    /// Certainly offline at this moment, and nothing but silence since that later lessons have
    /// not told of.
    pub(crate) quiet_since: Option<Timestamp>,
    /// About when the latest session ended.
    pub(crate) ended: Option<Timestamp>,
}

impl Thread {
    /// The lessons of one answer, in the order in which things happened. `typical` is how long a
    /// session usually lasts.
    pub(crate) fn lessons(
        &mut self,
        before: Before,
        result: &CheckResult,
        consequences: &Consequences,
        reveals: Reveals,
        typical: Span,
    ) -> Vec<Lesson> {
        let at = second(result.answered_at);
        let mut lessons = Vec::new();
        let closed = |session: &&Session| Some(session.recorded_at) == before.open;
        if let Some(session) = consequences.sessions.iter().find(closed)
            && let End::Over(end) = session.end
        {
            lessons.push(Lesson::Lasted {
                start: seconds(session.start),
                seen_from: second(session.recorded_at),
                seen_until: second(end.earliest()),
                over_by: second(end.latest()),
            });
            self.ended = Some(middle(end));
            self.quiet_since = Some(second(end.latest()));
        }
        let new = consequences.sessions.iter().find(|one| one.recorded_at == result.answered_at);
        if let Some(session) = new {
            let start =
                Interval::between(second(session.start.earliest()), second(session.start.latest()));
            lessons.push(Lesson::Started { after: self.quiet_since, start, ended: self.ended });
            self.quiet_since = None;
            match (session.known_by, session.end) {
                (KnownBy::Revealed, End::Over(end)) => {
                    let began = middle(session.start);
                    let over_by = second(end.latest());
                    lessons.push(Lesson::Lasted {
                        start,
                        seen_from: began,
                        seen_until: began,
                        over_by,
                    });
                    let ended = second(began + typical.min((over_by - began) / 2));
                    self.ended = Some(ended);
                    self.quiet_since = Some(ended);
                }
                (KnownBy::Revealed, End::Open { .. })
                | (KnownBy::Seen | KnownBy::Imported | KnownBy::Backfilled, _) => {}
            }
        }
        match &result.outcome {
            Outcome::Offline { .. } => {
                if let Some(from) = self.quiet_since.filter(|from| *from < at) {
                    let complete = reveals == Reveals::Last;
                    lessons.push(Lesson::Quiet { from, to: at, complete, ended: self.ended });
                }
                self.quiet_since = Some(at);
            }
            Outcome::Live { .. } => self.quiet_since = None,
            Outcome::NotFound | Outcome::Unknown { .. } => {}
        }
        lessons
    }

    /// The lessons of a list of past sessions, the earliest first, which is taken to hold all that
    /// there were between its first and its last. Times that overlap tell of one session.
    pub(crate) fn history<'a>(
        &mut self,
        sessions: impl IntoIterator<Item = &'a Session>,
        typical: Span,
    ) -> Vec<Lesson> {
        let mut lessons = Vec::new();
        for session in sessions {
            let start = seconds(session.start);
            if self.quiet_since.is_some_and(|until| start.latest() < until) {
                continue;
            }
            let earliest = self.quiet_since.map_or(start.earliest(), |at| at.max(start.earliest()));
            let start = Interval::between(earliest, start.latest());
            lessons.push(Lesson::Started { after: self.quiet_since, start, ended: self.ended });
            self.quiet_since = None;
            let End::Over(end) = session.end else { continue };
            let began = middle(start);
            let ended = if end.latest() > session.start.latest() {
                lessons.push(Lesson::Lasted {
                    start,
                    seen_from: began,
                    seen_until: second(end.earliest()).max(began),
                    over_by: second(end.latest()),
                });
                middle(end)
            } else {
                // Nothing but its start is known.
                second(began + typical)
            };
            self.ended = Some(ended);
            self.quiet_since = Some(ended.max(second(end.latest())));
        }
        lessons
    }

    /// The lesson of an offline answer that told nothing new, as read from the record of checks.
    pub(crate) fn replay(&mut self, at: Timestamp, reveals: Reveals) -> Option<Lesson> {
        let from = self.quiet_since.replace(at)?;
        let complete = reveals == Reveals::Last;
        (from < at).then_some(Lesson::Quiet { from, to: at, complete, ended: self.ended })
    }
}

/// Down to the whole second, as checks are recorded.
pub(crate) const fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_s(at.ms().div_euclid(Span::SECOND.ms()))
}

fn seconds(interval: Interval) -> Interval {
    Interval::between(second(interval.earliest()), second(interval.latest()))
}

fn middle(interval: Interval) -> Timestamp {
    second(interval.middle())
}
