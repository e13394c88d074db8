//! What the app knows of its accounts, handed to the proxy so that others can read it:
//! `PUT /api/v1/snapshot`.
//!
//! Invariant: a snapshot that deserialises is within its bounds, names each account once, and
//! all its windows are in order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::account::AccountId;
use crate::number::{HourOfDay, Hours, Probability};
use crate::time::{Span, Timestamp};

/// Most accounts in a snapshot.
pub const MOST_ACCOUNTS: usize = 10_000;
/// Most windows of an account: two a day.
pub const MOST_WINDOWS: usize = 14;
/// How far ahead of a snapshot its windows may reach: a week, and a day for the last one to end.
pub const FARTHEST: Span = Span::from_ms(8 * Span::DAY.ms());
/// Most changes of a zone's clocks that a snapshot may name.
pub const MOST_CHANGES: usize = 8;

/// What is known of all accounts at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawSnapshot")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForecastSnapshot {
    made_at: Timestamp,
    zone: ZoneClock,
    accounts: Vec<AccountForecast>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSnapshot {
    made_at: Timestamp,
    zone: ZoneClock,
    accounts: Vec<AccountForecast>,
}

/// Why a snapshot does not hold together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// Too many accounts.
    #[error("accounts: {0} given; expected at most {MOST_ACCOUNTS}")]
    TooManyAccounts(usize),
    /// An account twice.
    #[error("accounts: {0} is given twice")]
    Twice(AccountId),
    /// Too many windows.
    #[error("accounts: {0} has more than {MOST_WINDOWS} windows")]
    TooManyWindows(AccountId),
    /// Windows that end before they begin, overlap, or are not in order.
    #[error("accounts: the windows of {0} are not in order")]
    Disorder(AccountId),
    /// A window in the past or too far ahead.
    #[error("accounts: a window of {0} is not within eight days from made_at")]
    OutOfReach(AccountId),
    /// A time that no calendar can show.
    #[error("made_at: not a time from 1970 to 9999")]
    NoTime,
}

impl ForecastSnapshot {
    /// Puts a snapshot together. `accounts` may come in any order and are kept by name.
    ///
    /// # Errors
    /// When it is out of its bounds.
    pub fn new(
        made_at: Timestamp,
        zone: ZoneClock,
        mut accounts: Vec<AccountForecast>,
    ) -> Result<Self, SnapshotError> {
        // The last second of the year 9999.
        if !(0..=253_402_300_799_000 - FARTHEST.ms()).contains(&made_at.ms()) {
            return Err(SnapshotError::NoTime);
        }
        if accounts.len() > MOST_ACCOUNTS {
            return Err(SnapshotError::TooManyAccounts(accounts.len()));
        }
        accounts.sort_by(|a, b| a.account.cmp(&b.account));
        for pair in accounts.windows(2) {
            if let [a, b] = pair
                && a.account == b.account
            {
                return Err(SnapshotError::Twice(a.account.clone()));
            }
        }
        for account in &accounts {
            account.check(made_at)?;
        }
        Ok(Self { made_at, zone, accounts })
    }

    /// The moment it speaks of.
    #[must_use]
    pub const fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// The zone in which its hours and days are.
    #[must_use]
    pub const fn zone(&self) -> &ZoneClock {
        &self.zone
    }

    /// Every account, by name.
    #[must_use]
    pub fn accounts(&self) -> &[AccountForecast] {
        &self.accounts
    }

    /// One account.
    #[must_use]
    pub fn account(&self, account: &AccountId) -> Option<&AccountForecast> {
        let place = self.accounts.binary_search_by(|known| known.account.cmp(account)).ok()?;
        self.accounts.get(place)
    }
}

impl TryFrom<RawSnapshot> for ForecastSnapshot {
    type Error = SnapshotError;
    fn try_from(raw: RawSnapshot) -> Result<Self, SnapshotError> {
        Self::new(raw.made_at, raw.zone, raw.accounts)
    }
}

/// What is known of one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountForecast {
    /// Whose.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "demo:mira.codes"))]
    pub account: AccountId,
    /// How it stood.
    pub standing: Standing,
    /// When it was last asked about, with an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub checked_at: Option<Timestamp>,
    /// When it will be checked next, where that can be planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub next_check: Option<Timestamp>,
    /// What is usual for it; nothing where data is insufficient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<PatternColumns>,
    /// What is to be expected of it; nothing where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chances: Option<Chances>,
    /// Where within a day the next start most probably falls, as the Now screen shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_window: Option<StartWindow>,
    /// The windows of the coming week in which a start is to be expected, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 14))]
    pub windows: Vec<StartWindow>,
}

impl AccountForecast {
    fn check(&self, made_at: Timestamp) -> Result<(), SnapshotError> {
        if self.windows.len() > MOST_WINDOWS {
            return Err(SnapshotError::TooManyWindows(self.account.clone()));
        }
        let within = |window: &&StartWindow| {
            window.from >= made_at - Span::DAY && window.until <= made_at + FARTHEST
        };
        if !self.windows.iter().chain(&self.next_window).all(|window| within(&window)) {
            return Err(SnapshotError::OutOfReach(self.account.clone()));
        }
        let mut times = self.windows.iter().flat_map(|window| [window.from, window.until]);
        let each = self.windows.iter().chain(&self.next_window);
        if !times.by_ref().is_sorted() || each.into_iter().any(|one| one.from >= one.until) {
            return Err(SnapshotError::Disorder(self.account.clone()));
        }
        Ok(())
    }
}

/// How an account stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Standing {
    /// On air.
    Live,
    /// Off air.
    Offline,
    /// Nobody knows at present.
    Unknown,
}

/// The columns of the roadmap's table `pattern_analysis`, but for the names. What is not known is
/// absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatternColumns {
    /// Average start, hours after local midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0, exclusive_maximum = 24))]
    pub avg_start_hour: Option<HourOfDay>,
    /// Average end, hours after local midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0, exclusive_maximum = 24))]
    pub avg_end_hour: Option<HourOfDay>,
    /// Average length in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0, maximum = 10_000))]
    pub avg_duration_hours: Option<Hours>,
    /// 0 (Sunday) to 6, rising.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Weekday>, max_items = 7))]
    pub most_active_days: Weekdays,
    /// How alike its days are.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub consistency_score: Probability,
    /// When this was worked out.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 253_402_300_799_000_i64))]
    pub last_updated: Timestamp,
    /// Sessions it rests on.
    pub data_points: u32,
    /// How far it can be relied on.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub confidence_level: Probability,
}

/// Days of the week, each once: 0 (Sunday) to 6.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<u8>", try_from = "Vec<u8>")]
pub struct Weekdays(BTreeSet<u8>);

/// Not a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("days of the week are 0 (Sunday) to 6, each at most once")]
pub struct WeekdayError;

impl Weekdays {
    /// The days, rising.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.iter().copied()
    }
}

impl From<Weekdays> for Vec<u8> {
    fn from(days: Weekdays) -> Self {
        days.0.into_iter().collect()
    }
}

impl TryFrom<Vec<u8>> for Weekdays {
    type Error = WeekdayError;
    fn try_from(days: Vec<u8>) -> Result<Self, WeekdayError> {
        let count = days.len();
        let days: BTreeSet<u8> = days.into_iter().collect();
        if days.len() == count && days.iter().all(|day| *day < 7) {
            Ok(Self(days))
        } else {
            Err(WeekdayError)
        }
    }
}

/// What is to be expected of an account, as of the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chances {
    /// P(live now).
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub live_now: Probability,
    /// P(live at some moment of the next hour).
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub live_within_hour: Probability,
    /// P(a session starts within an hour).
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub starts_within_hour: Probability,
    /// P(a session starts within 24 hours).
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub starts_within_day: Probability,
}

/// A stretch of time in which a session starts with a probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartWindow {
    /// Its beginning, milliseconds since the Unix epoch.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub from: Timestamp,
    /// Its end.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub until: Timestamp,
    /// The probability that a session starts in it.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub probability: Probability,
}
