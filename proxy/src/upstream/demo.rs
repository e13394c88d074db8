//! The demo: generated streamers, so that Almanac can be tried without a key or a network. What
//! it answers is a pure function of the handle and the time.

mod cast;
mod dice;
mod past;
mod zone;

use almanac_wire::{AccountId, Broadcast, Outcome, Platform, Reveals, Span, Timestamp};

use self::cast::{CAST, Streamer};
use self::dice::Dice;
use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::{Asking, Purse, Recalling, Upstream};

/// How far back the last broadcast is looked for.
const DAYS_BACK: i64 = 400;

/// The demo upstream.
#[derive(Debug)]
pub(crate) struct Demo {
    clock: Clock,
}

impl Demo {
    pub(crate) const fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

impl Connect for Demo {
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        Ok(Self::new(place.clock.clone()))
    }
}

impl Upstream for Demo {
    fn platform(&self) -> Platform {
        Platform::Demo
    }

    fn batch(&self) -> u32 {
        1
    }

    fn reveals(&self) -> Reveals {
        Reveals::Last
    }

    fn suggestions(&self) -> Vec<String> {
        CAST.iter().map(|streamer| streamer.handle.to_owned()).collect()
    }

    fn ask<'a>(&'a self, accounts: &'a [AccountId], _purse: &'a dyn Purse) -> Asking<'a> {
        let now = self.clock.now();
        let outcomes = accounts.iter().map(|account| outcome(account.handle(), now)).collect();
        Box::pin(std::future::ready(outcomes))
    }

    fn history_requests(&self) -> u32 {
        1
    }

    fn history<'a>(&'a self, account: &'a AccountId, _purse: &'a dyn Purse) -> Recalling<'a> {
        Box::pin(std::future::ready(past::history(account.handle(), self.clock.now())))
    }
}

/// What a check of a handle says at a moment.
fn outcome(handle: &str, now: Timestamp) -> Outcome {
    let Some(streamer) = CAST.iter().find(|streamer| streamer.handle == handle) else {
        return Outcome::NotFound;
    };
    let today = streamer.zone.day_of(now);
    let begun = (today - DAYS_BACK..=today + 1)
        .rev()
        .flat_map(|day| streamer.sessions(day).into_iter().rev())
        .find(|session| session.start <= now);
    match begun {
        Some(session) if now < session.end => {
            Outcome::Live { broadcast: session.broadcast(streamer, Some(now)) }
        }
        Some(session) => {
            Outcome::Offline { last_broadcast: Some(session.broadcast(streamer, None)) }
        }
        None => Outcome::Offline { last_broadcast: None },
    }
}

/// One generated broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Session {
    start: Timestamp,
    end: Timestamp,
    /// Decides everything about it that is not its time.
    dice: Dice,
}

impl Session {
    fn broadcast(&self, streamer: &Streamer, now: Option<Timestamp>) -> Broadcast {
        let titles = streamer.titles;
        let count = u64::try_from(titles.len()).unwrap_or(0);
        let pick = usize::try_from(self.dice.roll("title").below(count)).unwrap_or(0);
        Broadcast {
            room_id: Some(format!(
                "7{:018}",
                self.dice.roll("room").below(1_000_000_000_000_000_000)
            )),
            title: titles.get(pick).map(|title| (*title).to_owned()),
            started_at: Some(self.start),
            viewers: now.map(|now| self.viewers(streamer, now - self.start)),
        }
    }

    /// Fills up over the first twenty minutes, then wavers.
    fn viewers(&self, streamer: &Streamer, on_air: Span) -> u32 {
        let full = streamer.audience * self.dice.roll("audience").between(60, 160) / 100;
        let minutes = on_air.ms() / Span::MINUTE.ms();
        let arrived = full * (minutes + 2).min(20) / 20;
        let waver = self.dice.roll("viewers").roll(&(minutes / 3)).between(90, 110);
        u32::try_from(arrived * waver / 100).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02, a Monday, 00:00 UTC.
    const MONDAY: Timestamp = Timestamp::from_s(1_772_409_600);

    fn sessions(streamer: &Streamer, days: i64) -> Vec<Session> {
        let first = streamer.zone.day_of(MONDAY);
        (first..first + days).flat_map(|day| streamer.sessions(day)).collect()
    }

    #[test]
    fn every_handle_is_one_and_no_other_is_found() {
        assert_eq!(CAST.len(), 12);
        for streamer in CAST {
            AccountId::new(Platform::Demo, streamer.handle).unwrap();
            assert_ne!(outcome(streamer.handle, MONDAY), Outcome::NotFound);
        }
        assert_eq!(outcome("nobody", MONDAY), Outcome::NotFound);
    }

    #[test]
    fn sessions_neither_overlap_nor_touch() {
        for streamer in CAST {
            let sessions = sessions(streamer, 800);
            for pair in sessions.windows(2) {
                let pause = pair[1].start - pair[0].end;
                assert!(pause >= Span::HOUR, "{}: {pair:?}", streamer.handle);
            }
            assert!(sessions.iter().all(|s| s.end - s.start >= Span::MINUTE * 20));
        }
    }

    #[test]
    fn answers_agree_with_the_sessions_at_every_edge() {
        for streamer in CAST {
            for session in sessions(streamer, 60) {
                let at = |now| outcome(streamer.handle, now);
                let tick = Span::from_ms(1);
                let before = at(session.start - tick);
                let Outcome::Live { broadcast: first } = at(session.start) else {
                    panic!("not live")
                };
                let Outcome::Live { broadcast: last } = at(session.end - tick) else {
                    panic!("not live")
                };
                let Outcome::Offline { last_broadcast: Some(after) } = at(session.end) else {
                    panic!("not offline")
                };
                assert!(matches!(before, Outcome::Offline { .. }));
                assert_eq!(first.started_at, Some(session.start));
                assert_eq!((&first.room_id, &first.title), (&last.room_id, &last.title));
                assert_eq!(after, Broadcast { viewers: None, ..last.clone() });
                assert!(first.viewers.unwrap() < last.viewers.unwrap());
            }
        }
    }

    #[test]
    fn every_session_has_its_own_room() {
        let rooms: Vec<_> = CAST
            .iter()
            .flat_map(|streamer| {
                sessions(streamer, 365).into_iter().map(|s| s.broadcast(streamer, None).room_id)
            })
            .collect();
        let distinct: std::collections::BTreeSet<_> = rooms.iter().collect();
        assert_eq!(distinct.len(), rooms.len());
    }

    #[test]
    fn twelve_weeks_look_like_their_characters() {
        let weekly = CAST
            .iter()
            .map(|streamer| format!("{:<16} {:>3}", streamer.handle, sessions(streamer, 84).len()))
            .collect::<Vec<_>>()
            .join("\n");
        insta::assert_snapshot!(weekly);
    }

    #[test]
    fn a_local_hour_holds_over_the_change_to_summer_time() {
        let nadia = CAST.iter().find(|streamer| streamer.handle == "nadia.live").unwrap();
        let hours = |from: i64| -> Vec<i64> {
            let first = nadia.zone.day_of(MONDAY) + from;
            (first..first + 20)
                .flat_map(|day| nadia.sessions(day))
                .map(|s| s.start.ms().rem_euclid(Span::DAY.ms()) / Span::HOUR.ms())
                .collect()
        };
        // From 29 March her evenings begin an hour earlier by UTC.
        assert!(hours(0).iter().all(|hour| (20..=21).contains(hour)), "{:?}", hours(0));
        assert!(hours(30).iter().all(|hour| (19..=20).contains(hour)), "{:?}", hours(30));
    }
}
