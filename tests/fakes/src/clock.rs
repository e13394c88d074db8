//! A clock that may run fast, or stand still, or be set to any day.

use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use almanac_wire::Timestamp;
use thiserror::Error;

/// Time as the fake sees it: `sim + (wall - real) * rate`.
///
/// Written `REAL_MS,SIM_MS,RATE`, as the proxy's flag of the same name, so that both processes show
/// the same time. `wall` is the system's time when the clock was made plus what has passed since, so
/// a clock never goes back even when the system's is set.
#[derive(Clone, Debug)]
pub struct Clock {
    anchor: Anchor,
    made_at: Duration,
    made: Instant,
}

/// A moment of the world's time, the clock's time then, and how fast the clock runs from there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Anchor {
    real: Timestamp,
    sim: Timestamp,
    /// Billionths: whole numbers, so that all processes round alike.
    rate: i64,
}

const BILLION: i64 = 1_000_000_000;

/// Why a text is no clock.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClockError {
    /// Not three parts.
    #[error("“{0}” is no clock; write REAL_MS,SIM_MS,RATE")]
    Malformed(String),
    /// The rate is negative, not a number or beyond all measure.
    #[error("“{0}” is no rate; write seconds of the clock in one second of the world: 1, 0.5, 360")]
    Rate(String),
}

impl Clock {
    /// The world's own time.
    #[must_use]
    pub fn world() -> Self {
        let epoch = Timestamp::from_ms(0);
        Self::from_anchor(Anchor { real: epoch, sim: epoch, rate: BILLION })
    }

    /// A clock that always shows the same moment.
    #[must_use]
    pub fn stopped_at(moment: Timestamp) -> Self {
        Self::from_anchor(Anchor { real: Timestamp::from_ms(0), sim: moment, rate: 0 })
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.anchor.at(self.made_at + self.made.elapsed())
    }

    fn from_anchor(anchor: Anchor) -> Self {
        let made_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { anchor, made_at, made: Instant::now() }
    }
}

impl Anchor {
    /// The clock's time, rounded down, at a moment of the world's given as time since the Unix epoch.
    fn at(&self, wall: Duration) -> Timestamp {
        let wall_us = i64::try_from(wall.as_micros()).unwrap_or(i64::MAX);
        let since_anchor = i128::from(wall_us) - i128::from(self.real.ms()) * 1000;
        let per_ms = i128::from(BILLION) * 1000;
        let ms =
            i128::from(self.sim.ms()) + (since_anchor * i128::from(self.rate)).div_euclid(per_ms);
        let ms = ms.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        Timestamp::from_ms(i64::try_from(ms).unwrap_or_default())
    }
}

impl FromStr for Anchor {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        let malformed = || ClockError::Malformed(text.to_owned());
        let moment =
            |part: &str| part.trim().parse().map(Timestamp::from_ms).map_err(|_| malformed());
        let mut parts = text.splitn(3, ',');
        let mut part = || parts.next().ok_or_else(malformed);
        Ok(Self { real: moment(part()?)?, sim: moment(part()?)?, rate: billionths(part()?)? })
    }
}

/// `Duration` brings the checked way from a fraction to whole billionths.
fn billionths(rate: &str) -> Result<i64, ClockError> {
    let wrong = || ClockError::Rate(rate.to_owned());
    let fraction = rate.trim().parse().map_err(|_| wrong())?;
    let whole = Duration::try_from_secs_f64(fraction).map_err(|_| wrong())?;
    i64::try_from(whole.as_nanos()).map_err(|_| wrong())
}

impl FromStr for Clock {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        text.parse().map(Self::from_anchor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(flag: &str, wall_ms: u64) -> i64 {
        flag.parse::<Anchor>().unwrap().at(Duration::from_millis(wall_ms)).ms()
    }

    #[test]
    fn the_clock_runs_at_its_rate_from_its_anchor() {
        assert_eq!(shown("1000,5000,360", 1000), 5000);
        assert_eq!(shown("1000,5000,360", 1010), 8600);
        assert_eq!(shown("1000,5000,0.5", 1003), 5001);
        assert_eq!(shown("1000,5000,0", 9_999_999), 5000);
    }

    #[test]
    fn before_its_anchor_it_counts_back() {
        assert_eq!(shown("1000,5000,2", 400), 3800);
        assert_eq!(shown("1000,-5000,0.5", 999), -5001);
    }

    #[test]
    fn a_fraction_stays_exact_over_a_year_of_wall_time() {
        let year_ms = 31_536_000_000;
        assert_eq!(shown("0,0,0.001", year_ms), 31_536_000);
        assert_eq!(
            shown("0,1790000000000,10000", year_ms),
            1_790_000_000_000 + 315_360_000_000_000
        );
    }

    #[test]
    fn what_is_no_clock_says_why() {
        for text in ["", "1,2", "a,2,1", "1,2.5,1", "1,2,1,1"] {
            assert!(text.parse::<Clock>().is_err(), "{text}");
        }
        for rate in ["-1", "NaN", "inf", "1e30", "fast"] {
            assert_eq!(
                format!("0,0,{rate}").parse::<Clock>().unwrap_err(),
                ClockError::Rate(rate.to_owned())
            );
        }
    }

    #[test]
    fn the_world_clock_shows_the_time_of_the_system() {
        let system = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let system = i64::try_from(system).unwrap();
        assert!((Clock::world().now().ms() - system).abs() < 5000);
    }
}
