//! A generated trace, for when there is no file.

use almanac_wire::{Span, Timestamp};

use crate::rng::{SplitMix64, number_of};
use crate::trace::{Session, Trace};

/// Sessions of an account are never closer than this: anything closer would be one broadcast with
/// a break in it.
const SHORTEST_BREAK: Span = Span::from_ms(35 * Span::MINUTE.ms());

/// A time of day at which somebody may go on air. All in minutes.
struct Slot {
    /// Chance of a session on a day, in percent.
    percent: u64,
    /// The usual start after midnight, and how far it strays to both sides.
    start: (i64, i64),
    /// The shortest session and the longest.
    length: (i64, i64),
}

/// Ways to stream; accounts take them in turn.
const HABITS: [&[Slot]; 5] = [
    // Every evening, nearly.
    &[Slot { percent: 90, start: (19 * 60 + 30, 25), length: (90, 210) }],
    // Twice a day.
    &[
        Slot { percent: 85, start: (12 * 60, 20), length: (30, 75) },
        Slot { percent: 85, start: (20 * 60 + 30, 30), length: (60, 180) },
    ],
    // Whenever.
    &[Slot { percent: 55, start: (13 * 60, 11 * 60), length: (20, 360) }],
    // Rarely.
    &[Slot { percent: 12, start: (18 * 60, 120), length: (40, 120) }],
    // Into the next day.
    &[Slot { percent: 80, start: (22 * 60 + 50, 30), length: (110, 300) }],
];

const NAMES: [&str; 20] = [
    "aster", "bryony", "clover", "dahlia", "erica", "fennel", "gentian", "hazel", "iris",
    "jasmine", "kerria", "laurel", "mallow", "nettle", "oxalis", "poppy", "quince", "rowan",
    "sorrel", "thistle",
];

impl Trace {
    /// Made-up streamers, the same for the same arguments: by turns regular in the evening, twice a
    /// day, irregular, rare and across midnight.
    #[must_use]
    pub fn generate(accounts: usize, days: u32, seed: u64, from: Timestamp) -> Self {
        let habits = HABITS.iter().cycle();
        handles()
            .zip(habits)
            .take(accounts)
            .map(|(handle, habit)| {
                let mut rng = SplitMix64::new(number_of(&handle, seed));
                let sessions = live_by(habit, days, from, &mut rng);
                (handle, sessions)
            })
            .collect()
    }
}

/// `gen_aster`, `gen_bryony`, ..., `gen_aster2`, ...
fn handles() -> impl Iterator<Item = String> {
    let rounds = (1_u32..).map(|round| if round == 1 { String::new() } else { round.to_string() });
    rounds.flat_map(|round| NAMES.iter().map(move |name| format!("gen_{name}{round}")))
}

fn live_by(habit: &[Slot], days: u32, from: Timestamp, rng: &mut SplitMix64) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    for day in 0..i64::from(days) {
        let midnight = from + Span::DAY * day;
        for slot in habit {
            let session = on_day(slot, midnight, rng);
            let rested = |last: &Session| last.end + SHORTEST_BREAK <= session.start;
            if rng.chance(slot.percent) && sessions.last().is_none_or(rested) {
                sessions.push(session);
            }
        }
    }
    sessions
}

fn on_day(slot: &Slot, midnight: Timestamp, rng: &mut SplitMix64) -> Session {
    let (usual, stray) = slot.start;
    let (shortest, longest) = slot.length;
    let start = midnight + Span::from_s(rng.between((usual - stray) * 60, (usual + stray) * 60));
    Session { start, end: start + Span::from_s(rng.between(shortest * 60, longest * 60)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::midnight_before;

    const FROM: Timestamp = Timestamp::from_s(1_780_272_000);

    #[test]
    fn sessions_are_plausible_and_apart() {
        for seed in 0..20 {
            for (account, sessions) in Trace::generate(25, 60, seed, FROM).iter() {
                assert!(account.starts_with("gen_"));
                for session in sessions {
                    let length = session.end - session.start;
                    assert!(Span::MINUTE * 20 <= length && length <= Span::HOUR * 6, "{account}");
                    assert!(FROM <= session.start && session.start < FROM + Span::DAY * 60);
                    assert_eq!(session.start.ms() % 1000, 0, "TikTok tells whole seconds");
                }
                for pair in sessions.windows(2) {
                    assert!(pair[1].start - pair[0].end >= SHORTEST_BREAK, "{account}");
                }
            }
        }
    }

    #[test]
    fn every_habit_shows() {
        let trace = Trace::generate(5, 60, 3, FROM);
        let counts: Vec<_> = trace.iter().map(|(_, sessions)| sessions.len()).collect();
        let [evening, twice, irregular, rare, across] = counts[..] else { panic!("{counts:?}") };
        assert!(
            evening > 40 && twice > 80 && irregular > 15 && (1..20).contains(&rare) && across > 30
        );
        let (_, nights) = trace.iter().last().unwrap();
        let into_next_day = |s: &Session| midnight_before(s.end) > midnight_before(s.start);
        assert!(nights.iter().all(into_next_day));
    }

    #[test]
    fn the_same_arguments_make_the_same_trace() {
        assert_eq!(Trace::generate(7, 20, 1, FROM), Trace::generate(7, 20, 1, FROM));
        assert_ne!(Trace::generate(7, 20, 1, FROM), Trace::generate(7, 20, 2, FROM));
        assert_eq!(Trace::generate(50, 1, 1, FROM).iter().count(), 50, "handles differ");
    }
}
