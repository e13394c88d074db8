//! What was found, as text for people.

use std::fmt::Write;

use crate::calibrate::{Calibrations, KindScores};
use crate::capacity::{Capacity, CapacityRow};
use crate::compare::Comparison;
use crate::figures::AccountFigures;
use crate::numbers::fraction;
use crate::report::{COLUMNS, NOT_REACHED, Row};
use crate::spread::Spread;

/// A comparison as a table.
#[must_use]
pub fn comparison(comparison: &Comparison) -> String {
    let several = comparison.seeds.len() > 1;
    let mut text = format!(
        "{}: {:.0} accounts, {:.0} sessions in {:.0} days after {} of warm-up; seeds {}{}\n\n",
        comparison.trace,
        comparison.accounts.0,
        comparison.sessions.0,
        comparison.days.0,
        comparison.warmup_days,
        list(&comparison.seeds),
        if several { " (means ± standard deviation)" } else { "" },
    );
    let rows: Vec<&Row> = comparison.rows.iter().collect();
    text += &table_of(&rows, &[]);
    text
}

/// A capacity as a table.
#[must_use]
pub fn capacity(capacity: &Capacity) -> String {
    let mut text = format!(
        "{}: accounts that {} carries at {} %; seeds {}\n\n",
        capacity.trace,
        capacity.budget,
        capacity.target_coverage,
        list(&capacity.seeds),
    );
    let accounts = |row: &CapacityRow| {
        let more = if row.all_of_them { "≥ " } else { "" };
        format!("{more}{}", number(Some(&row.accounts), 1))
    };
    let accounts: Vec<String> = capacity.rows.iter().map(accounts).collect();
    let rows: Vec<&Row> = capacity.rows.iter().map(|row| &row.row).collect();
    text += &table_of(&rows, &[("accounts", accounts)]);
    text
}

/// Every account of every run, a table each.
#[must_use]
pub fn per_account(comparison: &Comparison) -> String {
    let mut text = String::new();
    for outcomes in &comparison.outcomes {
        for (seed, outcome) in comparison.seeds.iter().zip(outcomes) {
            text += &format!("\n{} {}, seed {seed}\n\n", outcome.spec.kind, outcome.spec);
            text += &accounts(&outcome.figures.accounts);
        }
    }
    text
}

fn accounts(accounts: &[AccountFigures]) -> String {
    let head = ["account", "sessions", "seen", "delay p50", "checks/day", "gap h"];
    let row = |one: &AccountFigures| {
        vec![
            one.name.clone(),
            one.sessions.to_string(),
            one.seen.to_string(),
            one.delay_median_min.map_or_else(|| "-".to_owned(), |delay| format!("{delay:.1}")),
            format!("{:.2}", one.checks_per_day),
            format!("{:.1}", one.longest_gap_h),
        ]
    };
    aligned(&head.map(str::to_owned), &accounts.iter().map(row).collect::<Vec<_>>(), 1)
}

/// Calibrations as tables.
#[must_use]
pub fn calibrations(found: &Calibrations) -> String {
    let mut text = format!("{}; seeds {}\n", found.trace, list(&found.seeds));
    for row in &found.rows {
        text += &format!("\n{} {}\n", row.policy, row.settings.join(" | "));
        if row.kinds.is_empty() {
            text += "policy does not forecast\n";
        }
        for kind in &row.kinds {
            text += &kind_scores(kind);
        }
        if let Some(luck) = &row.luck {
            text += &format!(
                "\naccounts with skill in P(goes live today), on days drawn anew: {} if every forecast is \
                 exactly right; if an account's days are all alike, {} for who knows its share of them, \
                 {} for who learns it\n",
                number(Some(&luck.exactly_right), 2),
                number(Some(&luck.share_known), 2),
                number(Some(&luck.share_learned), 2),
            );
        }
        if let Some(crps) = &row.crps_h {
            text += &format!("\nnext start: CRPS {} h\n", number(Some(crps), 2));
        }
        if let Some(windows) = &row.windows {
            text += &format!(
                "shown windows: {} shown with {:.1} %, {:.1} % held\n",
                windows.shown,
                100.0 * windows.promised,
                100.0 * windows.held,
            );
        }
    }
    text
}

fn kind_scores(kind: &KindScores) -> String {
    let mut text = format!(
        "\n{}: Brier {}, skill {}, accounts with skill {} (in hindsight {}, {}), ECE {}\n",
        kind.words,
        number(Some(&kind.brier), 4),
        number(kind.skill.as_ref(), 3),
        number(kind.skilled_accounts.as_ref(), 2),
        number(kind.hindsight_skill.as_ref(), 3),
        number(kind.hindsight_skilled_accounts.as_ref(), 2),
        number(Some(&kind.ece), 3),
    );
    let head = ["said", "forecasts", "mean %", "came true %"].map(str::to_owned);
    let row = |(place, bin): (usize, &crate::calibration::Bin)| {
        let low = 100.0 * fraction(place) / fraction(kind.reliability.len());
        let percent = |share: f64| match bin.forecasts {
            0 => "-".to_owned(),
            _ => format!("{:.1}", 100.0 * share),
        };
        vec![
            format!("{low:.0} %"),
            bin.forecasts.to_string(),
            percent(bin.mean),
            percent(bin.share),
        ]
    };
    text += &aligned(&head, &kind.reliability.iter().enumerate().map(row).collect::<Vec<_>>(), 1);
    text
}

fn table_of(rows: &[&Row], extra: &[(&str, Vec<String>)]) -> String {
    let has = |place: usize| rows.iter().any(|row| row.numbers[place].is_some());
    let shown: Vec<usize> =
        (0..COLUMNS.len()).filter(|place| !COLUMNS[*place].optional || has(*place)).collect();
    let shares = rows.iter().any(|row| row.of_fixed.is_some());
    let mut head = vec!["policy".to_owned(), "setting".to_owned()];
    head.extend(extra.iter().map(|(title, _)| (*title).to_owned()));
    head.extend(shown.iter().map(|place| COLUMNS[*place].title.to_owned()));
    head.extend(shares.then(|| "% of fixed".to_owned()));
    let line = |(index, row): (usize, &&Row)| {
        let setting = row.setting();
        let setting = if row.reached { setting } else { format!("{NOT_REACHED}; best: {setting}") };
        let mut cells = vec![row.policy.to_string(), setting];
        cells.extend(extra.iter().map(|(_, column)| column[index].clone()));
        cells.extend(
            shown.iter().map(|at| number(row.numbers[*at].as_ref(), COLUMNS[*at].decimals)),
        );
        cells.extend(shares.then(|| number(row.of_fixed.as_ref(), 1)));
        cells
    };
    aligned(&head, &rows.iter().enumerate().map(line).collect::<Vec<_>>(), 2)
}

fn number(number: Option<&Spread>, decimals: usize) -> String {
    match number {
        None => "-".to_owned(),
        Some(Spread { mean, sd: None }) => format!("{mean:.decimals$}"),
        Some(Spread { mean, sd: Some(sd) }) => format!("{mean:.decimals$} ±{sd:.decimals$}"),
    }
}

fn list(seeds: &[u64]) -> String {
    seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// Columns of equal width: the first few to the left, the others to the right.
#[must_use]
pub fn aligned(head: &[String], rows: &[Vec<String>], left: usize) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&head[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in [head].into_iter().chain(rows.iter().map(Vec::as_slice)) {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Writing to a text cannot fail.
            let _ = if column < left {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}
