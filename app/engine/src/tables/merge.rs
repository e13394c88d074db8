//! What is new among sessions that come from elsewhere.

use std::collections::BTreeSet;

use almanac_wire::{Span, Timestamp};

use crate::session::Session;

/// Starts told twice may differ by this much.
const TOLERANCE: Span = Span::MINUTE;

/// The sessions of one account that are not among `known` yet, and how many are. Two are the same
/// where they were certainly on at the same time, or began at the same.
///
/// Each that is new gets a name (`recorded_at`) that no other has.
#[must_use]
pub fn fresh(known: &[Session], mut coming: Vec<Session>) -> (Vec<Session>, usize) {
    let mut names: BTreeSet<Timestamp> = known.iter().map(|one| one.recorded_at).collect();
    let mut spans: Vec<(Timestamp, Timestamp)> = known.iter().map(certain).collect();
    spans.sort_unstable();
    coming.sort_by_key(|session| session.start);
    let (mut fresh, mut same) = (Vec::new(), 0);
    for mut session in coming {
        let (from, to) = certain(&session);
        // Those before it do not overlap each other, so the nearest two tell.
        let place = spans.partition_point(|(start, _)| *start <= from);
        let meets = |(start, end): &(Timestamp, Timestamp)| {
            *start <= to + TOLERANCE && from <= *end + TOLERANCE
        };
        let before = place.checked_sub(1).and_then(|place| spans.get(place));
        if before.is_some_and(meets) || spans.get(place).is_some_and(meets) {
            same += 1;
            continue;
        }
        while !names.insert(session.recorded_at) {
            session.recorded_at += Span::from_ms(1);
        }
        spans.insert(place, (from, to));
        fresh.push(session);
    }
    (fresh, same)
}

/// When a session was certainly on.
fn certain(session: &Session) -> (Timestamp, Timestamp) {
    let from = session.start.latest();
    (from, session.last_known_live().max(from))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::session::{End, Interval, KnownBy};

    fn session(from: i64, to: i64) -> Session {
        let minute = |m: i64| Timestamp::from_s(m * 60);
        Session {
            account: "tiktok:mira".parse().unwrap(),
            recorded_at: minute(0),
            start: Interval::exact(minute(from)),
            end: End::Over(Interval::exact(minute(to))),
            known_by: KnownBy::Imported,
            room_id: None,
            started_at: None,
            title: None,
            peak_viewers: None,
            gifts: None,
        }
    }

    fn told(known: &[Session], coming: Vec<Session>) -> (Vec<i64>, usize) {
        let (fresh, same) = fresh(known, coming);
        (fresh.iter().map(|one| one.start.earliest().ms() / 60_000).collect(), same)
    }

    #[test]
    fn what_overlaps_is_the_same() {
        let known = [session(100, 200), session(400, 500)];
        assert_eq!(told(&known, vec![session(90, 99)]), (vec![], 1), "within a minute");
        assert_eq!(told(&known, vec![session(90, 98), session(202, 398)]), (vec![90, 202], 0));
        assert_eq!(told(&known, vec![session(120, 130), session(50, 600)]), (vec![], 2));
        assert_eq!(told(&[], vec![session(7, 9), session(7, 9)]), (vec![7], 1));
    }

    #[test]
    fn no_two_have_one_name() {
        let (fresh, _) = fresh(&[session(1, 2)], vec![session(10, 12), session(20, 22)]);
        let names: Vec<i64> = fresh.iter().map(|one| one.recorded_at.ms()).collect();
        assert_eq!(names, [1, 2]);
    }
}
