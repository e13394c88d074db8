//! Requests to one upstream are spread: whoever comes alone is sent at once, and of those who come
//! together each waits a little after the one before, never for the same time twice.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use almanac_wire::{Quotas, Span, Timestamp};

use crate::clock::Clock;

/// No two requests are kept further apart than this on average.
const LONGEST_GAP: Span = Span::SECOND;
/// The quotas' own pace is so many times slower than ours: they are for hours of even use, and
/// somebody may be waiting.
const FASTER: i64 = 10;

/// The turns of one upstream.
#[derive(Debug)]
pub(crate) struct Pace {
    gap: Span,
    next: Mutex<Timestamp>,
}

impl Pace {
    pub(crate) fn new(quotas: &Quotas) -> Self {
        let gap = (quotas.even_gap() / FASTER).min(LONGEST_GAP);
        Self { gap, next: Mutex::new(Timestamp::from_ms(i64::MIN)) }
    }

    /// Waits until it is this request's turn.
    pub(crate) async fn turn(&self, clock: &Clock) {
        let wait = self.take(clock.now(), fastrand::f64());
        if wait > Span::ZERO {
            tokio::time::sleep(clock.real(wait)).await;
        }
    }

    /// How long to wait; the next one waits between half and one and a half gaps longer, by
    /// `chance` from 0 to 1.
    fn take(&self, now: Timestamp, chance: f64) -> Span {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = now.max(*next);
        let gap = Duration::from_millis(u64::try_from(self.gap.ms()).unwrap_or(0));
        let gap = gap.mul_f64(0.5 + chance);
        *next = turn + Span::from_ms(i64::try_from(gap.as_millis()).unwrap_or(0));
        turn - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn one_alone_never_waits_and_many_are_spread() {
        let pace = Pace::new(&"10/min,60/h".parse().unwrap());
        assert_eq!(pace.take(at(0), 0.5), Span::ZERO);
        assert_eq!(pace.take(at(0), 0.0), Span::from_ms(600));
        assert_eq!(pace.take(at(0), 0.9), Span::from_ms(900));
        assert_eq!(pace.take(at(100), 0.5), Span::from_ms(1640));
        assert_eq!(pace.take(at(60_000), 0.5), Span::ZERO);
    }

    #[test]
    fn the_gap_follows_the_quotas_up_to_a_bound() {
        let gap = |quotas: &str| Pace::new(&quotas.parse().unwrap()).gap.ms();
        assert_eq!(gap("800/min"), 7);
        assert_eq!(gap("10000/day@America/Los_Angeles"), 864);
        assert_eq!(gap("10/day"), 1000);
        assert_eq!(gap("100000/s"), 0);
    }
}
