//! What a person corrects in the record: sessions edited, deleted or merged, and how to take it back.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Span, Timestamp};

use crate::session::{End, Interval, KnownBy, Session};

/// A change to the recorded sessions of one account. What takes it back is a revision too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Whose sessions.
    pub account: AccountId,
    /// Sessions to put, in the place of those with the same `recorded_at` where there are any.
    pub put: Vec<Session>,
    /// Sessions to strike out, by their `recorded_at`.
    pub strike: Vec<Timestamp>,
}

/// Why a session cannot be as a person wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It would end before it begins.
    #[error("a broadcast cannot end before it begins")]
    Backwards,
    /// It would begin or end in the time to come.
    #[error("that is still to come")]
    Future,
    /// It would be on while another broadcast of the account certainly was.
    #[error("the account has another broadcast then")]
    Overlaps {
        /// When the other one began, as far as is known.
        from: Timestamp,
        /// When it ended, or was last seen.
        to: Timestamp,
    },
}

/// Two broadcasts with a longer pause than this are hardly one that was not seen for a while.
const LONG_PAUSE: Span = Span::from_ms(6 * Span::HOUR.ms());

/// What parts two sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parted {
    /// A long time in which nothing was seen.
    pub pause: Option<Span>,
    /// A check found the account offline then.
    pub offline_at: Option<Timestamp>,
}

/// The check that found a session over, where one did: what a person or a table says is exact, and
/// what another broadcast's start says is not before that.
fn found_over(session: &Session) -> Option<Timestamp> {
    match (session.known_by, session.end) {
        (KnownBy::Seen | KnownBy::Revealed, End::Over(end)) if end.width() > Span::ZERO => {
            Some(end.latest())
        }
        (
            KnownBy::Seen | KnownBy::Revealed | KnownBy::Imported | KnownBy::Backfilled,
            End::Open { .. } | End::Over(_),
        ) => None,
    }
}

impl Revision {
    /// Nothing of it may be of another account.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.put.iter().all(|session| session.account == self.account)
    }

    /// Strikes a session out.
    #[must_use]
    pub fn strike(session: &Session) -> Self {
        Self {
            account: session.account.clone(),
            put: Vec::new(),
            strike: vec![session.recorded_at],
        }
    }

    /// Sets a session's start and end, exactly where they are given, and its title. A session that
    /// is on keeps its end open, whatever `end` says. `others` are from when until when the account's
    /// other sessions were certainly on.
    ///
    /// # Errors
    /// When it would end before it begins, lie in the time to come, or come to lie over another.
    pub fn edit(
        session: &Session,
        others: impl IntoIterator<Item = (Timestamp, Timestamp)>,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        title: &str,
        now: Timestamp,
    ) -> Result<Self, EditError> {
        let mut edited = session.clone();
        edited.start = start.map_or(session.start, Interval::exact);
        if let (End::Over(_), Some(end)) = (session.end, end) {
            edited.end = End::Over(Interval::exact(end));
        }
        let (begin, last) = (edited.start.latest(), edited.last_known_live());
        if begin > now || last > now {
            return Err(EditError::Future);
        }
        let over_by = match edited.end {
            End::Open { last_seen } => last_seen,
            End::Over(interval) => interval.latest(),
        };
        if edited.start.earliest() > over_by {
            return Err(EditError::Backwards);
        }
        // Its title can be changed whatever was recorded.
        if (edited.start, edited.end) != (session.start, session.end) {
            let (from, to) = edited.certain();
            let mut others = others.into_iter();
            if let Some((from, to)) = others.find(|other| from < other.1 && other.0 < to) {
                return Err(EditError::Overlaps { from, to });
            }
        }
        let title = title.trim();
        edited.title = (!title.is_empty()).then(|| title.to_owned());
        Ok(Self { account: session.account.clone(), put: vec![edited], strike: Vec::new() })
    }

    /// Makes one session of two that a gap in what was seen had parted; `None` for sessions of
    /// two accounts, and for one session twice.
    #[must_use]
    pub fn merge(one: &Session, other: &Session) -> Option<Self> {
        if one.account != other.account || one.recorded_at == other.recorded_at {
            return None;
        }
        let (first, last) = if one.start <= other.start { (one, other) } else { (other, one) };
        let later_end = match (first.end, last.end) {
            (End::Open { last_seen }, _) | (_, End::Open { last_seen }) => End::Open { last_seen },
            (End::Over(a), End::Over(b)) => End::Over(if a.latest() > b.latest() { a } else { b }),
        };
        let seen = first.known_by == KnownBy::Seen || last.known_by == KnownBy::Seen;
        // The later one's identity: what the upstream tells next is about that.
        let merged = Session {
            start: first.start,
            end: later_end,
            known_by: if seen { KnownBy::Seen } else { KnownBy::Revealed },
            title: last.title.clone().or_else(|| first.title.clone()),
            peak_viewers: first.peak_viewers.max(last.peak_viewers),
            gifts: match (first.gifts, last.gifts) {
                (Some(a), Some(b)) => Some(a.saturating_add(b)),
                (a, b) => a.or(b),
            },
            ..last.clone()
        };
        Some(Self {
            account: one.account.clone(),
            put: vec![merged],
            strike: vec![first.recorded_at],
        })
    }

    /// What parts two sessions of an account, where it is so much that merging them should be asked
    /// about first.
    #[must_use]
    pub fn parted(one: &Session, other: &Session) -> Option<Parted> {
        let (first, last) = if one.start <= other.start { (one, other) } else { (other, one) };
        let pause = last.told().0 - first.told().1;
        let parted = Parted {
            pause: (pause > LONG_PAUSE).then_some(pause),
            offline_at: found_over(first).filter(|at| *at < last.start.latest()),
        };
        (parted != Parted::default()).then_some(parted)
    }

    /// What takes this back, where `before` are the account's sessions as they are before it.
    #[must_use]
    pub fn inverse(&self, before: &[Session]) -> Self {
        let touched = |session: &&Session| {
            self.strike.contains(&session.recorded_at)
                || self.put.iter().any(|put| put.recorded_at == session.recorded_at)
        };
        let put: Vec<Session> = before.iter().filter(touched).cloned().collect();
        let new = |at: &Timestamp| !put.iter().any(|session| session.recorded_at == *at);
        let strike = self.put.iter().map(|session| session.recorded_at).filter(new).collect();
        Self { account: self.account.clone(), put, strike }
    }

    /// Carries it out on a list of sessions.
    pub fn apply(&self, sessions: &mut Vec<Session>) {
        sessions.retain(|session| {
            !self.strike.contains(&session.recorded_at)
                && !self.put.iter().any(|put| put.recorded_at == session.recorded_at)
        });
        sessions.extend(self.put.iter().cloned());
        sessions.sort_by_key(|session| (session.start, session.recorded_at));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_s(1_780_000_000 + n * 60)
    }

    pub(crate) fn session(from: i64, to: Option<i64>) -> Session {
        Session {
            account: "tiktok:mira".parse().unwrap(),
            recorded_at: minute(from + 5),
            start: Interval::between(minute(from - 10), minute(from)),
            end: match to {
                Some(to) => End::Over(Interval::between(minute(to), minute(to + 10))),
                None => End::Open { last_seen: minute(from + 5) },
            },
            known_by: KnownBy::Seen,
            room_id: Some(from.to_string()),
            started_at: None,
            title: None,
            peak_viewers: Some(12),
            gifts: None,
        }
    }

    #[test]
    fn every_revision_can_be_taken_back() {
        let before = vec![session(0, Some(60)), session(100, Some(160)), session(500, None)];
        let now = minute(1000);
        let revisions = [
            Revision::strike(&before[1]),
            Revision::merge(&before[0], &before[1]).unwrap(),
            Revision::merge(&before[2], &before[0]).unwrap(),
            Revision::edit(&before[0], [], Some(minute(3)), Some(minute(70)), " late ", now)
                .unwrap(),
        ];
        for revision in revisions {
            let mut sessions = before.clone();
            let inverse = revision.inverse(&sessions);
            revision.apply(&mut sessions);
            assert_ne!(sessions, before, "{revision:?}");
            inverse.apply(&mut sessions);
            assert_eq!(sessions, before, "{revision:?}");
        }
    }

    #[test]
    fn merged_sessions_are_one_from_the_first_start_to_the_last_end() {
        let (mut a, b) = (session(0, Some(60)), session(100, Some(160)));
        a.title = Some("first".into());
        a.gifts = Some(7);
        let Revision { put, strike, .. } = Revision::merge(&b, &a).unwrap();
        let merged = &put[0];
        assert_eq!((merged.start, merged.end), (a.start, b.end));
        assert_eq!((merged.title.as_deref(), merged.gifts), (Some("first"), Some(7)));
        assert_eq!((merged.recorded_at, merged.room_id.as_deref()), (b.recorded_at, Some("100")));
        assert_eq!(strike, [a.recorded_at]);
        assert_eq!(Revision::merge(&a, &a), None);
    }

    #[test]
    fn an_edit_is_exact_and_must_make_sense() {
        let before = session(0, Some(60));
        let now = minute(1000);
        let edit = |start, end| Revision::edit(&before, [], start, end, "", now);
        let edited = edit(Some(minute(-30)), Some(minute(90))).unwrap().put.remove(0);
        assert_eq!(edited.start, Interval::exact(minute(-30)));
        assert_eq!(edited.end, End::Over(Interval::exact(minute(90))));
        assert_eq!(edit(None, None).unwrap().put, std::slice::from_ref(&before));
        assert_eq!(edit(Some(minute(90)), Some(minute(30))), Err(EditError::Backwards));
        assert_eq!(edit(Some(minute(1001)), None), Err(EditError::Future));
        assert_eq!(edit(None, Some(minute(1001))), Err(EditError::Future));
        let on = session(0, None);
        let edited =
            Revision::edit(&on, [], None, Some(minute(3)), "x", now).unwrap().put.remove(0);
        assert_eq!((edited.end, edited.title.as_deref()), (on.end, Some("x")));
    }

    #[test]
    fn an_edit_lies_over_no_other_broadcast() {
        let (first, before, on) =
            (session(0, Some(60)), session(100, Some(160)), session(500, None));
        let others = [first.certain(), on.certain()];
        let edit = |start, end| {
            let edit = |at: Option<i64>| at.map(minute);
            Revision::edit(&before, others, edit(start), edit(end), "", minute(1000)).map(|_| ())
        };
        let over = |from, to| Err(EditError::Overlaps { from: minute(from), to: minute(to) });
        assert_eq!(edit(Some(59), None), over(0, 60));
        assert_eq!(edit(None, Some(501)), over(500, 505));
        // All around another, and within it.
        assert_eq!(edit(Some(-100), Some(400)), over(0, 60));
        assert_eq!(edit(Some(20), Some(40)), over(0, 60));
        // Where the other ends may it begin; what is not certain is in nobody's way.
        assert_eq!(edit(Some(60), Some(500)), Ok(()));
        assert_eq!(edit(None, None), Ok(()));
        // One of which nothing but its start is known is a point.
        let revealed = [(minute(120), minute(120))];
        let around = Revision::edit(&before, revealed, Some(minute(110)), None, "", minute(1000));
        assert_eq!(around.map(|_| ()), over(120, 120));
        // What was recorded over another can be called otherwise, and be made shorter.
        let long = session(-50, Some(160));
        let edit = |end| Revision::edit(&long, others, None, end, "night", minute(1000));
        assert!(edit(None).is_ok() && edit(Some(minute(-1))).is_ok());
        assert!(edit(Some(minute(150))).is_err());
    }

    #[test]
    fn merging_over_a_long_pause_is_known_as_that() {
        let (a, b) = (session(0, Some(60)), session(430, Some(500)));
        let later = session(3000, None);
        // By the middles: 65 to 425, six hours to the minute.
        let pause = |one, other| Revision::parted(one, other).and_then(|parted| parted.pause);
        assert_eq!(pause(&a, &b), None);
        let long = Some(Span::MINUTE * (2995 - 505));
        assert_eq!([pause(&b, &later), pause(&later, &b)], [long, long]);
    }

    #[test]
    fn a_check_between_two_broadcasts_that_found_neither_is_known() {
        let (one, other) = (session(0, Some(60)), session(100, Some(160)));
        let offline_at = Some(minute(70));
        let parted = Some(Parted { pause: None, offline_at });
        assert_eq!(Revision::parted(&one, &other), parted);
        assert_eq!(Revision::parted(&other, &one), parted);
        // The later one's own start, or first sight, ended it.
        let next = Session { start: Interval::exact(minute(70)), ..other.clone() };
        assert_eq!(Revision::parted(&one, &next), None);
        // What a person or a table says is no check.
        let end = End::Over(Interval::exact(minute(70)));
        assert_eq!(Revision::parted(&Session { end, ..one.clone() }, &other), None);
        let imported = Session { known_by: KnownBy::Imported, ..one };
        assert_eq!(Revision::parted(&imported, &other), None);
    }

    #[test]
    fn a_revision_keeps_to_its_account() {
        let mut revision = Revision::strike(&session(0, None));
        assert!(revision.is_sound());
        let account = "tiktok:other".parse().unwrap();
        revision.put.push(Session { account, ..session(0, None) });
        assert!(!revision.is_sound());
    }
}
