//! How many accounts one budget carries.

use serde::Serialize;

use crate::compare::{Outcome, Plan, run_once};
use crate::error::LabError;
use crate::jobs::{self, Progress};
use crate::numbers::fraction;
use crate::policies::{Setting, Spec, Wish};
use crate::population::{Draw, Source};
use crate::report::{Row, row_of};
use crate::search;
use crate::spread::Spread;

/// What came of it. Numbers of several draws are means.
#[derive(Clone, Debug, Serialize)]
pub struct Capacity {
    /// The files.
    pub trace: String,
    /// The budget.
    pub budget: String,
    /// The coverage to be reached, in percent.
    pub target_coverage: f64,
    /// One a policy.
    pub rows: Vec<CapacityRow>,
    /// The draws.
    pub seeds: Vec<u64>,
}

/// What one policy carries.
#[derive(Clone, Debug, Serialize)]
pub struct CapacityRow {
    /// Most accounts at which the target is reached.
    pub accounts: Spread,
    /// Whether the trace has no more accounts than that, on any draw.
    pub all_of_them: bool,
    /// The figures with so many; those of draws that carry nobody are left out.
    #[serde(flatten)]
    pub row: Row,
}

/// Finds how many accounts the budget carries at the coverage.
///
/// # Errors
/// When a draw, a policy or a run fails.
pub fn capacity(
    source: &Source,
    plan: &Plan,
    target: f64,
    progress: Progress<'_>,
) -> Result<Capacity, LabError> {
    let mut items = Vec::new();
    for wish in &plan.wishes {
        items.extend(plan.seeds.iter().map(|seed| (*wish, *seed)));
    }
    let found =
        jobs::each(&items, |(wish, seed)| carried(source, plan, *wish, *seed, target, progress))?;
    let rows = plan.wishes.iter().zip(found.chunks(plan.seeds.len())).map(|(wish, found)| {
        let outcomes: Vec<Outcome> = found.iter().filter_map(|one| one.outcome.clone()).collect();
        let accounts = found.iter().map(|one| Some(fraction(one.accounts)));
        CapacityRow {
            accounts: Spread::of(accounts).unwrap_or(Spread { mean: 0.0, sd: None }),
            all_of_them: found.iter().any(|one| one.accounts == one.most),
            row: row_of(wish.kind, &outcomes, None),
        }
    });
    Ok(Capacity {
        trace: source.label().to_owned(),
        budget: plan.conditions.budget.as_ref().map(ToString::to_string).unwrap_or_default(),
        target_coverage: target,
        rows: rows.collect(),
        seeds: plan.seeds.clone(),
    })
}

struct Carried {
    accounts: usize,
    /// So many there are.
    most: usize,
    outcome: Option<Outcome>,
}

fn carried(
    source: &Source,
    plan: &Plan,
    wish: Wish,
    seed: u64,
    target: f64,
    progress: Progress<'_>,
) -> Result<Carried, LabError> {
    // Draws of one seed contain each other: more accounts are the same ones and some others.
    let draw = |accounts| source.draw(&Draw { accounts, seed, ..plan.draw });
    let most = draw(plan.draw.accounts)?.len();
    let spec = Spec { kind: wish.kind, setting: wish.knob.map_or(Setting::Budget, Setting::Knob) };
    let holds = |accounts| {
        let figures = match run_once(&draw(accounts)?, &plan.conditions, &spec, false) {
            // Few accounts may have no session to measure: then none was missed.
            Err(LabError::NothingToMeasure) => Default::default(),
            other => other?,
        };
        let reached = figures.sessions == 0 || figures.coverage >= target - 1e-9;
        progress(&format!(
            "seed {seed}: {} with {accounts} accounts: {:.2} % at {:.1} requests a day",
            wish.kind, figures.coverage, figures.requests_per_day
        ));
        Ok(reached.then_some(Outcome { spec, reached, figures }))
    };
    let found = search::greatest(most, holds)?;
    let (accounts, outcome) = found.map_or((0, None), |(count, outcome)| (count, Some(outcome)));
    Ok(Carried { accounts, most, outcome })
}
