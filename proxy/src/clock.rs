//! The proxy's clock: the world's time, or a made-up time line that runs at its own pace.
//!
//! Invariant: within a process it never goes back and never jumps, whatever happens to the
//! system's clock: that is read once, and monotonic time is added.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use almanac_wire::{ClockInfo, Span, Timestamp};
use thiserror::Error;

use crate::journal::Reading;
use crate::monotonic::Monotonic;

const NANOS_PER_MS: i128 = 1_000_000;

/// Seconds of the proxy's time in one second of the world's, kept in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(u32);

impl Rate {
    /// The world's own pace.
    pub const WORLD: Self = Self(1000);

    const MOST: u32 = 1_000_000;

    /// As it goes over the wire.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_f64())
    }
}

/// A text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a number from 0.001 to 1000000, such as 1 or 5040")]
pub struct RateError;

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 3 {
            return Err(RateError);
        }
        let whole: u32 = whole.parse().map_err(|_| RateError)?;
        let thousandths: u32 = format!("{fraction:0<3}").parse().map_err(|_| RateError)?;
        match whole.checked_mul(1000).and_then(|whole| whole.checked_add(thousandths)) {
            Some(rate) if (1..=Self::MOST * 1000).contains(&rate) => Ok(Self(rate)),
            _ => Err(RateError),
        }
    }
}

/// Ties a made-up time line to the world's time: at `real` it was `sim`, and it runs at `rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// A moment of the world's time.
    pub real: Timestamp,
    /// What the time line showed then.
    pub sim: Timestamp,
    /// Its pace.
    pub rate: Rate,
}

impl Anchors {
    const WORLD: Self =
        Self { real: Timestamp::from_ms(0), sim: Timestamp::from_ms(0), rate: Rate::WORLD };

    /// What the time line shows so many nanoseconds after the Unix epoch.
    fn at(self, wall_ns: i128) -> Timestamp {
        let since_ns = wall_ns - i128::from(self.real.ms()) * NANOS_PER_MS;
        let gone_ms = since_ns.saturating_mul(i128::from(self.rate.0)) / (NANOS_PER_MS * 1000);
        let ms = gone_ms.saturating_add(i128::from(self.sim.ms()));
        Timestamp::from_ms(i64::try_from(ms).unwrap_or(i64::MAX))
    }

    /// How far the time line goes in so much of the world's time.
    pub(crate) fn stretch(self, real: Duration) -> Span {
        let from_zero = Self { real: Timestamp::from_ms(0), sim: Timestamp::from_ms(0), ..self };
        from_zero.at(i128::try_from(real.as_nanos()).unwrap_or(i128::MAX)) - from_zero.sim
    }

    /// A stable word for the time line.
    #[must_use]
    pub fn name(self) -> String {
        format!("sim{}-real{}-x{}", self.sim.ms(), self.real.ms(), self.rate)
    }
}

/// A text that is no anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected REAL_MS,SIM_MS,RATE, such as 1790000000000,1767225600000,5040")]
pub struct AnchorsError;

impl FromStr for Anchors {
    type Err = AnchorsError;

    fn from_str(text: &str) -> Result<Self, AnchorsError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let [real, sim, rate] = parts.as_slice() else { return Err(AnchorsError) };
        let ms = |part: &str| part.parse().map(Timestamp::from_ms).map_err(|_| AnchorsError);
        Ok(Self { real: ms(real)?, sim: ms(sim)?, rate: rate.parse().map_err(|_| AnchorsError)? })
    }
}

/// Tells the time. Copies tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    anchors: Anchors,
    timeline: Option<String>,
    wall_at_start_ns: i128,
    started: Monotonic,
}

impl Clock {
    /// The world's time.
    #[must_use]
    pub fn world() -> Self {
        Self::start(Anchors::WORLD, None)
    }

    /// A made-up time line.
    #[must_use]
    pub fn made_up(anchors: Anchors, timeline: String) -> Self {
        Self::start(anchors, Some(timeline))
    }

    fn start(anchors: Anchors, timeline: Option<String>) -> Self {
        let (wall_at_start_ns, started) = read_both();
        Self { anchors, timeline, wall_at_start_ns, started }
    }

    /// Its time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let elapsed_ns = i128::try_from(self.started.elapsed().as_nanos()).unwrap_or(i128::MAX);
        self.anchors.at(self.wall_at_start_ns.saturating_add(elapsed_ns))
    }

    /// What it shows, and how long after the machine was started; `None` where that is not known,
    /// and on made-up time lines, which are not the system's.
    pub(crate) fn reading(&self) -> Option<Reading> {
        let (boot, up_ms) = Monotonic::now().since_boot()?;
        self.timeline.is_none().then(|| Reading { boot, up_ms, at: self.now() })
    }

    /// How far it goes in so much of the world's time.
    #[must_use]
    pub fn stretch(&self, real: Duration) -> Span {
        self.anchors.stretch(real)
    }

    /// How much of the world's time passes while it goes so far.
    #[must_use]
    pub fn real(&self, span: Span) -> Duration {
        let ms = u64::try_from(span.ms()).unwrap_or(0);
        Duration::from_millis(ms).div_f64(self.rate().as_f64())
    }

    /// Its pace.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.anchors.rate
    }

    /// The name of its time line; `None` for the world's time.
    #[must_use]
    pub fn timeline(&self) -> Option<&str> {
        self.timeline.as_deref()
    }

    /// What the app is told of it.
    #[must_use]
    pub fn info(&self) -> ClockInfo {
        ClockInfo { now: self.now(), rate: self.rate().as_f64(), timeline: self.timeline.clone() }
    }
}

/// The wall's and monotonic time of one moment. A process that is paused between the two
/// readings would be off by the pause for as long as it runs, so the closest pair of a few is taken.
fn read_both() -> (i128, Monotonic) {
    let pair = || {
        let before = Monotonic::now();
        let wall_ns = wall_ns();
        (before.elapsed(), wall_ns, before)
    };
    let (_, wall_ns, monotonic) = (0..10)
        .map(|_| pair())
        .fold(pair(), |best, next| if next.0 < best.0 { next } else { best });
    (wall_ns, monotonic)
}

fn wall_ns() -> i128 {
    let signed = |ns: u128| i128::try_from(ns).unwrap_or(i128::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => signed(since.as_nanos()),
        Err(before) => -signed(before.duration().as_nanos()),
    }
}

/// The world's time by the system's clock.
#[must_use]
pub fn wall() -> Timestamp {
    Anchors::WORLD.at(wall_ns())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_as_people_write_them() {
        for (text, thousandths) in [
            ("1", 1000),
            ("5040", 5_040_000),
            ("0.5", 500),
            ("1000000", 1_000_000_000),
            ("2.125", 2125),
        ] {
            assert_eq!(text.parse(), Ok(Rate(thousandths)), "{text}");
        }
        for text in
            ["", "0", "0.000", "-1", "+1", "1e3", "1000001", "99999999999", ".5", "1.0001", "fast"]
        {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text}");
        }
    }

    #[test]
    fn a_made_up_line_runs_at_its_pace_from_its_anchors() {
        let anchors: Anchors = "1000,500000,20".parse().unwrap();
        assert_eq!(anchors.at(1000 * NANOS_PER_MS), Timestamp::from_ms(500_000));
        assert_eq!(anchors.at(1001 * NANOS_PER_MS), Timestamp::from_ms(500_020));
        assert_eq!(anchors.at(999 * NANOS_PER_MS), Timestamp::from_ms(499_980));
        assert_eq!(anchors.name(), "sim500000-real1000-x20");
        assert!("1,2".parse::<Anchors>().is_err());
        assert!("1,2,3,4".parse::<Anchors>().is_err());
        assert!("1,2,x".parse::<Anchors>().is_err());
    }

    #[test]
    fn the_worlds_clock_is_the_systems() {
        let clock = Clock::world();
        assert!((clock.now() - wall()).ms().abs() < 1000);
        assert_eq!(clock.info().timeline, None);
    }
}
