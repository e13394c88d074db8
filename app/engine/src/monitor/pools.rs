//! What the accounts of a platform have taught together: the prior of each of them.

use serde::{Deserialize, Serialize};

use almanac_wire::{Platform, Timestamp};

use crate::checks::CheckDay;
use crate::learn::Pool;
use crate::mind::Mind;

/// The pool of a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlatformPool {
    /// Which.
    pub platform: Platform,
    /// The day it was gathered on: days since 1970-01-01, UTC.
    pub day: i64,
    /// What its accounts have taught.
    pub pool: Pool,
}

/// The pools of all platforms.
#[derive(Debug)]
pub(super) struct Pools {
    gathered: Vec<PlatformPool>,
    empty: Pool,
}

impl Pools {
    pub(super) fn new(gathered: Vec<PlatformPool>) -> Self {
        Self { gathered, empty: Pool::default() }
    }

    /// The pool of a platform.
    pub(super) fn of(&self, platform: Platform) -> &Pool {
        let gathered = self.gathered.iter().find(|one| one.platform == platform);
        gathered.map_or(&self.empty, |one| &one.pool)
    }

    /// Gathers a platform's pool anew on the first call of each day; what has changed comes back.
    pub(super) fn gather<'a>(
        &mut self,
        platform: Platform,
        minds: impl Iterator<Item = &'a Mind>,
        now: Timestamp,
    ) -> Option<PlatformPool> {
        let day = CheckDay::day_of(now);
        let known = self.gathered.iter_mut().find(|one| one.platform == platform);
        if known.as_ref().is_some_and(|one| one.day >= day) {
            return None;
        }
        let mut minds = minds.peekable();
        minds.peek()?;
        let pool = Pool::gather(minds.map(Mind::learner));
        let new = PlatformPool { platform, day, pool };
        match known {
            Some(known) => known.clone_from(&new),
            None => self.gathered.push(new.clone()),
        }
        Some(new)
    }
}
