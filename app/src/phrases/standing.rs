//! How one account stands, in two short lines.

use almanac_engine::session::Interval;
use almanac_engine::view::{Likely, Row, Standing};
use almanac_engine::{TroubleKind, Verdict};
use almanac_wire::{Platform, Span, Timestamp, UnknownReason};

use super::times::{Present, clock, span};
use crate::words::{percent, standing as say, times};

/// What a row says: the point, and what else there is to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) point: String,
    /// How many watch what; empty where nobody is live.
    pub(crate) watched: String,
    pub(crate) rest: String,
}

impl Sentence {
    const fn of(point: String, rest: String) -> Self {
        Self { point, watched: String::new(), rest }
    }

    /// All of it in a line.
    pub(crate) fn whole(&self) -> String {
        joined(&[&self.point, &self.watched, &self.rest])
    }
}

/// A moment known to this is told as known.
const AS_GOOD_AS_EXACT: Span = Span::from_ms(10 * Span::MINUTE.ms());
/// A moment known to this is told as “about”; a wider one as the interval that it is.
const ABOUT: Span = Span::HOUR;

/// From so many percent on something is likely.
const LIKELY: u8 = 50;

/// Whoever was seen live longer ago than this is not said to be live still.
pub(crate) const COUNTED_ON: Span = Span::from_ms(15 * Span::MINUTE.ms());

/// Says how an account stands.
pub(crate) fn sentence(row: &Row, present: Present<'_>) -> Sentence {
    let platform = row.account.platform();
    match &row.standing {
        Standing::New => Sentence::of(say::not_checked_yet().to_owned(), first(row, present)),
        Standing::Live { start, title, viewers } => {
            let seen = seen_live(row);
            let (until, next) = (probably_until(row, present), next(row, present));
            let watched = watching(*viewers, title.as_deref());
            match seen.filter(|at| !counts_as_live(*at, present.now)) {
                Some(at) => Sentence {
                    point: say::seen_live(&present.when(at)),
                    watched,
                    rest: joined(&[&until, &next]),
                },
                None => {
                    let seen = seen.map(|at| say::seen(&present.when(at))).unwrap_or_default();
                    let rest = joined(&[&until, &seen, &next]);
                    Sentence { point: live_for(*start, present.now), watched, rest }
                }
            }
        }
        Standing::Offline { last_start, last_end } => {
            let last = last_live(*last_start, *last_end, present);
            match likely(row, present) {
                Some(point) => Sentence::of(point, joined(&[&lowered(&last), &next(row, present)])),
                None => Sentence::of(last, checks(row, present)),
            }
        }
        Standing::NotFound { since } => Sentence::of(
            say::no_such_account().to_owned(),
            say::says_since(platform.name(), &present.when(*since)),
        ),
        Standing::Unknown { kind, since, retry_at, was_live } => Sentence::of(
            if *was_live {
                say::was_live_unknown_since(&present.when(*since))
            } else {
                say::unknown_since(&present.when(*since))
            },
            match kind {
                Some(kind) => retry(*kind, platform, retry_at.or(row.next_check), present),
                None => joined(&[say::not_checked_since(), &next(row, present)]),
            },
        ),
    }
}

fn first(row: &Row, present: Present<'_>) -> String {
    match row.next_check {
        Some(at) if at > present.now => say::first_check(&present.when(at)),
        Some(_) => say::first_check_soon().to_owned(),
        None if row.unserved => say::unserved(row.account.platform().name()),
        None => say::first_check_unplanned().to_owned(),
    }
}

fn live_for(start: Interval, now: Timestamp) -> String {
    let surely = now - start.latest();
    if start.width() > AS_GOOD_AS_EXACT {
        return if surely < Span::MINUTE {
            say::live().to_owned()
        } else {
            say::live_at_least(&span(surely))
        };
    }
    match surely + start.width() / 2 {
        passed if passed < Span::MINUTE => say::live_just_begun().to_owned(),
        passed => say::live_for(&span(passed)),
    }
}

/// Whether whoever was seen live then is said to be live still.
pub(crate) fn counts_as_live(seen: Timestamp, now: Timestamp) -> bool {
    now - seen <= COUNTED_ON
}

/// When it was last seen live.
pub(crate) fn seen_live(row: &Row) -> Option<Timestamp> {
    let live = row.ticks.iter().rev().find(|tick| tick.verdict == Verdict::Live);
    live.map(|tick| tick.at).or(row.checked_at)
}

fn watching(viewers: Option<u32>, title: Option<&str>) -> String {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    let viewers = viewers.map(|n| say::watching(usize::try_from(n).unwrap_or(usize::MAX)));
    joined(&[&viewers.unwrap_or_default(), &title.map(say::title).unwrap_or_default()])
}

/// `Last live 18:05–20:40`; what is not known well is not told as if it were.
fn last_live(start: Option<Interval>, end: Option<Interval>, present: Present<'_>) -> String {
    let Some(start) = start else { return say::nothing_seen().to_owned() };
    let Some(end) = end else { return say::last_live_from(&present.when(start.latest())) };
    if start.width() > ABOUT {
        return say::last_live_within(&present.range(start.earliest(), end.latest()));
    }
    let began = middle(start);
    let last = if start.width() > AS_GOOD_AS_EXACT { say::last_live_about } else { say::last_live };
    if end.width() > ABOUT {
        let (from, to) = (end.earliest().max(start.latest()), end.latest());
        let ended = if to - began < Span::HOUR * 18 {
            times::range(&clock(from, present.zone), &clock(to, present.zone))
        } else {
            present.range(from, to)
        };
        return say::ended_within(&last(&present.when(began)), &ended);
    }
    let ended = middle(end).max(began);
    if end.width() > AS_GOOD_AS_EXACT {
        let until = clock(ended, present.zone);
        return say::ended_about(&last(&present.when(began)), &until);
    }
    last(&present.range(began, ended))
}

fn middle(interval: Interval) -> Timestamp {
    interval.earliest() + interval.width() / 2
}

/// Whether what a row says begins with when it is likely to be live.
pub(crate) fn tells_likely(row: &Row, now: Timestamp) -> bool {
    matches!(row.standing, Standing::Offline { .. }) && told_window(row, now).is_some()
}

fn told_window(row: &Row, now: Timestamp) -> Option<Likely> {
    row.expected.as_ref()?.window_at(now).filter(Likely::is_worth_telling)
}

/// `Likely 19:40–20:30, 82%`, where it is likely enough to be told.
fn likely(row: &Row, present: Present<'_>) -> Option<String> {
    let window = told_window(row, present.now)?;
    let percent = percent(window.percent);
    let (range, until) = (present.range(window.from, window.to), present.when(window.to));
    // What comes true less than every other time is not called likely.
    Some(match (window.from > present.now, window.percent >= LIKELY) {
        (true, true) => say::likely(&range, &percent),
        (true, false) => say::perhaps(&range, &percent),
        (false, true) => say::likely_until(&until, &percent),
        (false, false) => say::perhaps_until(&until, &percent),
    })
}

/// `probably until 22:30`.
fn probably_until(row: &Row, present: Present<'_>) -> String {
    let end = row.expected.as_ref().and_then(|expected| expected.likely_end);
    match end.filter(|at| *at > present.now) {
        Some(at) => say::probably_until(&present.when(at)),
        None => String::new(),
    }
}

fn checks(row: &Row, present: Present<'_>) -> String {
    let checked = row.checked_at.map(|at| say::checked(&present.when(at)));
    joined(&[&checked.unwrap_or_default(), &next(row, present)])
}

fn next(row: &Row, present: Present<'_>) -> String {
    match row.next_check {
        Some(at) if at > present.now => say::next_check(&present.when(at)),
        Some(_) => say::next_check_soon().to_owned(),
        None => String::new(),
    }
}

/// What there is of it, between dots.
fn joined(parts: &[&str]) -> String {
    let told: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    told.join(" · ")
}

/// In the middle of a line.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn retry(
    kind: TroubleKind,
    platform: Platform,
    at: Option<Timestamp>,
    present: Present<'_>,
) -> String {
    let again = match at {
        Some(at) if at > present.now => say::retry(&present.when(at)),
        Some(_) => say::retry_soon().to_owned(),
        None => String::new(),
    };
    joined(&[&met(kind, platform), &again])
}

/// What came back instead of an answer.
pub(super) fn met(kind: TroubleKind, platform: Platform) -> String {
    let name = platform.name();
    match kind {
        TroubleKind::NotFound => say::met_not_found(name),
        TroubleKind::Unknown(reason) => match reason {
            UnknownReason::Blocked => say::met_blocked().to_owned(),
            UnknownReason::RateLimited => say::met_rate_limited().to_owned(),
            UnknownReason::Restricted => say::met_restricted().to_owned(),
            UnknownReason::UpstreamFailed => say::met_upstream_failed(name),
            UnknownReason::Timeout => say::met_timeout().to_owned(),
            UnknownReason::Unreachable => say::met_unreachable().to_owned(),
            UnknownReason::BadAnswer => say::met_bad_answer().to_owned(),
            UnknownReason::OverBudget => say::met_over_budget().to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::view::{Expected, Tick};

    use super::super::times::tests::{NOW, PRESENT, ago};
    use super::*;

    fn row(standing: Standing, next: Option<Timestamp>, checked_at: Option<Timestamp>) -> Row {
        Row {
            account: "tiktok:mira.codes".parse().unwrap(),
            standing,
            next_check: next,
            unserved: false,
            why: None,
            expected: None,
            checked_at,
            bars: Vec::new(),
            ticks: Vec::new(),
            tags: Vec::new(),
            paused: false,
            recent: 0,
        }
    }

    fn told(standing: Standing, next: Option<Timestamp>) -> (String, String) {
        let row = row(standing, next, Some(ago(12)));
        let Sentence { point, rest, .. } = sentence(&row, PRESENT);
        (point, rest)
    }

    fn point(standing: Standing) -> String {
        told(standing, None).0
    }

    fn offline(start: (i64, i64), end: (i64, i64)) -> String {
        point(Standing::Offline {
            last_start: Some(Interval::between(ago(start.0), ago(start.1))),
            last_end: Some(Interval::between(ago(end.0), ago(end.1))),
        })
    }

    #[test]
    fn live_says_for_how_long() {
        let live = |from, to| {
            let start = Interval::between(ago(from), ago(to));
            point(Standing::Live { start, title: None, viewers: None })
        };
        assert_eq!(live(48, 48), "Live 48 min");
        assert_eq!(live(0, 0), "Live, just begun");
        assert_eq!(live(200, 151), "Live at least 2 hr 31 min");
        assert_eq!(live(200, 0), "Live");
        let start = Interval::exact(ago(48));
        let full = Standing::Live { start, title: Some("night ".into()), viewers: Some(1312) };
        let said = sentence(&row(full, None, Some(ago(12))), PRESENT);
        assert_eq!(
            (said.watched.as_str(), said.rest.as_str()),
            ("1,312 watching · “night”", "seen 20:12")
        );
        assert_eq!(said.whole(), "Live 48 min · 1,312 watching · “night” · seen 20:12");
    }

    #[test]
    fn who_was_last_seen_long_ago_is_not_said_to_be_live_still() {
        let live = |seen| {
            let standing =
                Standing::Live { start: Interval::exact(ago(70)), title: None, viewers: None };
            let mut row = row(standing, Some(ago(-7)), Some(ago(seen)));
            row.ticks = vec![
                Tick { at: ago(seen), verdict: Verdict::Live },
                Tick { at: ago(1), verdict: Verdict::Unknown },
            ];
            let Sentence { point, rest, .. } = sentence(&row, PRESENT);
            (point, rest)
        };
        let next = "next check 20:31";
        assert_eq!(live(12), ("Live 1 hr 10 min".into(), format!("seen 20:12 · {next}")));
        assert_eq!(live(16), ("Seen live 20:08".into(), next.into()));
    }

    #[test]
    fn a_past_broadcast_is_told_as_well_as_it_is_known() {
        assert_eq!(offline((139, 139), (24, 20)), "Last live 18:05–20:02");
        assert_eq!(offline((139, 139), (50, 20)), "Last live 18:05 to about 19:49");
        assert_eq!(offline((139, 139), (120, 20)), "Last live 18:05, ended 18:24–20:04");
        assert_eq!(offline((1600, 1600), (1500, 1400)), "Last live Sat 17:44, ended 19:24–21:04");
        assert_eq!(offline((500, 139), (120, 20)), "Last live within 12:04–20:04");
        assert_eq!(offline((169, 139), (24, 20)), "Last live about 17:50–20:02");
        assert_eq!(offline((1440, 1440), (1300, 1300)), "Last live Sat 20:24–22:44");
        assert_eq!(
            point(Standing::Offline { last_start: None, last_end: None }),
            "No broadcast seen yet"
        );
    }

    #[test]
    fn checks_made_and_planned() {
        let offline = Standing::Offline { last_start: None, last_end: None };
        assert_eq!(told(offline.clone(), Some(ago(-7))).1, "checked 20:12 · next check 20:31");
        assert_eq!(told(offline.clone(), Some(NOW)).1, "checked 20:12 · next check soon");
        assert_eq!(told(offline, None).1, "checked 20:12");
        assert_eq!(told(Standing::New, Some(ago(-7))).1, "first check 20:31");
        assert_eq!(told(Standing::New, None).1, "first check not planned yet");
        let unserved = Row { unserved: true, ..row(Standing::New, None, None) };
        assert_eq!(sentence(&unserved, PRESENT).rest, "this proxy does not serve TikTok");
    }

    #[test]
    fn what_is_likely_comes_first() {
        let told = |standing, window: Option<(i64, i64, u8)>, until: Option<i64>| {
            let row = Row {
                account: "tiktok:mira.codes".parse().unwrap(),
                standing,
                next_check: Some(ago(-7)),
                unserved: false,
                why: None,
                expected: Some(Expected {
                    within_day: 90,
                    window: window.map(|(from, to, percent)| Likely {
                        from: ago(from),
                        to: ago(to),
                        percent,
                    }),
                    likely_end: until.map(ago),
                    ahead: Vec::new(),
                }),
                checked_at: Some(ago(12)),
                bars: Vec::new(),
                ticks: Vec::new(),
                tags: Vec::new(),
                paused: false,
                recent: 0,
            };
            let Sentence { point, rest, .. } = sentence(&row, PRESENT);
            (point, rest)
        };
        let offline = Standing::Offline {
            last_start: Some(Interval::exact(ago(1440))),
            last_end: Some(Interval::exact(ago(1300))),
        };
        let last = "last live Sat 20:24–22:44 · next check 20:31";
        assert_eq!(
            told(offline.clone(), Some((-36, -86, 82)), None),
            ("Likely 21:00–21:50, 82%".into(), last.into())
        );
        assert_eq!(
            told(offline.clone(), Some((4, -86, 82)), None),
            ("Likely until 21:50, 82%".into(), last.into())
        );
        let point = |from, percent| told(offline.clone(), Some((from, -86, percent)), None).0;
        assert_eq!(point(-36, 50), "Likely 21:00–21:50, 50%");
        assert_eq!(point(-36, 49), "Perhaps 21:00–21:50, 49%");
        assert_eq!(point(4, 28), "Perhaps until 21:50, 28%");
        assert_eq!(
            told(offline.clone(), Some((-36, -86, 20)), None).0,
            "Last live Sat 20:24–22:44"
        );
        // What is over is not to be expected.
        assert_eq!(told(offline, Some((60, 0, 82)), None).0, "Last live Sat 20:24–22:44");
        let start = Interval::exact(ago(48));
        let live = Standing::Live { start, title: None, viewers: Some(12) };
        assert_eq!(
            told(live, None, Some(-90)).1,
            "probably until about 21:54 · seen 20:12 · next check 20:31"
        );
    }

    #[test]
    fn trouble_says_what_since_when_and_when_again() {
        let unknown = |kind, was_live| {
            told(
                Standing::Unknown {
                    kind: Some(kind),
                    since: ago(142),
                    retry_at: Some(ago(-46)),
                    was_live,
                },
                None,
            )
        };
        assert_eq!(
            unknown(TroubleKind::Unknown(UnknownReason::Blocked), false),
            ("Unknown since 18:02".into(), "block page · retry 21:10".into())
        );
        assert_eq!(
            unknown(TroubleKind::NotFound, true),
            (
                "Was live, unknown since 18:02".into(),
                "TikTok finds no such account · retry 21:10".into()
            )
        );
        let long_ago =
            Standing::Unknown { kind: None, since: ago(540), retry_at: None, was_live: true };
        assert_eq!(
            told(long_ago, Some(ago(-7))),
            ("Was live, unknown since 11:24".into(), "not checked since · next check 20:31".into())
        );
        assert_eq!(
            told(Standing::NotFound { since: ago(142) }, None),
            ("No such account".into(), "says TikTok since 18:02".into())
        );
    }
}
