//! A policy's figures over all draws, as a row of a table and of JSON.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::compare::Outcome;
use crate::figures::Figures;
use crate::numbers::{Count, fraction};
use crate::policies::PolicyKind;
use crate::spread::Spread;

/// A number that every row has.
pub(crate) struct Column {
    /// In JSON.
    key: &'static str,
    /// Above the table's column.
    pub(crate) title: &'static str,
    pub(crate) decimals: usize,
    /// Left out of JSON where there is none, instead of `null`.
    pub(crate) optional: bool,
    of: fn(&Figures) -> Option<f64>,
}

/// The columns of every table, in order.
pub(crate) const COLUMNS: [Column; 12] = [
    column("requests_per_day", "requests/day", 1, |f| Some(f.requests_per_day)),
    column("coverage", "coverage %", 2, |f| Some(f.coverage)),
    column("delay_median_min", "delay p50", 1, |f| f.delay_median_min),
    column("delay_p90_min", "p90 min", 1, |f| f.delay_p90_min),
    column("end_error_median_min", "end p50 min", 1, |f| f.end_error_median_min),
    column("longest_gap_h", "gap h", 1, |f| Some(f.longest_gap_h)),
    column("peak_hour_requests", "peak/h", 0, |f| Some(f.peak_hour_requests)),
    optional("brier", "brier", 4, |f| f.live_now.map(|score| score.brier)),
    optional("ece", "ece", 3, |f| f.live_now.map(|score| score.ece)),
    column("rare_sessions", "rare", 0, |f| Some(fraction(f.rare_sessions))),
    column("rare_coverage", "rare %", 1, |f| f.rare_coverage),
    column("refused_requests", "refused", 0, |f| Some(fraction(f.refused))),
];

const fn column(
    key: &'static str,
    title: &'static str,
    decimals: usize,
    of: fn(&Figures) -> Option<f64>,
) -> Column {
    Column { key, title, decimals, optional: false, of }
}

const fn optional(
    key: &'static str,
    title: &'static str,
    decimals: usize,
    of: fn(&Figures) -> Option<f64>,
) -> Column {
    Column { optional: true, ..column(key, title, decimals, of) }
}

/// A policy's figures over all draws.
#[derive(Clone, Debug)]
pub struct Row {
    /// The policy.
    pub policy: PolicyKind,
    /// Its setting on each draw.
    pub settings: Vec<String>,
    /// Whether it reached what was asked for, on every draw.
    pub reached: bool,
    /// In the order of the columns.
    pub(crate) numbers: Vec<Option<Spread>>,
    /// Requests in percent of what `fixed` sent on the same draw.
    pub of_fixed: Option<Spread>,
}

/// Sums the outcomes of one policy up; `baseline` are those of `fixed` on the same draws.
#[must_use]
pub fn row_of(policy: PolicyKind, outcomes: &[Outcome], baseline: Option<&[Outcome]>) -> Row {
    let number = |column: &Column| Spread::of(outcomes.iter().map(|one| (column.of)(&one.figures)));
    let of_fixed = baseline.filter(|_| policy != PolicyKind::Fixed).and_then(|baseline| {
        let pairs =
            outcomes.iter().zip(baseline).filter(|(one, fixed)| one.reached && fixed.reached);
        Spread::of(pairs.map(|(one, fixed)| {
            Some(100.0 * one.figures.requests_per_day / fixed.figures.requests_per_day)
        }))
    });
    Row {
        policy,
        settings: outcomes.iter().map(|one| one.spec.to_string()).collect(),
        reached: outcomes.iter().all(|one| one.reached),
        numbers: COLUMNS.iter().map(number).collect(),
        of_fixed,
    }
}

impl Row {
    /// Its setting in words: one, where it was the same on every draw.
    #[must_use]
    pub fn setting(&self) -> String {
        let mut settings = self.settings.clone();
        settings.dedup();
        settings.join(" | ")
    }

    /// The mean of a column over all draws, by its name in JSON.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        let place = COLUMNS.iter().position(|column| column.key == key)?;
        self.numbers.get(place).copied().flatten().map(|spread| spread.mean)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = || COLUMNS.iter().zip(&self.numbers);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("policy", self.policy.word())?;
        let setting = if self.reached { self.setting() } else { NOT_REACHED.to_owned() };
        map.serialize_entry("setting", &setting)?;
        for (column, number) in numbers().filter(|(column, n)| !column.optional || n.is_some()) {
            let mean = number.map(|spread| spread.mean);
            if column.decimals == 0 {
                map.serialize_entry(column.key, &mean.map(Count))?;
            } else {
                map.serialize_entry(column.key, &mean)?;
            }
        }
        if let Some(share) = self.of_fixed {
            map.serialize_entry("requests_percent_of_fixed", &share.mean)?;
        }
        if !self.reached {
            map.serialize_entry("best_setting", &self.setting())?;
        }
        if numbers().any(|(_, number)| number.is_some_and(|spread| spread.sd.is_some())) {
            let spread =
                numbers().filter_map(|(column, number)| Some((column.key, number.as_ref()?.sd?)));
            let share =
                self.of_fixed.and_then(|share| Some(("requests_percent_of_fixed", share.sd?)));
            let all: serde_json::Map<_, _> =
                spread.chain(share).map(|(key, sd)| (key.to_owned(), sd.into())).collect();
            map.serialize_entry("spread", &all)?;
        }
        map.end()
    }
}

/// What stands in place of a setting that there is not.
pub(crate) const NOT_REACHED: &str = "not reached";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::{Setting, Spec};

    fn outcome(interval: f64, coverage: f64, reached: bool) -> Outcome {
        let figures =
            Figures { requests_per_day: 100.0 * interval, coverage, ..Figures::default() };
        Outcome {
            spec: Spec { kind: PolicyKind::Fixed, setting: Setting::Knob(interval) },
            reached,
            figures,
        }
    }

    #[test]
    fn a_row_of_one_draw_has_the_promised_keys_in_their_order() {
        let row = row_of(PolicyKind::Fixed, &[outcome(30.0, 98.5, true)], None);
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"policy":"fixed","setting":"every 30.0 min","requests_per_day":3000.0,"coverage":98.5,"delay_median_min":null,"delay_p90_min":null,"end_error_median_min":null,"longest_gap_h":0.0,"peak_hour_requests":0,"rare_sessions":0,"rare_coverage":null,"refused_requests":0}"#
        );
    }

    #[test]
    fn several_draws_become_means_and_spreads() {
        let draws = [outcome(30.0, 97.0, true), outcome(30.0, 99.0, true)];
        let row = row_of(
            PolicyKind::Roadmap,
            &draws,
            Some(&[outcome(60.0, 9.0, true), outcome(30.0, 9.0, true)]),
        );
        assert_eq!(
            (row.setting().as_str(), row.number("coverage")),
            ("every 30.0 min", Some(98.0))
        );
        let share = row.of_fixed.unwrap();
        assert!((share.mean - 75.0).abs() < 1e-9 && share.sd.unwrap() > 35.0);
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(json["spread"]["coverage"], 2.0_f64.sqrt());
    }

    #[test]
    fn what_was_not_reached_says_so_and_is_held_against_nothing() {
        let best = [outcome(5.0, 80.0, false)];
        let row = row_of(PolicyKind::Roadmap, &best, Some(&[outcome(5.0, 98.0, true)]));
        assert_eq!(row.of_fixed, None);
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(
            (json["setting"].as_str(), json["coverage"].as_f64()),
            (Some("not reached"), Some(80.0))
        );
        assert_eq!(json["best_setting"], "every 5.0 min");
    }
}
