//! The Now screen in one line.

use almanac_engine::Verdict;
use almanac_engine::session::Interval;
use almanac_engine::view::{Bar, Overview, Row, Standing, Tick};
use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::times::{Present, clock, count, span};

/// `2 live`; `perhaps` more were live when last known.
pub(crate) fn live_now(live: usize, perhaps: usize) -> String {
    match (live, perhaps) {
        (0, 0) => "Nobody live".to_owned(),
        (0, perhaps) => format!("Perhaps {perhaps} live"),
        (live, 0) => format!("{live} live"),
        (live, perhaps) => format!("{live} live, perhaps {}", live + perhaps),
    }
}

/// `46 accounts · next check in 4 min`. Where time is made up and runs fast, a clock time is
/// calmer than a countdown.
pub(crate) fn accounts_and_next_check(
    overview: &Overview,
    present: Present<'_>,
    made_up_time: bool,
) -> String {
    let mut text = count(overview.accounts, "account", "accounts");
    match overview.next_check {
        None => text.push_str(" · no check can be planned now"),
        Some(at) if made_up_time => {
            text.push_str(" · next check ");
            text.push_str(&clock(at.max(present.now), present.zone));
        }
        // Not "now": it would flicker at each check.
        Some(at) if at - present.now < Span::MINUTE => {
            text.push_str(" · next check within a minute");
        }
        Some(at) => {
            text.push_str(" · next check in ");
            text.push_str(&span(at - present.now));
        }
    }
    text
}

/// What the tab says: `2 live · Almanac`.
pub(crate) fn document_title(live: usize) -> String {
    match live {
        0 => "Almanac".to_owned(),
        live => format!("{live} live · Almanac"),
    }
}

/// Marks a page whose clock is not the world's.
pub(crate) fn made_up_time(demo: bool) -> String {
    if demo {
        "Demo: made-up streamers, and a clock that runs fast".to_owned()
    } else {
        "Test: a made-up clock".to_owned()
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
    })
}

#[cfg(test)]
mod tests {
    use super::super::times::tests::{NOW, PRESENT, ago};
    use super::*;
    use almanac_engine::Settings;
    use almanac_engine::trial::TrialsView;

    fn overview(next_check: Option<Timestamp>) -> Overview {
        Overview {
            now: NOW,
            accounts: 46,
            live: 0,
            next_check,
            upstreams: Vec::new(),
            troubles: Vec::new(),
            settings: Settings::default(),
            trials: TrialsView::default(),
        }
    }

    #[test]
    fn one_line_says_it() {
        let told = |next, made_up| accounts_and_next_check(&overview(next), PRESENT, made_up);
        assert_eq!(told(Some(ago(-4)), false), "46 accounts · next check in 4 min");
        assert_eq!(told(Some(ago(2)), false), "46 accounts · next check within a minute");
        assert_eq!(told(Some(ago(-6)), true), "46 accounts · next check 20:30");
        assert_eq!(told(None, false), "46 accounts · no check can be planned now");
        let live = [(0, 0), (2, 0), (0, 1), (2, 1)].map(|(live, perhaps)| live_now(live, perhaps));
        assert_eq!(live, ["Nobody live", "2 live", "Perhaps 1 live", "2 live, perhaps 3"]);
        assert_eq!(document_title(0), "Almanac");
        assert_eq!(document_title(2), "2 live · Almanac");
    }
}
