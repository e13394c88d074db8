//! What the monitor shows of one account on the account's own screen.

use std::cmp::Reverse;

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::Monitor;
use super::book::Entry;
use super::expecting::percent;
use crate::forecast::Reliability;
use crate::pattern::{Period, WINDOW, analyze};
use crate::session::Session;
use crate::view::{
    AHEAD_DAYS, AccountView, CALENDAR_DAYS, Day, DayAhead, HALF_HOURS, Held, HeldPoint, Likely,
    Week,
};
use crate::wishes::Wishes;
use crate::zone::Zone;

/// The week is that of so many weeks.
const WEEKS: Span = Span::from_ms(8 * 7 * Span::DAY.ms());
/// Sessions are counted in pieces of this length, on the local clock.
const PIECE: Span = Span::from_ms(15 * Span::MINUTE.ms());
/// No session counts for longer.
const LONGEST: Span = Span::from_ms(48 * Span::HOUR.ms());

impl Monitor {
    /// What a person wants for an account; `None` when it is not followed.
    #[must_use]
    pub fn wishes(&self, account: &AccountId) -> Option<&Wishes> {
        self.entries.get(account).map(|entry| &entry.track.wishes)
    }

    /// What an account's own screen shows; `None` when it is not followed.
    ///
    /// `history` are its sessions as they are stored, in any order; the monitor's own, which are
    /// newer, replace them. The latest `listed` are told one by one. Days and hours are `zone`'s.
    #[must_use]
    pub fn account_view(
        &self,
        account: &AccountId,
        history: Vec<Session>,
        listed: usize,
        zone: &Zone,
    ) -> Option<AccountView> {
        let entry = self.entries.get(account)?;
        let history = brought_up_to_date(history, entry);
        let now = self.now;
        let since = history.iter().map(|session| session.start.earliest()).min();
        let since = since.map_or(entry.track.added_at, |first| first.min(entry.track.added_at));
        let (week, calendar) = counted(&history, zone, since, now);
        let period = Period { from: since.max(now - WINDOW), now, unwatched: &[] };
        Some(AccountView {
            account: account.clone(),
            added_at: entry.track.added_at,
            wishes: entry.track.wishes.clone(),
            zone: zone.clone(),
            zone_unknown: false,
            week,
            calendar,
            pattern: analyze(&history, zone, &period),
            ahead: self.days_ahead(account, entry, zone),
            held: self.held(account.platform()),
            total: history.len(),
            earlier: history.iter().skip(listed).map(Session::certain).collect(),
            sessions: history.into_iter().take(listed).collect(),
        })
    }

    fn held(&self, platform: Platform) -> Option<Held> {
        held(platform, self.day_forecasts(platform)?.reliability())
    }

    /// The coming days; none while too little is known to tell anybody.
    fn days_ahead(&self, account: &AccountId, entry: &Entry, zone: &Zone) -> Vec<DayAhead> {
        let now = self.now;
        if self.expected(account, entry).is_none() {
            return Vec::new();
        }
        let Some(week) = self.week_ahead(account, entry, now) else { return Vec::new() };
        let windows = week.windows();
        let mut days: Vec<(i64, [f64; HALF_HOURS])> =
            (0..AHEAD_DAYS).map(|n| (day_number(now, zone) + n, [0.0; HALF_HOURS])).collect();
        for (at, starts) in week.steps() {
            let (day, half_hour) = place(at, zone);
            if let Some((_, shape)) = days.iter_mut().find(|(number, _)| *number == day) {
                shape[half_hour] += starts;
            }
        }
        let highest = days.iter().flat_map(|(_, shape)| shape).fold(0.0_f64, |a, b| a.max(*b));
        let height = |starts: &f64| {
            if highest > 0.0 { percent(starts / highest) } else { 0 }
        };
        let told = |(day, (number, shape)): (usize, (i64, [f64; HALF_HOURS]))| DayAhead {
            noon: noon(number, zone),
            percent: percent(week.at_least_one(day, shape.iter().sum())),
            shape: shape.iter().map(height).collect(),
            windows: windows
                .iter()
                .filter(|window| day_number(window.from, zone) == number)
                .map(|window| Likely {
                    from: window.from,
                    to: window.to,
                    percent: percent(window.probability),
                })
                .collect(),
        };
        days.into_iter().enumerate().map(told).collect()
    }
}

/// The latest first, with what the monitor knows better than the store.
fn brought_up_to_date(mut history: Vec<Session>, entry: &Entry) -> Vec<Session> {
    for newer in entry.sessions.iter().chain(entry.track.latest_shown()) {
        match history.iter_mut().find(|known| known.recorded_at == newer.recorded_at) {
            Some(known) => *known = newer.clone(),
            None => history.push(newer.clone()),
        }
    }
    history.sort_by_key(|session| Reverse((session.start, session.recorded_at)));
    history
}

/// Days since 1970-01-01 on the local calendar.
fn day_number(at: Timestamp, zone: &Zone) -> i64 {
    (at + zone.offset_at(at)).ms().div_euclid(Span::DAY.ms())
}

/// The noon of a local day.
fn noon(number: i64, zone: &Zone) -> Timestamp {
    let local = Timestamp::from_ms(number * Span::DAY.ms() + Span::HOUR.ms() * 12);
    local - zone.offset_at(local)
}

/// The local day of a moment, and the half hour of that.
fn place(at: Timestamp, zone: &Zone) -> (i64, usize) {
    let local = (at + zone.offset_at(at)).ms();
    let half_hour = local.rem_euclid(Span::DAY.ms()) / (Span::HOUR.ms() / 2);
    (local.div_euclid(Span::DAY.ms()), usize::try_from(half_hour).unwrap_or(0).min(HALF_HOURS - 1))
}

/// When it was live, by the half hours of the week and by the days of the calendar.
fn counted(history: &[Session], zone: &Zone, since: Timestamp, now: Timestamp) -> (Week, Vec<Day>) {
    let today = day_number(now, zone);
    let first = today - CALENDAR_DAYS + 1;
    let since_day = day_number(since, zone);
    let mut calendar: Vec<Day> = (first..=today)
        .map(|number| Day {
            noon: noon(number, zone),
            minutes: 0,
            least: 0,
            most: 0,
            sessions: 0,
            followed: number >= since_day,
        })
        .collect();
    let weeks_from = since.max(now - WEEKS);
    let weeks = ((now - weeks_from).days() / 7.0).max(1.0);
    let mut live = vec![0.0_f64; 7 * HALF_HOURS];
    for session in history {
        let (from, to) = known(session, now);
        let day_of = |number: i64| usize::try_from(number - first).ok();
        if let Some(day) = day_of(day_number(from, zone)).and_then(|day| calendar.get_mut(day)) {
            day.sessions = day.sessions.saturating_add(1);
            let (least, most) = bounds(session, now);
            day.least = day.least.saturating_add(rounded(least.minutes()));
            day.most = day.most.saturating_add(rounded(most.minutes()));
        }
        if noon(first, zone) - Span::DAY > to {
            continue;
        }
        let mut at = Timestamp::from_ms(from.ms().div_euclid(PIECE.ms()) * PIECE.ms());
        while at < to {
            let minutes = (to.min(at + PIECE) - from.max(at)).minutes();
            let (number, half_hour) = place(at, zone);
            if let Some(day) = day_of(number).and_then(|day| calendar.get_mut(day)) {
                day.minutes = day.minutes.saturating_add(rounded(minutes));
            }
            if at >= weeks_from {
                // The first day of 1970 was a Thursday.
                let weekday = usize::try_from((number + 4).rem_euclid(7)).unwrap_or(0);
                live[weekday * HALF_HOURS + half_hour] += minutes;
            }
            at += PIECE;
        }
    }
    let live = live.into_iter().map(|minutes| percent(minutes / (30.0 * weeks))).collect();
    (Week { live, weeks: u8::try_from(rounded(weeks)).unwrap_or(u8::MAX) }, calendar)
}

/// From when until when a session was on, as far as is known.
fn known(session: &Session, now: Timestamp) -> (Timestamp, Timestamp) {
    let (from, until) = session.told();
    (from, until.min(now).min(from + LONGEST).max(from))
}

/// How long a session has been on, at least and at most.
fn bounds(session: &Session, now: Timestamp) -> (Span, Span) {
    session.length().unwrap_or_else(|| {
        let (from, until) = session.certain();
        let most = (now - session.start.earliest()).min(LONGEST);
        (until - from, most.max(until - from))
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts saturate")]
fn rounded(minutes: f64) -> u16 {
    minutes.round() as u16
}

#[expect(clippy::cast_possible_truncation, reason = "shown to three digits at most")]
fn held(platform: Platform, record: &Reliability) -> Option<Held> {
    let brier = record.brier()?;
    let points = record.bins().iter().filter(|bin| bin.forecasts >= 0.5).map(|bin| HeldPoint {
        said: bin.said / bin.forecasts,
        held: bin.held / bin.forecasts,
        forecasts: bin.forecasts,
    });
    Some(Held {
        platform,
        forecasts: record.forecasts() as f32,
        brier: brier as f32,
        skill: record.skill().map(|skill| skill as f32),
        points: points.collect(),
    })
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::session::{End, Interval, KnownBy};

    /// Hours after the midnight that begins Thursday 2 July 2026, UTC.
    fn hour(hours: i64) -> Timestamp {
        Timestamp::from_s(1_782_950_400) + Span::HOUR * hours
    }

    fn session(from: i64, to: i64) -> Session {
        Session {
            account: "demo:mira".parse().unwrap(),
            recorded_at: hour(from),
            start: Interval::exact(hour(from)),
            end: End::Over(Interval::exact(hour(to))),
            known_by: KnownBy::Seen,
            room_id: None,
            started_at: None,
            title: None,
            peak_viewers: None,
            gifts: None,
        }
    }

    #[test]
    fn an_end_within_a_day_counts_no_hours_that_nobody_saw() {
        let mut guessed = session(22, 25);
        guessed.end = End::Over(Interval::between(hour(23), hour(48)));
        let (_, days) = counted(&[guessed], &Zone::UTC, hour(0), hour(3 * 24));
        let minutes: u32 = days.iter().map(|day| u32::from(day.minutes)).sum();
        assert_eq!(minutes, 60);
        let bounds: Vec<_> = days.iter().map(|day| (day.least, day.most)).collect();
        assert_eq!(bounds.iter().filter(|one| **one != (0, 0)).collect::<Vec<_>>(), [&(60, 1560)]);
    }

    #[test]
    fn what_is_on_may_have_been_on_until_now() {
        let mut on = session(22, 25);
        on.end = End::Open { last_seen: hour(23) };
        assert_eq!(bounds(&on, hour(25)), (Span::HOUR, Span::HOUR * 3));
        assert_eq!(bounds(&on, hour(200)), (Span::HOUR, LONGEST));
        assert_eq!(bounds(&session(22, 25), hour(200)), (Span::HOUR * 3, Span::HOUR * 3));
    }

    #[test]
    fn hours_live_fall_on_their_half_hours_and_days() {
        // Thursday 22:00 to Friday 01:00, in each of two weeks.
        let history = [session(22, 25), session(22 + 7 * 24, 25 + 7 * 24)];
        let (week, days) = counted(&history, &Zone::UTC, hour(0), hour(14 * 24));
        assert_eq!((week.weeks, week.live.len()), (2, 336));
        let at = |weekday: usize, half: usize| week.live[weekday * HALF_HOURS + half];
        assert_eq!(
            [at(4, 43), at(4, 44), at(4, 47), at(5, 0), at(5, 1), at(5, 2)],
            [0, 100, 100, 100, 100, 0]
        );
        let told = |back: usize| {
            let day = days[days.len() - 1 - back];
            (day.minutes, day.sessions, day.followed)
        };
        assert_eq!(days.len(), 91);
        assert_eq!(
            [told(14), told(13), told(12), told(15)],
            [(120, 1, true), (60, 0, true), (0, 0, true), (0, 0, false)]
        );
    }

    #[test]
    fn the_zone_says_which_day_it_is() {
        let zone = Zone::fixed(Span::HOUR * 3);
        let (week, days) = counted(&[session(22, 25)], &zone, hour(0), hour(26));
        // 01:00 to 04:00 on Friday.
        assert_eq!(week.live[5 * HALF_HOURS + 2], 100);
        assert_eq!(week.live[4 * HALF_HOURS + 44], 0);
        let today = days.last().unwrap();
        assert_eq!((today.minutes, today.noon), (180, hour(33)));
    }

    #[test]
    fn what_came_of_forecasts_is_told_by_what_they_said() {
        assert_eq!(held(Platform::Demo, &Reliability::default()), None);
        let mut record = Reliability::default();
        for n in 0..100 {
            record.note(0.75, f64::from(u8::from(n % 4 != 0)));
        }
        let held = held(Platform::Demo, &record).unwrap();
        let [point] = held.points[..] else { panic!("{held:?}") };
        assert!((point.said - 0.75).abs() < 1e-3 && (point.held - 0.75).abs() < 0.01, "{point:?}");
        assert!((held.brier - 0.1875).abs() < 0.01, "{held:?}");
    }
}
