//! Whether policies' forecasts hold: reliability, Brier score and skill, CRPS, windows.

use almanac_wire::Span;
use serde::Serialize;

use crate::calibration::{BINS, Bin, Pairs, Windows, windows};
use crate::compare::{Plan, populations, settle};
use crate::error::LabError;
use crate::jobs::{self, Progress};
use crate::luck::{Luck, luck};
use crate::numbers::{days, index};
use crate::policies::PolicyKind;
use crate::population::Source;
use crate::probe::{AccountForecasts, Asked, Forecasts, KindScore, Told, run_probed};
use crate::spread::Spread;
use crate::tally::Tally;

/// A kind of probability: its name in JSON, what it says, and where it is.
type Kind = (&'static str, &'static str, fn(&AccountForecasts) -> &Told);

const KINDS: [Kind; 3] = [
    ("live_now", "P(live now)", |account| &account.live_now),
    ("live_within_hour", "P(live within the next hour)", |account| &account.live_within_hour),
    ("goes_live_today", "P(goes live today)", |account| &account.today),
];

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Calibrations {
    /// The files.
    pub trace: String,
    /// One a policy.
    pub rows: Vec<Calibration>,
    /// The draws.
    pub seeds: Vec<u64>,
}

/// How one policy's forecasts hold.
#[derive(Clone, Debug, Serialize)]
pub struct Calibration {
    /// The policy.
    pub policy: PolicyKind,
    /// What it was set to on each draw.
    pub settings: Vec<String>,
    /// One a kind of probability; none where the policy does not forecast.
    pub kinds: Vec<KindScores>,
    /// How many accounts would have skill in P(goes live today) by luck.
    pub luck: Option<Luck<Spread>>,
    /// Mean CRPS of the next start, in hours.
    pub crps_h: Option<Spread>,
    /// The shown windows of all draws.
    pub windows: Option<Windows>,
}

/// How one kind of probability holds.
#[derive(Clone, Debug, Serialize)]
pub struct KindScores {
    /// Its name.
    pub kind: &'static str,
    /// What it says.
    #[serde(skip)]
    pub words: &'static str,
    /// Mean squared error.
    pub brier: Spread,
    /// Over each account's own share up to then.
    pub skill: Option<Spread>,
    /// The share of accounts with enough sessions that have skill.
    pub skilled_accounts: Option<Spread>,
    /// Over each account's own share in the very period, which nobody could know beforehand.
    pub hindsight_skill: Option<Spread>,
    /// The share of accounts with enough sessions that have such skill.
    pub hindsight_skilled_accounts: Option<Spread>,
    /// Expected calibration error.
    pub ece: Spread,
    /// The forecasts of all draws.
    pub reliability: [Bin; BINS],
}

/// Brings every policy to the plan's measure and scores its forecasts.
///
/// # Errors
/// When a draw, a policy or a run fails.
pub fn calibrate(
    source: &Source,
    plan: &Plan,
    progress: Progress<'_>,
) -> Result<Calibrations, LabError> {
    let populations = populations(source, plan, progress)?;
    let mut items = Vec::new();
    for wish in &plan.wishes {
        items.extend(plan.seeds.iter().zip(&populations).map(|(seed, drawn)| (wish, seed, drawn)));
    }
    let runs = jobs::each(&items, |(wish, seed, drawn)| {
        let tell = |text: &str| progress(&format!("seed {seed}: {text}"));
        let (tried, _) = settle(drawn, &plan.conditions, **wish, plan.measure, &tell)?;
        let mut tally = Tally::new(drawn, plan.conditions.reveals);
        let spec = tried.setting;
        let forecasts = run_probed(drawn, &plan.conditions, &spec, &mut tally, Asked::All)?;
        let before: Span = drawn.period.measured_from - drawn.period.from;
        let luck = luck(&forecasts.accounts, index(days(before).floor()));
        Ok(Run { setting: spec.to_string(), forecasts, luck })
    })?;
    let rows = plan.wishes.iter().zip(runs.chunks(plan.seeds.len()));
    Ok(Calibrations {
        trace: source.label().to_owned(),
        rows: rows.map(|(wish, runs)| calibration(wish.kind, runs)).collect(),
        seeds: plan.seeds.clone(),
    })
}

/// What came of one draw.
struct Run {
    setting: String,
    forecasts: Forecasts,
    luck: Option<Luck>,
}

fn calibration(policy: PolicyKind, runs: &[Run]) -> Calibration {
    let forecasts = || runs.iter().map(|run| &run.forecasts);
    let pooled = |kind: &dyn Fn(&AccountForecasts) -> &Pairs| {
        Pairs(forecasts().flat_map(|one| one.pooled(kind).0).collect())
    };
    let kinds = KINDS.into_iter().filter_map(|(name, words, kind)| {
        let scores: Vec<_> = forecasts().map(|one| one.score(kind)).collect();
        let spread = |number: fn(&KindScore) -> Option<f64>| {
            Spread::of(scores.iter().map(|score| score.as_ref().and_then(number)))
        };
        Some(KindScores {
            kind: name,
            words,
            brier: spread(|score| Some(score.score.brier))?,
            skill: spread(|score| score.skill),
            skilled_accounts: spread(|score| score.skilled_accounts),
            hindsight_skill: spread(|score| score.hindsight[0]),
            hindsight_skilled_accounts: spread(|score| score.hindsight[1]),
            ece: spread(|score| Some(score.score.ece))?,
            reliability: pooled(&|account| &kind(account).said).reliability(),
        })
    });
    Calibration {
        policy,
        settings: runs.iter().map(|run| run.setting.clone()).collect(),
        kinds: kinds.collect(),
        luck: lucky(runs),
        crps_h: Spread::of(forecasts().map(Forecasts::crps)),
        windows: windows(&pooled(&|account| &account.windows)),
    }
}

fn lucky(runs: &[Run]) -> Option<Luck<Spread>> {
    let spread = |number: fn(Luck) -> f64| Spread::of(runs.iter().map(|run| run.luck.map(number)));
    Some(Luck {
        exactly_right: spread(|luck| luck.exactly_right)?,
        share_known: spread(|luck| luck.share_known)?,
        share_learned: spread(|luck| luck.share_learned)?,
    })
}
