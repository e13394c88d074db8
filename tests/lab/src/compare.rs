//! Policies side by side: at one coverage, at one number of requests, or under one budget.

use serde::Serialize;

use crate::calibration::Pairs;
use crate::drive::drive;
use crate::error::LabError;
use crate::figures::Figures;
use crate::jobs::{self, Progress};
use crate::numbers::{Count, days, fraction};
use crate::policies::{PolicyKind, Setting, Spec, Wish, requests_for};
use crate::population::{Draw, Population, Source};
use crate::probe::{Asked, run_probed};
use crate::report::{Row, row_of};
use crate::search::{self, Tried};
use crate::spread::Spread;
use crate::tally::Tally;
use crate::upstream::Conditions;
use almanac_wire::Span;

/// At first every account is checked this often.
const START: Span = Span::from_ms(2 * Span::HOUR.ms());
/// No account needs to be checked more often.
const MOST: Span = Span::MINUTE;

/// What all policies are brought to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The fewest requests that cover so many percent.
    Target(f64),
    /// So many requests a day.
    Requests(f64),
    /// As many requests a day as check every account once an hour.
    Hourly,
    /// Whatever the budget allows.
    Budget,
}

/// An experiment.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is drawn; the seed is one of `seeds` each time.
    pub draw: Draw,
    /// The draws to repeat it with.
    pub seeds: Vec<u64>,
    /// What the upstream is like.
    pub conditions: Conditions,
    /// The policies.
    pub wishes: Vec<Wish>,
    /// What they are brought to.
    pub measure: Measure,
}

/// What one policy came to on one draw.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it was set.
    pub spec: Spec,
    /// Whether it reached what was asked for.
    pub reached: bool,
    /// What came of it.
    pub figures: Figures,
}

/// What came of an experiment. Numbers of several draws are means.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The files.
    pub trace: String,
    /// Accounts drawn.
    pub accounts: Count,
    /// Sessions measured.
    pub sessions: Count,
    /// Days measured.
    pub days: Count,
    /// One a policy.
    pub rows: Vec<Row>,
    /// Days of learning before.
    pub warmup_days: u32,
    /// The draws.
    pub seeds: Vec<u64>,
    /// Each policy's outcomes in the order of the seeds.
    #[serde(skip)]
    pub outcomes: Vec<Vec<Outcome>>,
}

/// Runs a policy once. Scores its forecasts too where it makes them and they are asked for.
///
/// # Errors
/// Those of the driver, and when there is nothing to measure.
pub fn run_once(
    population: &Population,
    conditions: &Conditions,
    spec: &Spec,
    forecasts: bool,
) -> Result<Figures, LabError> {
    let mut tally = Tally::new(population, conditions.reveals);
    let live_now = if forecasts && spec.kind.forecasts() {
        run_probed(population, conditions, spec, &mut tally, Asked::LiveNow)?.live_now()
    } else {
        drive(population, conditions, spec, &mut tally)?;
        Pairs::default()
    };
    tally.finish();
    Figures::of(population, &tally, &live_now)
}

/// Makes the experiment.
///
/// # Errors
/// When a draw, a policy or a run fails.
pub fn compare(
    source: &Source,
    plan: &Plan,
    progress: Progress<'_>,
) -> Result<Comparison, LabError> {
    let populations = populations(source, plan, progress)?;
    let mut items = Vec::new();
    for wish in &plan.wishes {
        items.extend(plan.seeds.iter().zip(&populations).map(|(seed, drawn)| (wish, seed, drawn)));
    }
    let outcomes = jobs::each(&items, |(wish, seed, drawn)| {
        let tell = |text: &str| progress(&format!("seed {seed}: {text}"));
        outcome(drawn, &plan.conditions, **wish, plan.measure, &tell)
    })?;
    let outcomes: Vec<_> = outcomes.chunks(plan.seeds.len()).map(<[_]>::to_vec).collect();
    let baseline = plan.wishes.iter().position(|wish| wish.kind == PolicyKind::Fixed);
    let baseline = baseline.map(|place| outcomes[place].as_slice());
    let rows = plan.wishes.iter().zip(&outcomes);
    let over_seeds = |number: &dyn Fn(&Population, &Figures) -> f64| {
        let first = outcomes.first().into_iter().flatten();
        let numbers = populations.iter().zip(first).map(|(drawn, one)| number(drawn, &one.figures));
        Count(Spread::of(numbers.map(Some)).map_or(0.0, |spread| spread.mean))
    };
    Ok(Comparison {
        trace: source.label().to_owned(),
        accounts: over_seeds(&|drawn, _| fraction(drawn.len())),
        sessions: over_seeds(&|_, figures| fraction(figures.sessions)),
        days: over_seeds(&|drawn, _| days(drawn.period.measured())),
        warmup_days: plan.draw.warmup_days,
        rows: rows.map(|(wish, outcomes)| row_of(wish.kind, outcomes, baseline)).collect(),
        seeds: plan.seeds.clone(),
        outcomes,
    })
}

/// The draws of a plan.
///
/// # Errors
/// When nobody or no time is left.
pub fn populations(
    source: &Source,
    plan: &Plan,
    progress: Progress<'_>,
) -> Result<Vec<Population>, LabError> {
    let draw = |seed: &u64| source.draw(&Draw { seed: *seed, ..plan.draw });
    let populations = plan.seeds.iter().map(draw).collect::<Result<Vec<_>, _>>()?;
    if populations.iter().any(|drawn| drawn.len() < plan.draw.accounts) {
        let found = populations.iter().map(Population::len).min().unwrap_or(0);
        progress(&format!("only {found} accounts have that many sessions"));
    }
    Ok(populations)
}

/// Brings one policy to the measure on one draw; `false` where it cannot.
///
/// # Errors
/// Those of a run.
pub fn settle(
    population: &Population,
    conditions: &Conditions,
    wish: Wish,
    measure: Measure,
    tell: &dyn Fn(&str),
) -> Result<(Tried<Spec>, bool), LabError> {
    let kind = wish.kind;
    let searched = match measure {
        Measure::Target(_) | Measure::Requests(_) => wish.knob.is_none(),
        Measure::Hourly | Measure::Budget => false,
    };
    let run = |setting| {
        let spec = Spec { kind, setting };
        // Where it is the only run, its forecasts are scored at once.
        let figures = run_once(population, conditions, &spec, !searched)?;
        tell(&format!(
            "{kind} {spec}: {:.2} % at {:.1} requests a day",
            figures.coverage, figures.requests_per_day
        ));
        Ok(Tried { setting: spec, figures })
    };
    let spend = |requests| run(Setting::Knob(kind.knob(requests, population, conditions)));
    let often = |interval| requests_for(interval, population, conditions);
    let certain = |tried| (tried, true);
    match (wish.knob, measure) {
        (Some(knob), _) => run(Setting::Knob(knob)).map(certain),
        (None, Measure::Target(target)) => search::fewest(target, often(START), often(MOST), spend),
        (None, Measure::Requests(requests)) if kind.is_exact() => spend(requests).map(certain),
        (None, Measure::Requests(requests)) => {
            search::nearest(requests, often(MOST), spend).map(certain)
        }
        (None, Measure::Hourly) => spend(often(Span::HOUR)).map(certain),
        (None, Measure::Budget) => run(Setting::Budget).map(certain),
    }
}

fn outcome(
    population: &Population,
    conditions: &Conditions,
    wish: Wish,
    measure: Measure,
    tell: &dyn Fn(&str),
) -> Result<Outcome, LabError> {
    let (tried, reached) = settle(population, conditions, wish, measure, tell)?;
    let figures = if wish.kind.forecasts() && tried.figures.live_now.is_none() {
        run_once(population, conditions, &tried.setting, true)?
    } else {
        tried.figures
    };
    Ok(Outcome { spec: tried.setting, reached, figures })
}
