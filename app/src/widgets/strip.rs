//! The geometry of a day strip: where things lie between its two edges, in hundredths of a per
//! cent, as whole numbers: finer than a pixel, and writing fractions costs a visitor 4 kB.

use std::fmt::Write;

use almanac_engine::Verdict;
use almanac_engine::view::{Bar, Row, STRIP_AHEAD, STRIP_PAST, Standing};
use almanac_engine::zone::Zone;
use almanac_wire::{Span, Timestamp};

use crate::phrases::COUNTED_ON;

/// Where now is on every strip.
pub(crate) const NOW: i64 = 7500;
/// The right edge.
pub(crate) const WHOLE: i64 = 10_000;
/// Height of the band that bars stand in; checks are below it.
pub(crate) const BAND: u32 = 26;
/// Height of a strip.
pub(crate) const HEIGHT: u32 = 34;
/// A bar is never narrower than this: a short broadcast must not vanish.
const NARROWEST: i64 = 40;
/// How high, in hundredths, each percent of a hill stands.
const HILL: i64 = 14;
/// An hour's label as near to that of now would run into it.
const CROWDED: i64 = 600;
/// And as near as this on a narrow screen.
const NEAR: i64 = 1100;
/// Hours between the marks.
const MARK_HOURS: u32 = 6;

/// The stretch of time that a strip shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    now: Timestamp,
}

impl Window {
    /// Around a moment, which is rounded down to a minute: less than a pixel, and strips stand
    /// still between.
    pub(crate) const fn around(now: Timestamp) -> Self {
        let minute = Span::MINUTE.ms();
        Self { now: Timestamp::from_ms(now.ms().div_euclid(minute) * minute) }
    }

    fn from(self) -> Timestamp {
        self.now - STRIP_PAST
    }

    fn to(self) -> Timestamp {
        self.now + STRIP_AHEAD
    }

    fn x(self, at: Timestamp) -> i64 {
        let whole = (self.to() - self.from()).ms();
        (at - self.from()).ms().saturating_mul(WHOLE) / whole
    }

    fn shows(self, at: Timestamp) -> bool {
        self.from() <= at && at <= self.to()
    }
}

/// What a piece of a bar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A broadcast that is over was certainly on.
    Past,
    /// It may have been on.
    MaybePast,
    /// A broadcast that is on.
    Live,
    /// It may be on.
    MaybeLive,
}

impl Kind {
    /// The name its style goes by.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::MaybePast => "past maybe",
            Self::Live => "live",
            Self::MaybeLive => "live maybe",
        }
    }
}

/// A piece of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) x: i64,
    pub(crate) width: i64,
    pub(crate) kind: Kind,
}

/// Everything that one account's strip shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Strip {
    /// The broadcasts.
    pub(crate) pieces: Vec<Piece>,
    /// Checks that were answered, as a path.
    pub(crate) answered: String,
    /// Checks that were not.
    pub(crate) unanswered: String,
    /// The next check.
    pub(crate) next: Option<i64>,
    /// How likely it is to be live, as the outline of a hill over the time ahead; empty where
    /// nothing can be said.
    pub(crate) ahead: String,
}

impl Strip {
    /// The broadcasts and the next check as SVG. Nothing but numbers goes into it.
    pub(crate) fn markup(&self) -> String {
        let mut markup = String::new();
        for Piece { x, width, kind } in &self.pieces {
            let (class, x, width) = (kind.class(), percent(*x), percent(*width));
            let _ = write!(
                markup,
                "<rect class=\"{class}\" x=\"{x}\" width=\"{width}\" y=\"12\" height=\"14\"/>"
            );
        }
        if let Some(x) = self.next {
            let _ = write!(
                markup,
                "<circle class=\"next\" cx=\"{}\" cy=\"31\" r=\"2.4\"/>",
                percent(x)
            );
        }
        markup
    }
}

/// The outline of a hill, in the units of the whole strip: a step for each probability in percent.
fn hill(ahead: &[u8]) -> String {
    let Some(steps) = i64::try_from(ahead.len()).ok().filter(|steps| *steps > 0) else {
        return String::new();
    };
    let base = i64::from(BAND);
    let mut path = format!("M{NOW} {base}");
    for (percent, place) in ahead.iter().zip(0..) {
        // In hundredths, so that it stays whole; what is certain is as high as a bar.
        let top = base * 100 - i64::from(*percent) * HILL;
        let (left, right) = (place, place + 1);
        let at = |step: i64| NOW + (WHOLE - NOW) * step / steps;
        let _ = write!(path, "L{} {}.{:02}H{}", at(left), top / 100, top % 100, at(right));
    }
    let _ = write!(path, "V{base}Z");
    path
}

/// As SVG and CSS write it.
pub(crate) fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Draws up the strip of one account.
pub(crate) fn strip(row: &Row, window: Window) -> Strip {
    let mut strip = Strip::default();
    for bar in &row.bars {
        for (from, to, kind) in parts(bar, &row.standing, window.now) {
            strip.pieces.extend(piece(from, to, kind, window));
        }
    }
    for tick in row.ticks.iter().filter(|tick| window.shows(tick.at)) {
        let x = window.x(tick.at);
        // Writing to a string cannot fail.
        let _ = match tick.verdict {
            Verdict::Offline | Verdict::Live | Verdict::NotFound => {
                write!(strip.answered, "M{x} 29v4.5")
            }
            // In two dots, so that colour is not all that sets it apart.
            Verdict::Unknown => write!(strip.unanswered, "M{x} 28.5v2m0 1.5v2"),
        };
    }
    if !matches!(row.standing, Standing::Unknown { .. } | Standing::NotFound { .. }) {
        strip.ahead = hill(row.expected.as_ref().map_or(&[], |expected| &expected.ahead));
    }
    strip.next = row
        .next_check
        .map(|at| at.max(window.now))
        .filter(|at| window.shows(*at))
        .map(|at| window.x(at));
    strip
}

/// A bar as stretches of one kind each; what is not certain stands at either end.
fn parts(bar: &Bar, standing: &Standing, now: Timestamp) -> [(Timestamp, Timestamp, Kind); 3] {
    let begun = bar.start.latest();
    let seen = bar.sure_until.max(begun);
    let (sure, unsure) = match bar.over_by {
        Some(_) => (Kind::Past, Kind::MaybePast),
        None => (Kind::Live, Kind::MaybeLive),
    };
    // For a while after a check a broadcast counts as on; then, or with no answer, it may be.
    let (sure_until, over_by) = match (bar.over_by, standing) {
        (Some(over_by), _) => (seen, over_by),
        (None, Standing::Live { .. }) => (seen.max(now.min(seen + COUNTED_ON)), now),
        (
            None,
            Standing::New
            | Standing::Offline { .. }
            | Standing::NotFound { .. }
            | Standing::Unknown { .. },
        ) => (seen, now),
    };
    [
        (bar.start.earliest(), begun, unsure),
        (begun, sure_until, sure),
        (sure_until, over_by, unsure),
    ]
}

fn piece(from: Timestamp, to: Timestamp, kind: Kind, window: Window) -> Option<Piece> {
    let (left, right) = (window.x(from).clamp(0, NOW), window.x(to).clamp(0, NOW));
    let certain = matches!(kind, Kind::Past | Kind::Live);
    if to < window.from() || from > window.now || (to <= from && !certain) {
        return None;
    }
    let width = if certain { (right - left).max(NARROWEST) } else { right - left };
    (width > 0).then_some(Piece { x: left.min(WHOLE - width), width, kind })
}

/// A whole hour on the axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) x: i64,
    /// `06`.
    pub(crate) label: String,
    /// Whether it is too near to now to be read.
    pub(crate) crowded: bool,
    /// Whether it is on a narrow screen.
    pub(crate) near: bool,
}

/// The whole hours that a strip shows.
pub(crate) fn marks(window: Window, zone: &Zone) -> Vec<Mark> {
    let mark = |(at, hour)| {
        let x = window.x(at);
        let away = (x - NOW).abs();
        Mark { x, label: format!("{hour:02}"), crowded: away < CROWDED, near: away < NEAR }
    };
    zone.hour_marks(window.from(), window.to(), MARK_HOURS).into_iter().map(mark).collect()
}

/// The labels of the hours, and the time now, as SVG: it says where things are without styles, which
/// the page's security policy keeps out of markup. Nothing but digits goes into it.
pub(crate) fn labels(marks: &[Mark], clock: &str) -> String {
    let mut markup = String::new();
    for mark in marks.iter().filter(|mark| !mark.crowded) {
        let class = if mark.near { " class=\"near\"" } else { "" };
        let (left, label) = (percent(mark.x), &mark.label);
        let _ = write!(markup, "<text{class} x=\"{left}\" y=\"12\">{label}</text>");
    }
    let _ = write!(markup, "<text class=\"now\" x=\"{}\" y=\"12\">{clock}</text>", percent(NOW));
    markup
}

/// Lines through the band at the whole hours, as a path.
pub(crate) fn grid(marks: &[Mark]) -> String {
    let mut path = String::new();
    for mark in marks {
        let _ = write!(path, "M{} 0V{BAND}", mark.x);
    }
    path
}

#[cfg(test)]
mod tests {
    use almanac_engine::session::Interval;
    use almanac_engine::view::Tick;

    use super::*;

    /// 20:24:30 UTC.
    const NOON_ISH: Timestamp = Timestamp::from_s(1_772_396_670);

    fn at(hours: f64) -> Timestamp {
        #[expect(clippy::cast_possible_truncation, reason = "a few hours")]
        let ms = (hours * 3_600_000.0) as i64;
        Window::around(NOON_ISH).now + Span::from_ms(ms)
    }

    fn row(standing: Standing, bars: Vec<Bar>) -> Row {
        Row {
            account: "tiktok:mira".parse().unwrap(),
            standing,
            next_check: None,
            unserved: false,
            why: None,
            expected: None,
            checked_at: None,
            bars,
            ticks: Vec::new(),
            tags: Vec::new(),
            paused: false,
            recent: 0,
        }
    }

    fn pieces(standing: Standing, bar: Bar) -> Vec<(i64, i64, Kind)> {
        let strip = strip(&row(standing, vec![bar]), Window::around(NOON_ISH));
        let whole = |x: i64| (x + 50) / 100;
        strip.pieces.iter().map(|one| (whole(one.x), whole(one.width), one.kind)).collect()
    }

    fn offline() -> Standing {
        Standing::Offline { last_start: None, last_end: None }
    }

    #[test]
    fn now_is_always_at_the_same_place() {
        let window = Window::around(NOON_ISH);
        assert_eq!((window.x(at(0.0)), window.x(at(-18.0)), window.x(at(6.0))), (NOW, 0, WHOLE));
        assert_eq!(window, Window::around(NOON_ISH - Span::from_s(29)));
    }

    #[test]
    fn a_past_broadcast_is_certain_in_the_middle() {
        let bar = Bar {
            start: Interval::between(at(-12.0), at(-9.6)),
            sure_until: at(-7.2),
            over_by: Some(at(-4.8)),
        };
        assert_eq!(
            pieces(offline(), bar),
            [(25, 10, Kind::MaybePast), (35, 10, Kind::Past), (45, 10, Kind::MaybePast)]
        );
    }

    #[test]
    fn a_live_one_reaches_now_and_is_uncertain_when_nobody_has_looked_lately() {
        let seen =
            |hours| Bar { start: Interval::exact(at(-2.4)), sure_until: at(hours), over_by: None };
        let bar = seen(-1.2);
        let live = Standing::Live { start: Interval::exact(at(-2.4)), title: None, viewers: None };
        assert_eq!(pieces(live.clone(), seen(-0.2)), [(65, 10, Kind::Live)]);
        assert_eq!(pieces(live, seen(-1.45)), [(65, 5, Kind::Live), (70, 5, Kind::MaybeLive)]);
        let unknown = Standing::Unknown {
            kind: Some(almanac_engine::TroubleKind::NotFound),
            since: at(-0.5),
            retry_at: None,
            was_live: true,
        };
        assert_eq!(pieces(unknown, bar), [(65, 5, Kind::Live), (70, 5, Kind::MaybeLive)]);
    }

    #[test]
    fn what_lies_outside_is_cut_or_left_out() {
        let bar = |from, to| Bar {
            start: Interval::exact(at(from)),
            sure_until: at(to),
            over_by: Some(at(to)),
        };
        assert_eq!(pieces(offline(), bar(-24.0, -15.6)), [(0, 10, Kind::Past)]);
        assert_eq!(pieces(offline(), bar(-24.0, -19.0)), []);
    }

    #[test]
    fn a_broadcast_of_no_known_length_is_still_seen() {
        let bar =
            Bar { start: Interval::exact(at(-6.0)), sure_until: at(-6.0), over_by: Some(at(-6.0)) };
        let strip = strip(&row(offline(), vec![bar]), Window::around(NOON_ISH));
        assert_eq!(strip.pieces[0].width, NARROWEST);
        assert_eq!(
            strip.markup(),
            r#"<rect class="past" x="50.00%" width="0.40%" y="12" height="14"/>"#
        );
    }

    #[test]
    fn checks_made_and_planned_have_their_places() {
        let mut row = row(offline(), Vec::new());
        row.ticks = [(-30.0, Verdict::Live), (-6.0, Verdict::Offline), (-3.0, Verdict::Unknown)]
            .map(|(hours, verdict)| Tick { at: at(hours), verdict })
            .to_vec();
        row.next_check = Some(at(3.0));
        let told = strip(&row, Window::around(NOON_ISH));
        assert_eq!(told.answered, "M5000 29v4.5");
        assert_eq!(told.unanswered, "M6250 28.5v2m0 1.5v2");
        assert_eq!(told.next, Some(8750));
        row.next_check = Some(at(-3.0));
        assert_eq!(strip(&row, Window::around(NOON_ISH)).next, Some(NOW));
        row.next_check = Some(at(7.0));
        assert_eq!(strip(&row, Window::around(NOON_ISH)).next, None);
    }

    #[test]
    fn what_is_likely_stands_as_high_as_it_is_likely() {
        assert_eq!(hill(&[]), "");
        assert_eq!(
            hill(&[0, 100, 50]),
            "M7500 26L7500 26.00H8333L8333 12.00H9166L9166 19.00H10000V26Z"
        );
    }

    #[test]
    fn hours_are_marked_by_the_local_clock() {
        let marks = marks(Window::around(NOON_ISH), &Zone::UTC);
        let labels: Vec<_> = marks.iter().map(|mark| (&*mark.label, mark.near)).collect();
        assert_eq!(labels, [("06", false), ("12", false), ("18", true), ("00", false)]);
        assert!(marks.iter().all(|mark| !mark.crowded));
        assert_eq!(grid(&marks[..1]), "M1500 0V26");
    }
}
