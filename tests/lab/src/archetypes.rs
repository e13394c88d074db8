//! Made-up streamers of every kind that a policy must cope with.

mod catalogue;

use std::fmt::Write;

use almanac_fakes::rng::{SplitMix64, number_of};
use almanac_fakes::{Session, Trace};
use almanac_wire::{Span, Timestamp};
use chrono::{DateTime, SecondsFormat};

use crate::error::LabError;
use crate::numbers::whole;
use crate::summer::Summer;

use catalogue::{ARCHETYPES, Archetype, Change, Slot, Stray};

/// Monday, 2026-02-02: five weeks before the US change their clocks, eight before Europe does.
pub const FROM: Timestamp = Timestamp::from_s(1_769_990_400);

/// Anything closer would be one broadcast with a break in it.
const SHORTEST_BREAK: Span = Span::from_ms(35 * Span::MINUTE.ms());
const SHORTEST: i64 = 5;
const LONGEST: i64 = 16 * 60;

/// So many accounts of all archetypes by turns; the same for the same arguments.
///
/// # Errors
/// When there is nobody or no time.
pub fn generate(accounts: usize, days: u32, seed: u64, from: Timestamp) -> Result<Trace, LabError> {
    if accounts == 0 || days == 0 {
        return Err(LabError::NothingToGenerate);
    }
    let account = |place: usize| {
        let archetype = &ARCHETYPES[place % ARCHETYPES.len()];
        let name = format!("{}_{:02}", archetype.name, place / ARCHETYPES.len() + 1);
        let mut rng = SplitMix64::new(number_of(&name, seed));
        let sessions = archetype.live(i64::from(days), from, &mut rng);
        (name, sessions)
    };
    Ok((0..accounts).map(account).collect())
}

/// A first day, `2026-02-02`.
///
/// # Errors
/// When it is no such day.
pub fn generate_from(text: &str) -> Result<Timestamp, chrono::ParseError> {
    let day: chrono::NaiveDate = text.parse()?;
    Ok(Timestamp::from_ms(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()))
}

/// A trace as the lab reads it.
#[must_use]
pub fn csv(trace: &Trace) -> String {
    let mut text = "account,platform,start_utc,end_utc\n".to_owned();
    let utc = |at: Timestamp| {
        DateTime::from_timestamp_millis(at.ms())
            .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
            .unwrap_or_default()
    };
    for (name, sessions) in trace.iter() {
        for session in sessions {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{name},generated,{},{}", utc(session.start), utc(session.end));
        }
    }
    text
}

impl Archetype {
    fn live(&self, days: i64, from: Timestamp, rng: &mut SplitMix64) -> Vec<Session> {
        // Somewhere in the world, and somewhat earlier or later than others of its kind.
        let ahead_of_utc = match self.summer {
            Summer::None => Span::HOUR * rng.between(-8, 10),
            Summer::Us => Span::HOUR * rng.between(-8, -4),
            Summer::Eu => Span::HOUR * rng.between(0, 3),
        };
        let habit = rng.between(-2, 3) * 30;
        let first_weekday = from.ms().div_euclid(Span::DAY.ms()) + 3;
        let mut sessions: Vec<Session> = Vec::new();
        // A day more at both ends: local days begin and end at other times than those of UTC.
        for day in -1..=days {
            let weekend = (first_weekday + day).rem_euclid(7) >= 5;
            for slot in self.slots {
                let start = slot.start + habit + slot.stray.by(rng) + self.later(day, days);
                let local = from + Span::DAY * day + Span::MINUTE * start - ahead_of_utc;
                let start = local - self.summer.ahead(local) + Span::from_s(rng.between(0, 60));
                let length = slot.length(rng);
                let percent = if weekend { slot.weekend_percent } else { slot.percent };
                let on = rng.chance(percent) && !self.is_away(day, days);
                let rested = |last: &Session| last.end + SHORTEST_BREAK <= start;
                let inside = from <= start && start < from + Span::DAY * days;
                if on && inside && sessions.last().is_none_or(rested) {
                    sessions.push(Session { start, end: start + length });
                }
            }
        }
        sessions
    }

    fn later(&self, day: i64, days: i64) -> i64 {
        match self.change {
            Change::Drifts(minutes) => minutes * day,
            Change::Shifts(minutes) if day >= days / 2 => minutes,
            Change::Never | Change::Shifts(_) | Change::Pauses(_) => 0,
        }
    }

    fn is_away(&self, day: i64, days: i64) -> bool {
        match self.change {
            Change::Pauses(length) => (days / 2..days / 2 + length).contains(&day),
            Change::Never | Change::Drifts(_) | Change::Shifts(_) => false,
        }
    }
}

impl Stray {
    fn by(&self, rng: &mut SplitMix64) -> i64 {
        match self {
            Self::Around(deviation) => whole(deviation * gaussian(rng)),
            Self::Anywhere(minutes) => rng.between(-minutes, minutes + 1),
        }
    }
}

impl Slot {
    fn length(&self, rng: &mut SplitMix64) -> Span {
        let minutes = whole(self.length * (self.spread * gaussian(rng)).exp());
        Span::MINUTE * minutes.clamp(SHORTEST, LONGEST) + Span::from_s(rng.between(0, 60))
    }
}

/// A standard normal number (Box and Muller 1958).
fn gaussian(rng: &mut SplitMix64) -> f64 {
    let radius = (-2.0 * unit(rng).ln()).sqrt();
    radius * (std::f64::consts::TAU * unit(rng)).cos()
}

/// A number above 0, up to 1.
pub(crate) fn unit(rng: &mut SplitMix64) -> f64 {
    const STEPS: f64 = 9_007_199_254_740_992.0;
    ((rng.next() >> 11) as f64 + 1.0) / STEPS
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: u32 = 84;

    fn of(kind: &str) -> Vec<Vec<Session>> {
        let trace = generate(48, DAYS, 7, FROM).unwrap();
        let of_kind = trace.iter().filter(|(name, _)| name.starts_with(&format!("{kind}_")));
        of_kind.map(|(_, sessions)| sessions.to_vec()).collect()
    }

    fn day(session: &Session) -> i64 {
        (session.start - FROM).ms().div_euclid(Span::DAY.ms())
    }

    /// Minutes of the day, as far from the first session's as can be said on a clock.
    fn offsets(sessions: &[Session]) -> Vec<i64> {
        let minute = |session: &Session| session.start.ms() / Span::MINUTE.ms();
        let off = |session| (minute(session) - minute(&sessions[0]) + 720).rem_euclid(1440) - 720;
        sessions.iter().map(off).collect()
    }

    fn mean(values: &[i64]) -> i64 {
        values.iter().sum::<i64>() / i64::try_from(values.len()).unwrap()
    }

    /// The mean start before and after a day.
    fn shift(sessions: &[Session], at: i64) -> i64 {
        let offsets = offsets(sessions);
        let before = sessions.partition_point(|session| day(session) < at);
        mean(&offsets[before..]) - mean(&offsets[..before])
    }

    #[test]
    fn sessions_are_apart_and_of_plausible_length() {
        for (name, sessions) in generate(60, DAYS, 3, FROM).unwrap().iter() {
            assert!(sessions.len() > 2, "{name}: {}", sessions.len());
            assert!(sessions.windows(2).all(|two| two[1].start - two[0].end >= SHORTEST_BREAK));
            let long = sessions.iter().map(|s| (s.end - s.start).ms() / Span::MINUTE.ms());
            assert!(long.clone().all(|minutes| (SHORTEST..=LONGEST).contains(&minutes)), "{name}");
            assert!(sessions.iter().all(|session| (0..i64::from(DAYS)).contains(&day(session))));
        }
    }

    #[test]
    fn every_kind_is_what_it_is_called() {
        let middle = i64::from(DAYS) / 2;
        for regular in of("regular") {
            assert!(regular.len() > 65 && shift(&regular, middle).abs() <= 8);
        }
        for hiatus in of("hiatus") {
            let longest = hiatus.windows(2).map(|two| two[1].start - two[0].end).max().unwrap();
            assert!((Span::DAY * 20..Span::DAY * 25).contains(&longest), "{longest}");
        }
        for shifter in of("shifter") {
            assert!((345..=375).contains(&shift(&shifter, middle)), "{}", shift(&shifter, middle));
        }
        for drifter in of("drifter") {
            let (first, second) = drifter.split_at(8);
            let days = day(&second[7]) - day(&first[0]);
            assert!(days > 10 && offsets(&drifter)[15] > 40, "{:?}", &offsets(&drifter)[..16]);
        }
        for several in of("several") {
            assert!(several.len() > 150);
        }
        for rare in of("rare") {
            assert!((3..20).contains(&rare.len()));
        }
        for short in of("short") {
            assert!(short.iter().all(|session| session.end - session.start < Span::HOUR * 2));
        }
        for (kind, change) in [("dst_us", 34), ("dst_eu", 55)] {
            for account in of(kind) {
                let by = shift(&account, change);
                assert!((-64..=-56).contains(&by), "{kind} {by}");
            }
        }
        for weekday in of("weekday") {
            let by_day = (0..7).map(|of| weekday.iter().filter(|s| day(s) % 7 == of).count());
            let mut by_day: Vec<_> = by_day.collect();
            by_day.sort_unstable();
            assert!(by_day[0] + by_day[1] <= 3 && by_day[2] >= 5, "{by_day:?}");
        }
    }

    #[test]
    fn the_same_arguments_make_the_same_trace_and_it_reads_back() {
        let trace = generate(24, 30, 1, FROM).unwrap();
        assert_eq!(trace, generate(24, 30, 1, FROM).unwrap());
        assert_ne!(trace, generate(24, 30, 2, FROM).unwrap());
        assert_eq!(Trace::read(csv(&trace).as_bytes()).unwrap(), trace);
        assert!(generate(0, 30, 1, FROM).is_err() && generate(1, 0, 1, FROM).is_err());
    }
}
