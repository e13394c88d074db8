//! What the accounts of a platform have taught together: the prior of each of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use crate::checks::CheckDay;
use crate::forecast::DayForecasts;
use crate::learn::Pool;
use crate::mind::Mind;

use super::book::Entry;

/// The pool of a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlatformPool {
    /// Which.
    pub platform: Platform,
    /// The day it was gathered on: days since 1970-01-01, UTC.
    pub day: i64,
    /// What its accounts have taught.
    pub pool: Pool,
    /// How its forecasts of a day hold. The last field: see there.
    pub days: DayForecasts,
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

    /// How a platform's forecasts of a day hold; `None` before the first day.
    pub(super) fn days(&self, platform: Platform) -> Option<&DayForecasts> {
        self.gathered.iter().find(|one| one.platform == platform).map(|one| &one.days)
    }

    /// Gathers a platform's pool anew on the first call of each day, and looks at what came of
    /// the forecasts of the day before; what has changed comes back.
    pub(super) fn gather(
        &mut self,
        platform: Platform,
        entries: &BTreeMap<AccountId, Entry>,
        now: Timestamp,
    ) -> Option<PlatformPool> {
        let day = CheckDay::day_of(now);
        let known = self.gathered.iter().position(|one| one.platform == platform);
        let known = known.map(|place| self.gathered.swap_remove(place));
        if let Some(known) = known.as_ref().filter(|one| one.day >= day) {
            self.gathered.push(known.clone());
            return None;
        }
        let here = || entries.iter().filter(|(account, _)| account.platform() == platform);
        let minds = || here().filter_map(|(_, entry)| entry.mind.as_ref());
        if minds().next().is_none() {
            self.gathered.extend(known);
            return None;
        }
        let pool = Pool::gather(minds().map(Mind::learner));
        let mut days = known.map(|known| known.days).unwrap_or_default();
        let started = |account: &AccountId, from: Timestamp, to: Timestamp| {
            let began = |start: Timestamp| start > from && start <= to;
            entries.get(account).is_some_and(|entry| entry.started(began))
        };
        let forecasts = here().filter_map(|(account, entry)| {
            let mind = entry.mind.as_ref()?;
            let asked_at = entry.track.asked_at?;
            let raw = mind.outlook()?.next_start_by(asked_at, now, now + Span::DAY);
            Some((account.clone(), entry.day_forecast(raw, now, 0)))
        });
        days.turn(now, started, forecasts);
        let new = PlatformPool { platform, day, pool, days };
        self.gathered.push(new.clone());
        Some(new)
    }
}
