//! What the app knows of its accounts, handed to the proxy so that others can read it:
//! `PUT /api/v1/snapshot`.
//!
//! Invariant: a snapshot that deserialises is within its bounds, and its windows are in order.
//! Each bound is one that a schema can state, so that whoever keeps to the schema is accepted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::account::AccountId;
use crate::number::{HourOfDay, Hours, Probability};
use crate::time::{Span, Timestamp};
use crate::whole::{Whole, whole};
use crate::zone::ZoneClock;

/// Most accounts in a snapshot.
pub const MOST_ACCOUNTS: usize = 10_000;
/// Most windows of an account: two a day.
pub const MOST_WINDOWS: usize = 14;
/// Most bytes of a snapshot on the wire: the largest there can be is a little smaller.
pub const MOST_BYTES: usize = 16 << 20;

/// What is known of all accounts at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawSnapshot")]
pub struct ForecastSnapshot {
    made_at: Timestamp,
    zone: ZoneClock,
    accounts: BTreeMap<AccountId, AccountForecast>,
}

/// As it stands on the wire.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ForecastSnapshot))]
pub struct RawSnapshot {
    /// The moment it speaks of, milliseconds since the Unix epoch; not ahead of the proxy's
    /// clock, and not before the snapshot that the proxy has.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 253_402_300_799_999_i64))]
    made_at: Timestamp,
    /// The zone in which its hours and days are.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::zone::RawZone))]
    zone: ZoneClock,
    /// At most 10,000 accounts by their names, `platform:handle`.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, AccountForecast>))]
    accounts: BTreeMap<AccountId, AccountForecast>,
}

/// Why a snapshot is out of its bounds.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// Too many accounts.
    #[error("accounts: {0} given; expected at most {MOST_ACCOUNTS}")]
    TooManyAccounts(usize),
    /// Too many windows.
    #[error("accounts: {0} has more than {MOST_WINDOWS} windows")]
    TooManyWindows(AccountId),
    /// A time that no calendar can show.
    #[error("{0}: not a time from 1970 to 9999")]
    NoTime(String),
}

impl ForecastSnapshot {
    /// Puts a snapshot together; windows may come in any order.
    ///
    /// # Errors
    /// When it is out of its bounds.
    pub fn new(
        made_at: Timestamp,
        zone: ZoneClock,
        mut accounts: BTreeMap<AccountId, AccountForecast>,
    ) -> Result<Self, SnapshotError> {
        if !is_shown(made_at) {
            return Err(SnapshotError::NoTime("made_at".to_owned()));
        }
        if accounts.len() > MOST_ACCOUNTS {
            return Err(SnapshotError::TooManyAccounts(accounts.len()));
        }
        for (account, forecast) in &mut accounts {
            if forecast.windows.len() > MOST_WINDOWS {
                return Err(SnapshotError::TooManyWindows(account.clone()));
            }
            if !forecast.times().all(is_shown) {
                return Err(SnapshotError::NoTime(account.to_string()));
            }
            forecast.windows.sort_by_key(|window| (window.from, window.length));
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
    pub const fn accounts(&self) -> &BTreeMap<AccountId, AccountForecast> {
        &self.accounts
    }
}

impl TryFrom<RawSnapshot> for ForecastSnapshot {
    type Error = SnapshotError;
    fn try_from(raw: RawSnapshot) -> Result<Self, SnapshotError> {
        Self::new(raw.made_at, raw.zone, raw.accounts)
    }
}

/// Whether calendars can show a moment: from 1970 to the last of 9999.
pub(crate) fn is_shown(at: Timestamp) -> bool {
    (0..=253_402_300_799_999).contains(&at.ms())
}

/// What is known of one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountForecast {
    /// How it stood.
    pub standing: Standing,
    /// When it was last asked about, with an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 0, maximum = 253_402_300_799_999_i64))]
    pub checked_at: Option<Timestamp>,
    /// When it will be checked next, where that can be planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 0, maximum = 253_402_300_799_999_i64))]
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
    /// The windows of the coming week in which a start is to be expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 14))]
    pub windows: Vec<StartWindow>,
}

impl AccountForecast {
    /// Every moment in it.
    fn times(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let windows = self.windows.iter().chain(&self.next_window).map(|window| window.from);
        let updated = self.pattern.iter().map(|pattern| pattern.last_updated);
        windows.chain(updated).chain(self.checked_at).chain(self.next_check)
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

/// The columns of the roadmap's table `pattern_analysis`, but for the name. What is not known is
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
    /// 0 (Sunday) to 6.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<u8>, max_items = 7))]
    pub most_active_days: Weekdays,
    /// How alike its days are.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub consistency_score: Probability,
    /// When this was worked out, milliseconds since the Unix epoch.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 253_402_300_799_999_i64))]
    pub last_updated: Timestamp,
    /// Sessions it rests on.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 4_294_967_295_u32))]
    #[serde(deserialize_with = "whole")]
    pub data_points: u32,
    /// How far it can be relied on.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub confidence_level: Probability,
}

/// Days of the week: 0 (Sunday) to 6.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<u8>", try_from = "Vec<Whole>")]
pub struct Weekdays(BTreeSet<u8>);

/// Not a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("days of the week are 0 (Sunday) to 6, each once")]
pub struct WeekdayError;

impl From<Weekdays> for Vec<u8> {
    fn from(days: Weekdays) -> Self {
        days.0.into_iter().collect()
    }
}

impl TryFrom<Vec<Whole>> for Weekdays {
    type Error = WeekdayError;
    fn try_from(days: Vec<Whole>) -> Result<Self, WeekdayError> {
        let days = days.into_iter().map(|Whole(day)| u8::try_from(day).map_err(|_| WeekdayError));
        Self::try_from(days.collect::<Result<Vec<u8>, _>>()?)
    }
}

impl TryFrom<Vec<u8>> for Weekdays {
    type Error = WeekdayError;
    fn try_from(days: Vec<u8>) -> Result<Self, WeekdayError> {
        let count = days.len();
        let days: BTreeSet<u8> = days.into_iter().collect();
        let sound = days.len() == count && days.iter().all(|day| *day < 7);
        if sound { Ok(Self(days)) } else { Err(WeekdayError) }
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
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 253_402_300_799_999_i64))]
    pub from: Timestamp,
    /// Its length in milliseconds: a minute to a day.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 60_000, maximum = 86_400_000))]
    pub length: WindowLength,
    /// The probability that a session starts in it.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 1))]
    pub probability: Probability,
}

impl StartWindow {
    /// Its end.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.from + self.length.span()
    }
}

/// The length of a window: a minute to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "Whole")]
pub struct WindowLength(Span);

/// Not the length of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("length: {0} ms; expected 60000 (a minute) to 86400000 (a day)")]
pub struct WindowLengthError(i64);

impl WindowLength {
    /// The nearest length that a window can have.
    #[must_use]
    pub fn nearest(span: Span) -> Self {
        Self(span.clamp(Span::MINUTE, Span::DAY))
    }

    /// As a span.
    #[must_use]
    pub const fn span(self) -> Span {
        self.0
    }
}

impl From<WindowLength> for i64 {
    fn from(length: WindowLength) -> Self {
        length.0.ms()
    }
}

impl TryFrom<Whole> for WindowLength {
    type Error = WindowLengthError;
    fn try_from(Whole(ms): Whole) -> Result<Self, WindowLengthError> {
        let sound = (Span::MINUTE.ms()..=Span::DAY.ms()).contains(&ms);
        if sound { Ok(Self(Span::from_ms(ms))) } else { Err(WindowLengthError(ms)) }
    }
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
