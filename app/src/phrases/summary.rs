//! The Now screen in one line.

use almanac_engine::Verdict;
use almanac_engine::session::Interval;
use almanac_engine::view::{Bar, Overview, Row, Standing, Tick};
use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::times::{Present, clock};
use crate::words::{Unit, now as say, number, relative};

/// `2 live`; `earlier` more were live when last known.
pub(crate) fn live_now(live: usize, earlier: usize, none_checked: bool) -> String {
    match (live, earlier) {
        (0, 0) if none_checked => say::nobody_checked().to_owned(),
        (0, 0) => say::nobody_live().to_owned(),
        (0, earlier) => say::seen_earlier(&number(earlier)),
        (live, 0) => say::live(&number(live)),
        (live, earlier) => say::live_and_earlier(&number(live), &number(earlier)),
    }
}

/// `46 accounts · next check in 4 minutes`. Where time is made up and runs fast, a clock time is
/// calmer than a countdown.
pub(crate) fn accounts_and_next_check(
    overview: &Overview,
    present: Present<'_>,
    made_up_time: bool,
) -> String {
    let check = match overview.next_check {
        None => say::no_check_planned().to_owned(),
        Some(at) if made_up_time => say::next_check(&clock(at.max(present.now), present.zone)),
        // Not "now": it would flicker at each check.
        Some(at) if at - present.now < Span::MINUTE => say::next_check_within_a_minute().to_owned(),
        Some(at) => say::next_check(&ahead(at - present.now)),
    };
    format!("{} · {check}", say::accounts(overview.accounts))
}

/// `in 4 minutes`, `in 3 hours`.
fn ahead(span: Span) -> String {
    match span.ms() / Span::MINUTE.ms() {
        minutes @ ..90 => relative(minutes, Unit::Minute),
        minutes @ 90..2880 => relative(minutes / 60, Unit::Hour),
        minutes => relative(minutes / 1440, Unit::Day),
    }
}

/// Marks a page whose clock is not the world's, where these platforms are served. Offline nobody knows
/// that; then it is what people see, and no test.
pub(crate) fn made_up_time(served: &[Platform]) -> &'static str {
    if served.is_empty() || served.contains(&Platform::Demo) {
        say::demo_time()
    } else {
        say::test_time()
    }
}

/// A day to show to those who follow nobody yet.
pub(crate) fn example(now: Timestamp) -> Option<Row> {
    let before = |minutes: i64| now - Span::MINUTE * minutes;
    let start = Interval::exact(before(48));
    let checks = (0..14).map(|i| before(i * 75 + 20 + i % 3 * 9));
    Some(Row {
        account: AccountId::new(Platform::Demo, "example").ok()?,
        standing: Standing::Live { start, title: None, viewers: None },
        next_check: Some(before(-55)),
        unserved: false,
        why: None,
        expected: None,
        checked_at: None,
        bars: vec![
            Bar {
                start: Interval::exact(before(835)),
                sure_until: before(710),
                over_by: Some(before(640)),
            },
            Bar { start, sure_until: before(20), over_by: None },
        ],
        ticks: checks.map(|at| Tick { at, verdict: Verdict::Offline }).collect(),
        tags: Vec::new(),
        paused: false,
        recent: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::times::tests::{NOW, PRESENT, ago};
    use super::*;
    use almanac_engine::Settings;
    use almanac_engine::trial::TrialsView;
    use almanac_engine::view::AlertsView;

    fn overview(next_check: Option<Timestamp>) -> Overview {
        Overview {
            now: NOW,
            accounts: 46,
            next_check,
            upstreams: Vec::new(),
            troubles: Vec::new(),
            settings: Settings::default(),
            alerts: AlertsView::default(),
            trials: TrialsView::default(),
            leaving: Vec::new(),
            leaving_records: false,
        }
    }

    #[test]
    fn a_demo_is_called_so_offline_too() {
        let told = |served: &[Platform]| made_up_time(served).split(':').next().unwrap();
        assert_eq!([told(&[]), told(&[Platform::Demo])], ["Demo", "Demo"]);
        assert_eq!(told(&[Platform::Tiktok]), "Test");
    }

    #[test]
    fn one_line_says_it() {
        let told = |next, made_up| accounts_and_next_check(&overview(next), PRESENT, made_up);
        assert_eq!(told(Some(ago(-4)), false), "46 accounts · next check in 4 minutes");
        assert_eq!(told(Some(ago(2)), false), "46 accounts · next check within a minute");
        assert_eq!(told(Some(ago(-6)), true), "46 accounts · next check 20:30");
        assert_eq!(told(None, false), "46 accounts · no check can be planned now");
        let live =
            [(0, 0), (2, 0), (0, 1), (2, 1)].map(|(live, earlier)| live_now(live, earlier, false));
        assert_eq!(live_now(0, 0, true), "Nobody checked yet");
        assert_eq!(
            live,
            ["Nobody live", "2 live", "1 seen live earlier", "2 live, 1 seen earlier"]
        );
    }
}
