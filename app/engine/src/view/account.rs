//! What an account's own screen shows.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Platform, Timestamp};

use super::Likely;
use crate::pattern::Analysis;
use crate::session::Session;
use crate::wishes::Wishes;
use crate::zone::Zone;

/// Half hours of a day: the columns of a week.
pub const HALF_HOURS: usize = 48;
/// Days on the calendar: thirteen weeks, today's the last.
pub const CALENDAR_DAYS: i64 = 91;
/// Days on the forecast, today the first.
pub const AHEAD_DAYS: i64 = 7;

/// An account, with its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    /// Whose.
    pub account: AccountId,
    /// Since when it has been followed.
    pub added_at: Timestamp,
    /// What the person wants for it.
    pub wishes: Wishes,
    /// The zone by whose clock and calendar everything here is told.
    pub zone: Zone,
    /// The zone that the person named for it is not known to the browser.
    pub zone_unknown: bool,
    /// When in the week it tends to be live.
    pub week: Week,
    /// The days of the last [`CALENDAR_DAYS`], the oldest first.
    pub calendar: Vec<Day>,
    /// What is usual for it, by the sessions of the last 30 days.
    pub pattern: Analysis,
    /// The coming days; none while too little is known.
    pub ahead: Vec<DayAhead>,
    /// How forecasts have held; `None` before the first has come due.
    pub held: Option<Held>,
    /// How many sessions are known.
    pub total: usize,
    /// The latest of them, the latest first.
    pub sessions: Vec<Session>,
    /// From when until when the others were certainly on.
    pub earlier: Vec<(Timestamp, Timestamp)>,
}

/// When in the week an account tends to be live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// The share of weeks in which it was live then, in percent: [`HALF_HOURS`] a day, Sunday
    /// first.
    pub live: Vec<u8>,
    /// How many weeks this rests on, at least one.
    pub weeks: u8,
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Its noon.
    pub noon: Timestamp,
    /// Minutes live, as far as is known.
    pub minutes: u16,
    /// Minutes that the sessions that began were certainly on.
    pub least: u16,
    /// Minutes that they were on at most.
    pub most: u16,
    /// Sessions that began.
    pub sessions: u16,
    /// Whether anything was known of the account then.
    pub followed: bool,
}

/// A day to come, or what is left of today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayAhead {
    /// Its noon.
    pub noon: Timestamp,
    /// The probability that a session begins, in percent.
    pub percent: u8,
    /// How likely it is to begin in each half hour, against the likeliest of all days: `0..=100`.
    pub shape: Vec<u8>,
    /// Stretches in which a start is likely, in order.
    pub windows: Vec<Likely>,
}

/// How forecasts of a start within a day have held, over all accounts of a platform: there are too
/// few of one account to say anything of it alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The platform.
    pub platform: Platform,
    /// How many forecasts this rests on; older ones count less.
    pub forecasts: f32,
    /// The mean squared error, `0.0..=1.0`.
    pub brier: f32,
    /// How much better than always saying the share that came true; `None` where all did.
    pub skill: Option<f32>,
    /// What was said and what came of it, by tenths of what was said; empty ones are left out.
    pub points: Vec<HeldPoint>,
}

/// Forecasts that said about the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldPoint {
    /// What they said on average, `0.0..=1.0`.
    pub said: f32,
    /// The share that came true, `0.0..=1.0`.
    pub held: f32,
    /// How many they are; older ones count less.
    pub forecasts: f32,
}
