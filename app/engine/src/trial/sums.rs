//! What is counted of an arm, or of a shadow, on one account.

use serde::{Deserialize, Serialize};

use almanac_wire::Span;

/// The upper edges of all bins of delays but the last, in minutes.
const EDGES: [f64; 15] =
    [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 360.0, 720.0];
/// The upper edge of the last, where one is needed.
const LAST: f64 = 1440.0;

/// Sums over an account's time and broadcasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Requests; of one that asked about several accounts, a part.
    pub requests: f64,
    /// Time, in days.
    pub days: f64,
    /// Broadcasts by weight: each by the inverse of its chance to be counted.
    pub broadcasts: f64,
    /// The squares of the weights.
    pub squares: f64,
    /// Of the broadcasts those that were caught, by weight.
    pub caught: f64,
    /// Delays of those known to be caught, by how long they were.
    pub delays: [f64; EDGES.len() + 1],
}

impl Sums {
    /// Counts a broadcast that is over. `caught` is the probability that it was.
    pub(super) fn broadcast(&mut self, weight: f64, caught: f64, delay: Option<Span>) {
        self.broadcasts += weight;
        self.squares += weight * weight;
        self.caught += weight * caught;
        if let Some(delay) = delay {
            let place = EDGES.iter().position(|edge| delay.minutes() < *edge);
            self.delays[place.unwrap_or(EDGES.len())] += 1.0;
        }
    }

    /// The delays that are known.
    pub(super) fn delayed(&self) -> f64 {
        self.delays.iter().sum()
    }

    /// Sums of several accounts.
    pub(super) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.days += other.days;
        self.broadcasts += other.broadcasts;
        self.squares += other.squares;
        self.caught += other.caught;
        for (delays, more) in self.delays.iter_mut().zip(other.delays) {
            *delays += more;
        }
    }

    /// The delay, in minutes, that this share of all stays below; within a bin in proportion.
    pub(super) fn delay(&self, share: f64) -> f64 {
        let mut wanted = share.clamp(0.0, 1.0) * self.delayed();
        let mut from = 0.0;
        for (count, to) in self.delays.iter().zip(EDGES.into_iter().chain([LAST])) {
            if *count > 0.0 && wanted <= *count {
                return from + (to - from) * wanted / count;
            }
            wanted -= count;
            from = to;
        }
        LAST
    }

    /// Of the delays, about how many stay below this many minutes.
    pub(super) fn delayed_less(&self, minutes: f64) -> f64 {
        let mut from = 0.0;
        let mut sum = 0.0;
        for (count, to) in self.delays.iter().zip(EDGES.into_iter().chain([LAST])) {
            sum += count * ((minutes - from) / (to - from)).clamp(0.0, 1.0);
            from = to;
        }
        sum
    }
}
