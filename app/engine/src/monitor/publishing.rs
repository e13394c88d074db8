//! What the monitor tells those who read it from outside: the snapshot that goes to the proxy.

use std::collections::BTreeMap;

use almanac_wire::{
    AccountForecast, AccountId, Chances, ForecastSnapshot, HourOfDay, Hours, PatternColumns,
    Probability, Span, StartWindow, Timestamp, Weekdays, WindowLength, ZoneChange, ZoneClock,
    snapshot::{MOST_WINDOWS, SnapshotError, Standing as Stood},
    zone::ZoneError,
};

use super::Monitor;
use super::book::Entry;
use crate::forecast::likely_windows::{self, at_least_one};
use crate::forecast::{DayForecast, DayForecasts, Window};
use crate::pattern::{Analysis, Pattern, Period, WINDOW, analyze};
use crate::view::{Likely, Standing};
use crate::zone::Zone;

/// How far ahead windows are told.
const WEEK_DAYS: usize = 7;
const WEEK: Span = Span::from_ms(7 * Span::DAY.ms());
/// The zone's clocks are told for as long as the windows can last, and a day back.
const ZONE_AHEAD: Span = Span::from_ms(9 * Span::DAY.ms());

/// Why no snapshot can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishingError {
    /// The zone has no proper name, or too many changes.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// There is more than a snapshot may hold.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl Monitor {
    /// Everything known of all accounts at a moment, for the proxy to show to others. Hours and
    /// days are those of `zone`, which is called `zone_name` in the time zone database.
    ///
    /// Its parts are those of the Now screen, and absent where that shows none. The windows of the
    /// week are the stretches in which starts are at least one and a half times as likely as on
    /// average over the week, each cut to the shortest part that holds four fifths of it; their
    /// probability is that of a start in them, corrected as forecasts of a day are. Those that
    /// are not worth telling ([`Likely::is_worth_telling`]) are left out.
    ///
    /// # Errors
    /// When the name is no zone's name, or there are more accounts than a snapshot may hold.
    pub fn forecast_snapshot(
        &self,
        zone: &Zone,
        zone_name: &str,
        now: Timestamp,
    ) -> Result<ForecastSnapshot, PublishingError> {
        let clock = zone_clock(zone, zone_name, now)?;
        let accounts: BTreeMap<AccountId, AccountForecast> = self
            .entries
            .iter()
            .filter_map(|(account, entry)| {
                Some((account.clone(), self.account_forecast(account, entry, zone, now)?))
            })
            .collect();
        Ok(ForecastSnapshot::new(now, clock, accounts)?)
    }

    fn account_forecast(
        &self,
        account: &AccountId,
        entry: &Entry,
        zone: &Zone,
        now: Timestamp,
    ) -> Option<AccountForecast> {
        let row = self.row(account)?;
        let shown = row.expected.is_some();
        let chances = self.chances(account, now).filter(|_| shown);
        let windows = if shown { self.week_windows(account, entry, now) } else { Vec::new() };
        let next = self.forecast(account, now).and_then(|forecast| forecast.window);
        Some(AccountForecast {
            standing: match row.standing {
                Standing::Live { .. } => Stood::Live,
                Standing::Offline { .. } => Stood::Offline,
                Standing::New | Standing::NotFound { .. } | Standing::Unknown { .. } => {
                    Stood::Unknown
                }
            },
            checked_at: row.checked_at,
            next_check: row.next_check,
            pattern: pattern_columns(entry, zone, now),
            chances,
            next_window: next.filter(|_| shown).map(on_the_wire),
            windows,
        })
    }

    fn chances(&self, account: &AccountId, now: Timestamp) -> Option<Chances> {
        let forecast = self.forecast(account, now)?;
        let (asked_at, outlook) = self.outlook(account)?;
        let within_hour = outlook.next_start_by(asked_at, now, now + Span::HOUR);
        Some(Chances {
            live_now: Probability::nearest(forecast.live_now),
            live_within_hour: Probability::nearest(forecast.live_within_hour),
            starts_within_hour: Probability::nearest(within_hour),
            starts_within_day: Probability::nearest(forecast.starts_within_day),
        })
    }

    fn week_windows(&self, account: &AccountId, entry: &Entry, now: Timestamp) -> Vec<StartWindow> {
        let week = self.week_ahead(account, entry, now);
        let windows = week.map(|week| week.windows()).unwrap_or_default();
        windows.into_iter().map(on_the_wire).collect()
    }

    /// The coming week of an account; `None` before its first answer.
    pub(super) fn week_ahead<'a>(
        &'a self,
        account: &AccountId,
        entry: &Entry,
        now: Timestamp,
    ) -> Option<WeekAhead<'a>> {
        let platform = account.platform();
        let (asked_at, outlook) = self.outlook(account)?;
        let step = likely_windows::STEP;
        let origin = Timestamp::from_ms(now.ms().div_euclid(step.ms()) * step.ms());
        let steps = usize::try_from(WEEK.ms() / step.ms()).unwrap_or(0);
        let mind = entry.mind.as_ref()?;
        let zone = self.zones.habits(&entry.track);
        let ahead = mind.ahead(self.pools.of(platform), &zone, origin, step, steps);
        Some(WeekAhead {
            origin,
            starts: likely_windows::starts(&ahead, outlook, asked_at, now),
            days: self.pools.days(platform),
            forecasts: (0..WEEK_DAYS).map(|later| entry.day_forecast(0.0, now, later)).collect(),
        })
    }
}

/// The starts to be expected in a week.
pub(super) struct WeekAhead<'a> {
    origin: Timestamp,
    /// In each step.
    starts: Vec<f64>,
    days: Option<&'a DayForecasts>,
    /// What is known of each of its days but for the starts.
    forecasts: Vec<DayForecast>,
}

impl WeekAhead<'_> {
    /// The beginning of each step, and the starts expected in it.
    pub(super) fn steps(&self) -> impl Iterator<Item = (Timestamp, f64)> {
        let step = likely_windows::STEP;
        let begins = std::iter::successors(Some(self.origin), move |at| Some(*at + step));
        begins.zip(self.starts.iter().copied())
    }

    /// The probability that a session begins on its `day`, 0 for today, on which so many are
    /// expected. Today is what is left of it: what corrects the next 24 hours corrects their parts.
    pub(super) fn at_least_one(&self, day: usize, expected: f64) -> f64 {
        let raw = at_least_one(expected);
        if day > 0 {
            return self.correct(day, raw);
        }
        let of_day = at_least_one(self.starts.iter().take(likely_windows::DAY).sum());
        let factor = if of_day > 0.0 { self.correct(0, of_day) / of_day } else { 1.0 };
        (factor * raw).min(1.0)
    }

    fn correct(&self, day: usize, raw: f64) -> f64 {
        match (self.days, self.forecasts.get(day)) {
            (Some(days), Some(known)) => days.settle(DayForecast { raw, ..*known }),
            (None, _) | (_, None) => raw,
        }
    }

    /// The windows worth telling, in order.
    pub(super) fn windows(&self) -> Vec<Window> {
        let correct = |day, raw| self.correct(day, raw);
        let mut windows = likely_windows::find(self.origin, &self.starts, correct);
        windows.retain(worth_telling);
        windows.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        windows.truncate(MOST_WINDOWS);
        windows.sort_by_key(|window| window.from);
        windows
    }
}

fn worth_telling(window: &Window) -> bool {
    let percent = Probability::nearest(window.probability).percent();
    Likely { from: window.from, to: window.to, percent }.is_worth_telling()
}

fn on_the_wire(window: Window) -> StartWindow {
    StartWindow {
        from: window.from,
        length: WindowLength::nearest(window.to - window.from),
        probability: Probability::nearest(window.probability),
    }
}

/// The pattern of the sessions that are still known: those of the latest 30 days, as the roadmap
/// has it, but not from before the account was followed.
fn pattern_columns(entry: &Entry, zone: &Zone, now: Timestamp) -> Option<PatternColumns> {
    let from = entry.track.added_at.max(now - WINDOW);
    let sessions = entry.outlines();
    match analyze(&sessions, zone, &Period { from, now, unwatched: &[] }) {
        Analysis::Insufficient { .. } => None,
        Analysis::Pattern(pattern) => Some(columns(&pattern)),
    }
}

fn columns(pattern: &Pattern) -> PatternColumns {
    let hour = |minute: f64| HourOfDay::wrapped(minute / 60.0).ok();
    let length = pattern.duration.map(|duration| duration.mean_minutes / 60.0);
    PatternColumns {
        avg_start_hour: pattern.start.minute.and_then(hour),
        avg_end_hour: pattern.end.and_then(|end| end.minute).and_then(hour),
        avg_duration_hours: length.and_then(|hours| Hours::try_from(hours).ok()),
        most_active_days: Weekdays::try_from(pattern.active_days.clone()).unwrap_or_default(),
        consistency_score: Probability::nearest(pattern.consistency),
        last_updated: pattern.last_updated,
        data_points: pattern.data_points,
        confidence_level: Probability::nearest(pattern.confidence.value),
    }
}

/// The zone's clocks around a moment.
fn zone_clock(zone: &Zone, name: &str, now: Timestamp) -> Result<ZoneClock, ZoneError> {
    let seconds = |offset: Span| i32::try_from(offset.ms() / 1000).unwrap_or(i32::MAX);
    let (first, mut holds) = zone.offset_around(now - Span::DAY);
    let mut changes = Vec::new();
    while holds.end < now + ZONE_AHEAD {
        let at = holds.end;
        let (offset, next) = zone.offset_around(at);
        changes.push(ZoneChange { at, offset_s: seconds(offset) });
        holds = next;
    }
    ZoneClock::new(name, seconds(first), changes)
}
