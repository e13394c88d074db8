//! What an account's own screen says.

#[cfg(test)]
mod tests;

use almanac_engine::pattern::{Durations, Pattern, Usual};
use almanac_engine::revision::{EditError, Parted};
use almanac_engine::session::{End, Interval, Session};
use almanac_engine::view::{Day, DayAhead, Held, Matter, TroubleView, Week};
use almanac_engine::wishes::DailyWindow;
use almanac_engine::zone::Zone;
use almanac_wire::{Platform, QuotaState, Span, Timestamp};

use super::budget::window;
use super::standing::counts_as_live;
use super::times::{Present, clock, span, wall_ms};
use crate::widgets::week::outstanding;
use crate::words::{Style, account as say, list, moment, number, percent};

/// A moment known to this is told as known.
const AS_GOOD_AS_EXACT: Span = Span::from_ms(10 * Span::MINUTE.ms());
/// One known to no better than this is told as the stretch that it lies in.
const A_STRETCH: Span = Span::from_ms(2 * Span::HOUR.ms());
/// A length known to this, or to a part of it in [`ROUGHLY`], is told as known.
const ROUGH: Span = Span::from_ms(30 * Span::MINUTE.ms());
const ROUGHLY: i64 = 4;
/// A day in which the weekdays are told: 4 January 1970 was a Sunday.
const SUNDAY: i64 = 3 * Span::DAY.ms();
/// Where this stands, no line ends.
pub(super) const JOINED: char = '\u{2060}';
const HALF_HOUR: i64 = 30 * Span::MINUTE.ms();

/// That a pinned interval alone is more than a platform's budget gives; `None` where it is not.
pub(crate) fn pin_beyond(
    interval: Span,
    platform: Platform,
    budget: &[QuotaState],
) -> Option<String> {
    let checks = |quota: &QuotaState| {
        let window = Span::from_s(i64::from(quota.window_s));
        usize::try_from(window.ms() / interval.ms().max(1)).unwrap_or(usize::MAX)
    };
    let limit = |quota: &QuotaState| usize::try_from(quota.limit).unwrap_or(usize::MAX);
    let quota = budget.iter().rev().find(|quota| checks(quota) > limit(quota))?;
    let (checks, limit) = (number(checks(quota)), number(limit(quota)));
    Some(say::pin_beyond(&checks, platform.name(), &limit, &window(quota.window_s)))
}

/// When a check that was asked for will be made.
pub(crate) fn check_asked(
    platform: Platform,
    troubles: &[TroubleView],
    present: Present<'_>,
) -> String {
    let held = |trouble: &TroubleView| {
        let when = present.when(trouble.retry_at?);
        match trouble.matter {
            Matter::Proxy(_) => Some(say::check_unheard(&when)),
            Matter::Upstream(one, _) => {
                (one == platform).then(|| say::check_held(platform.name(), &when))
            }
            Matter::NotServed(_) | Matter::OverBudget(_) => None,
        }
    };
    troubles.iter().find_map(held).unwrap_or_else(|| say::check_asked().to_owned())
}

/// `Mon`, where 0 is Sunday.
pub(crate) fn weekday(day: usize) -> String {
    let days = i64::try_from(day).unwrap_or(0) * Span::DAY.ms();
    moment(Style::Weekday, SUNDAY + days + Span::HOUR.ms() * 12)
}

/// A time of the day from milliseconds after its midnight.
fn time(ms: i64) -> String {
    moment(Style::Time, SUNDAY + ms.rem_euclid(Span::DAY.ms()))
}

/// Hours of every day.
pub(super) fn hours(window: DailyWindow) -> String {
    let at = |minutes: u16| time(Span::MINUTE.ms() * i64::from(minutes));
    to(&at(window.from), &at(window.to))
}

/// `20:52` from minutes after midnight.
#[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
fn minute(minutes: f64) -> String {
    time(minutes.round() as i64 * Span::MINUTE.ms())
}

/// A range that stays on one line.
fn to(from: &str, until: &str) -> String {
    crate::words::times::range(&format!("{from}{JOINED}"), &format!("{JOINED}{until}"))
}

/// The heatmap in words.
pub(crate) fn week_in_words(week: &Week) -> String {
    let half = |n: usize| i64::try_from(n).unwrap_or(0) * HALF_HOUR;
    let told: Vec<String> = outstanding(week)
        .into_iter()
        .map(|one| {
            format!("{} {}", weekday(one.weekday), to(&time(half(one.from)), &time(half(one.to))))
        })
        .collect();
    // Of a single week every hour would stand out.
    if told.is_empty() || week.weeks < 2 {
        say::week_none().to_owned()
    } else {
        say::week_most(&list(&told))
    }
}

/// The calendar in words.
pub(crate) fn calendar_in_words(days: &[Day]) -> String {
    let sessions = days.iter().map(|day| usize::from(day.sessions)).sum();
    let was_live = |day: &&Day| day.minutes > 0 || day.sessions > 0;
    let live = days.iter().filter(was_live).count();
    // Imports tell of days on which nobody followed yet.
    let known = days.iter().filter(|day| day.followed || was_live(day)).count();
    let sum = |minutes: fn(&Day) -> u16| -> Span {
        Span::MINUTE * days.iter().map(|day| i64::from(minutes(day))).sum::<i64>()
    };
    let hours = length(sum(|day| day.least), sum(|day| day.most));
    say::calendar_sum(sessions, &say::days_of(known, &number(live)), &hours)
}

/// Whether the middle of a length's bounds tells it well enough.
fn is_close(least: Span, most: Span) -> bool {
    let doubt = most - least;
    doubt <= ROUGH || doubt * ROUGHLY <= least + doubt / 2
}

/// A length by its bounds, where they are far apart: `5 hr 30 min–12 hr`, `up to 12 hr`.
fn length(least: Span, most: Span) -> String {
    if is_close(least, most) {
        span(least + (most - least) / 2)
    } else if least < Span::MINUTE {
        say::up_to(&span(most))
    } else {
        to(&span(least), &span(most))
    }
}

/// `Jul`, under the calendar.
pub(crate) fn month(day: Day, zone: &Zone) -> String {
    moment(Style::Day, wall_ms(day.noon, zone))
}

/// The name of a day to come, and what is to be expected of it: `20:35–21:20, 82%`.
pub(crate) fn day_ahead(day: &DayAhead, first: bool, zone: &Zone) -> (String, String) {
    let wall = wall_ms(day.noon, zone);
    let name = if first {
        say::today().to_owned()
    } else {
        format!("{} {}", moment(Style::Weekday, wall), moment(Style::Day, wall))
    };
    let window = |one: &almanac_engine::view::Likely| {
        format!("{} ({})", to(&clock(one.from, zone), &clock(one.to, zone)), percent(one.percent))
    };
    let windows: Vec<String> = day.windows.iter().map(window).collect();
    let when = if windows.is_empty() { say::no_window().to_owned() } else { list(&windows) };
    (name, when)
}

/// The roadmap's pattern numbers, each with its name.
pub(crate) fn pattern_in_words(pattern: &Pattern) -> Vec<(&'static str, String)> {
    let clock_mean = |mean: Option<f64>| mean.map(minute);
    let mut told = vec![
        (say::usually_starts(), clock_mean(pattern.start.minute)),
        (say::usually_ends(), clock_mean(pattern.end.and_then(|end| end.minute))),
        (say::lasts(), pattern.duration.map(|one| lasts(one, pattern.data_points))),
    ];
    let usual = |usual: &Usual| to(&minute(usual.from), &minute(usual.to));
    let times: Vec<String> = pattern.usual.iter().map(usual).collect();
    told.push((say::usual_times(), Some(list(&times)).filter(|_| !times.is_empty())));
    // From Monday on, as the week is drawn.
    let mut days = pattern.active_days.clone();
    days.sort_by_key(|day| (day + 6) % 7);
    let days: Vec<String> = days.into_iter().map(|day| weekday(usize::from(day))).collect();
    told.push((say::active_days(), Some(list(&days)).filter(|_| !days.is_empty())));
    told.push((say::consistency(), Some(share(pattern.consistency))));
    told.push((say::confidence(), Some(share(pattern.confidence.value))));
    let points = usize::try_from(pattern.data_points).unwrap_or(usize::MAX);
    told.push((say::data_points(), Some(number(points))));
    let dash = || "–".to_owned();
    told.into_iter().map(|(name, value)| (name, value.unwrap_or_else(dash))).collect()
}

/// How long broadcasts last, and what that rests on where it is not all of them.
fn lasts(known: Durations, all: u32) -> String {
    let mean = span(Span::from_minutes(known.mean_minutes));
    if known.count == all {
        return mean;
    }
    let count = |n: u32| number(usize::try_from(n).unwrap_or(usize::MAX));
    say::lasts_of(&mean, &count(known.count), &count(all))
}

/// What the confidence means, and what else the numbers rest on.
pub(crate) fn pattern_rests_on(pattern: &Pattern) -> String {
    let [low, high] = [pattern.confidence.low, pattern.confidence.high].map(share);
    format!("{} {}", say::confidence_why(&low, &high), say::active_why())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
fn share(share: f64) -> String {
    percent((share.clamp(0.0, 1.0) * 100.0).round() as u8)
}

/// What the record of forecasts rests on, and each of its dots in words.
pub(crate) fn held_in_words(held: &Held) -> (String, String) {
    let brier = format!("{:.3}", held.brier);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let forecasts = held.forecasts.round() as usize;
    let rests_on = say::held_rests_on(forecasts, held.platform.name(), &brier);
    let point = |point: &almanac_engine::view::HeldPoint| {
        say::held_point(&share(f64::from(point.said)), &share(f64::from(point.held)))
    };
    let points: Vec<String> = held.points.iter().map(point).collect();
    (rests_on, points.join("; "))
}

/// A session as its row in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) duration: String,
    pub(crate) title: String,
    pub(crate) peak: String,
    pub(crate) gifts: String,
}

/// Tells a session; what is not known well is not told as if it were. `unknown` says that nothing is
/// known of the account at present.
pub(crate) fn session_row(session: &Session, unknown: bool, present: Present<'_>) -> SessionRow {
    let start = told(session.start, present, |at| present.when(at));
    let began = session.start.middle();
    let end = match session.end {
        End::Open { last_seen } if unknown || !counts_as_live(last_seen, present.now) => {
            say::last_seen_on(&present.when(last_seen))
        }
        End::Open { .. } => say::still_on().to_owned(),
        End::Over(end) => {
            let same_day = end.middle() - began < Span::HOUR * 18;
            let at = |at| if same_day { clock(at, present.zone) } else { present.when(at) };
            told(end, present, at)
        }
    };
    let (from, until) = session.told();
    let unsure = session.length().filter(|(least, most)| !is_close(*least, *most));
    let gifts = session.gifts.map(|gifts| {
        let hours = (until - from).hours();
        let count = |n: u64| number(usize::try_from(n).unwrap_or(usize::MAX));
        if hours < 0.1 || unsure.is_some() {
            return count(gifts);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate")]
        #[expect(clippy::cast_precision_loss, reason = "shown as a rate")]
        let rate = (gifts as f64 / hours).round() as u64;
        say::gifts_an_hour(&count(gifts), &count(rate))
    });
    let peak = session.peak_viewers.map(|n| number(usize::try_from(n).unwrap_or(usize::MAX)));
    SessionRow {
        start,
        end,
        duration: unsure.map_or_else(|| span(until - from), |(least, most)| length(least, most)),
        title: session.title.clone().unwrap_or_default(),
        peak: peak.unwrap_or_default(),
        gifts: gifts.unwrap_or_default(),
    }
}

fn told(when: Interval, present: Present<'_>, say_at: impl Fn(Timestamp) -> String) -> String {
    match when.width() {
        width if width <= AS_GOOD_AS_EXACT => say_at(when.middle()),
        width if width <= A_STRETCH => say::give_or_take(&say_at(when.middle()), &span(width / 2)),
        _ => to(&say_at(when.earliest()), &clock(when.latest(), present.zone)),
    }
}

/// What is known of a session's start and end where one moment would not tell it; else nothing.
pub(crate) fn known_in_words(session: &Session, present: Present<'_>) -> String {
    let within = |when: Interval, say: fn(&str, &str) -> String| {
        let near = when.width() < Span::HOUR * 18;
        let until = when.latest();
        let until = if near { clock(until, present.zone) } else { present.when(until) };
        (when.width() > AS_GOOD_AS_EXACT).then(|| say(&present.when(when.earliest()), &until))
    };
    let ended = match session.end {
        End::Over(end) => within(end, say::known_end),
        End::Open { .. } => None,
    };
    let known: Vec<String> =
        within(session.start, say::known_start).into_iter().chain(ended).collect();
    if known.is_empty() { String::new() } else { say::known(&list(&known)) }
}

/// By whose clock the fields of an edit go: that of a zone, or else this device's.
pub(crate) fn clock_of(zone: Option<&str>) -> String {
    zone.map_or_else(|| say::clock_here().to_owned(), say::clock_of)
}

/// Says why an edit cannot be.
pub(crate) fn edit_problem(error: EditError, present: Present<'_>) -> String {
    match error {
        EditError::Backwards => say::backwards().to_owned(),
        EditError::Future => say::future().to_owned(),
        EditError::Overlaps { from, to } => say::overlaps(&present.range(from, to)),
    }
}

/// What speaks against merging two sessions, and what would come of it: this.
pub(crate) fn merge_question(parted: Parted, merged: &Session, present: Present<'_>) -> String {
    let (least, most) = merged.length().unwrap_or_else(|| {
        let (from, to) = merged.told();
        (to - from, to - from)
    });
    let (from, to) = match merged.end {
        End::Over(end) if !is_close(least, most) => (merged.start.earliest(), end.latest()),
        End::Over(_) | End::Open { .. } => merged.told(),
    };
    let pause = parted.pause.map(|pause| say::merge_pause(&span(pause)));
    let offline = parted.offline_at.map(|at| say::merge_offline(&present.when(at)));
    let into = say::merge_into(&length(least, most), &present.range(from, to));
    pause.into_iter().chain(offline).chain([into]).collect::<Vec<_>>().join(" ")
}
