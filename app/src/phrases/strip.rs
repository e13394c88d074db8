//! A day strip for those who do not see it.

use almanac_engine::Verdict;
use almanac_engine::view::{Bar, Row, STRIP_PAST, Standing};

use super::times::{Present, span};
use crate::words::{percent, strip as say};

/// `Past 18 hr: live 18:05–20:40; 14 checks; 2 without an answer; next check 20:31.`
pub(crate) fn alternative(row: &Row, present: Present<'_>) -> String {
    let from = present.now - STRIP_PAST;
    let mut parts: Vec<String> = row
        .bars
        .iter()
        .filter(|bar| bar.over_by.unwrap_or(present.now) > from)
        .map(|bar| bar_in_words(bar, &row.standing, present))
        .collect();
    if parts.is_empty() {
        parts.push(say::no_broadcast().to_owned());
    }
    let ticks = || row.ticks.iter().filter(|tick| tick.at >= from);
    parts.push(say::checks(ticks().count()));
    let unanswered = ticks().filter(|tick| tick.verdict == Verdict::Unknown).count();
    if unanswered > 0 {
        parts.push(say::unanswered(unanswered));
    }
    if let Some(at) = row.next_check.filter(|at| *at > present.now) {
        parts.push(say::next_check(&present.when(at)));
    }
    if let Some(expected) = &row.expected {
        if let Some(window) = expected.window_at(present.now) {
            let when = present.range(window.from, window.to);
            parts.push(say::likely_to_begin(&percent(window.percent), &when));
        }
        parts.push(say::within_a_day(&percent(expected.within_day)));
    }
    say::past(&span(STRIP_PAST), &parts.join("; "))
}

fn bar_in_words(bar: &Bar, standing: &Standing, present: Present<'_>) -> String {
    let began = bar.start.latest();
    match bar.over_by {
        Some(over_by) => say::live(&present.range(began, over_by)),
        None if matches!(standing, Standing::Live { .. }) => say::live_since(&present.when(began)),
        None => say::live_then_unknown(&present.range(began, bar.sure_until)),
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::session::Interval;
    use almanac_engine::view::Tick;

    use super::super::times::tests::{PRESENT, ago};
    use super::*;

    #[test]
    fn everything_drawn_is_said() {
        let tick = |minutes, verdict| Tick { at: ago(minutes), verdict };
        let mut row = Row {
            account: "tiktok:mira".parse().unwrap(),
            standing: Standing::Live {
                start: Interval::exact(ago(48)),
                title: None,
                viewers: None,
            },
            next_check: Some(ago(-7)),
            unserved: false,
            why: None,
            expected: None,
            checked_at: None,
            bars: vec![
                Bar {
                    start: Interval::exact(ago(300)),
                    sure_until: ago(200),
                    over_by: Some(ago(180)),
                },
                Bar { start: Interval::exact(ago(48)), sure_until: ago(5), over_by: None },
            ],
            ticks: vec![tick(30, Verdict::Live), tick(20, Verdict::Unknown)],
            tags: Vec::new(),
            paused: false,
            recent: 0,
        };
        assert_eq!(
            alternative(&row, PRESENT),
            "Past 18 hr: live 15:24–17:24; live since 19:36; 2 checks; 1 without an answer; \
             next check 20:31."
        );
        row.bars.clear();
        row.ticks.clear();
        row.next_check = None;
        assert_eq!(alternative(&row, PRESENT), "Past 18 hr: no broadcast seen; 0 checks.");
    }
}
