//! A day strip for those who do not see it.

use almanac_engine::Verdict;
use almanac_engine::view::{Bar, Row, STRIP_PAST, Standing};

use super::times::{Present, count};

/// `Past 18 hours: live 18:05–20:40; 14 checks, 2 without an answer; next check 20:31.`
pub(crate) fn alternative(row: &Row, present: Present<'_>) -> String {
    let from = present.now - STRIP_PAST;
    let mut parts: Vec<String> = row
        .bars
        .iter()
        .filter(|bar| bar.over_by.unwrap_or(present.now) > from)
        .map(|bar| bar_in_words(bar, &row.standing, present))
        .collect();
    if parts.is_empty() {
        parts.push("no broadcast seen".to_owned());
    }
    let ticks = || row.ticks.iter().filter(|tick| tick.at >= from);
    let mut checks = count(ticks().count(), "check", "checks");
    let unanswered = ticks().filter(|tick| tick.verdict == Verdict::Unknown).count();
    if unanswered > 0 {
        checks.push_str(&format!(", {unanswered} without an answer"));
    }
    parts.push(checks);
    if let Some(at) = row.next_check.filter(|at| *at > present.now) {
        parts.push(format!("next check {}", present.when(at)));
    }
    if let Some(expected) = &row.expected {
        if let Some(window) = expected.window {
            let when = present.range(window.from, window.to);
            parts.push(format!("{} percent likely to begin {when}", window.percent));
        }
        parts.push(format!("{} percent to begin within a day", expected.within_day));
    }
    format!("Past 18 hours: {}.", parts.join("; "))
}

fn bar_in_words(bar: &Bar, standing: &Standing, present: Present<'_>) -> String {
    let began = bar.start.latest();
    match bar.over_by {
        Some(over_by) => format!("live {}", present.range(began, over_by)),
        None if matches!(standing, Standing::Live { .. }) => {
            format!("live since {}", present.when(began))
        }
        None => format!("live {}, then unknown", present.range(began, bar.sure_until)),
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
        };
        assert_eq!(
            alternative(&row, PRESENT),
            "Past 18 hours: live 15:24–17:24; live since 19:36; 2 checks, 1 without an answer; \
             next check 20:31."
        );
        row.bars.clear();
        row.ticks.clear();
        row.next_check = None;
        assert_eq!(alternative(&row, PRESENT), "Past 18 hours: no broadcast seen; 0 checks.");
    }
}
