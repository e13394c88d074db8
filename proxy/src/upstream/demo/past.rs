//! The past of the demo's streamers.

use almanac_wire::{HowKnown, PastSession, Span, Timestamp};

use super::cast::CAST;
use crate::history::History;

/// How far back it is told.
const DAYS_TOLD: i64 = 60;

/// The broadcasts of a handle that are over at a moment.
pub(super) fn history(handle: &str, now: Timestamp) -> History {
    let Some(streamer) = CAST.iter().find(|streamer| streamer.handle == handle) else {
        return History::NotFound;
    };
    let from = now - Span::DAY * DAYS_TOLD;
    let (first, today) = (streamer.zone.day_of(from), streamer.zone.day_of(now));
    let sessions = (first - 1..=today + 1)
        .rev()
        .flat_map(|day| streamer.sessions(day).into_iter().rev())
        .filter(|session| session.start >= from && session.end <= now)
        .map(|session| {
            let broadcast = session.broadcast(streamer, None);
            PastSession {
                start: session.start,
                end: Some(session.end),
                title: broadcast.title,
                id: broadcast.room_id,
                known: HowKnown::Broadcast,
            }
        })
        .collect();
    History::Listed { sessions, complete_from: Some(from) }
}

#[cfg(test)]
mod tests {
    use almanac_wire::Outcome;

    use super::*;
    use crate::upstream::demo::outcome;

    /// 2026-03-02 12:34:56 UTC.
    const NOW: Timestamp = Timestamp::from_s(1_772_454_896);

    #[test]
    fn the_past_agrees_with_what_checks_said() {
        for streamer in CAST {
            let History::Listed { sessions, complete_from } = history(streamer.handle, NOW) else {
                panic!("not listed")
            };
            assert_eq!(complete_from, Some(NOW - Span::DAY * 60));
            assert!(sessions.is_sorted_by(|a, b| a.start > b.start), "latest first");
            for session in &sessions {
                let end = session.end.unwrap();
                assert!(end <= NOW);
                let during = outcome(streamer.handle, session.start);
                let Outcome::Live { broadcast } = during else { panic!("not live") };
                assert_eq!(
                    (broadcast.room_id, broadcast.title),
                    (session.id.clone(), session.title.clone())
                );
                let after = outcome(streamer.handle, end);
                assert!(matches!(after, Outcome::Offline { .. }));
            }
        }
        assert_eq!(history("nobody", NOW), History::NotFound);
    }

    #[test]
    fn what_is_on_is_not_past() {
        let History::Listed { sessions, .. } = history("mira.codes", NOW) else { panic!() };
        let last = sessions.first().unwrap();
        let History::Listed { sessions, .. } =
            history("mira.codes", last.end.unwrap() - Span::SECOND)
        else {
            panic!()
        };
        assert!(sessions.iter().all(|session| session.start < last.start));
    }
}
