//! Numbers that look random and are a pure function of what they are rolled for.

use std::hash::{Hash, Hasher};

/// Everything rolled from equal dice for equal reasons is equal, in every release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// New dice, for a reason.
    pub(super) fn roll<T: Hash + ?Sized>(self, reason: &T) -> Self {
        let mut hasher = Fnv(self.0 ^ 0xcbf2_9ce4_8422_2325);
        reason.hash(&mut hasher);
        Self(mix(hasher.finish()))
    }

    /// From 0 to below `n`.
    pub(super) const fn below(self, n: u64) -> u64 {
        if n == 0 { 0 } else { mix(self.0) % n }
    }

    /// From `least` to `most`, both included.
    pub(super) fn between(self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
        least + i64::try_from(self.below(width)).unwrap_or(0)
    }
}

const fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The standard hasher may change from one release to the next.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
