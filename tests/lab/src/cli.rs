//! The command line.

use std::path::PathBuf;

use almanac_lab::archetypes::generate_from;
use almanac_lab::compare::{Measure, Plan};
use almanac_lab::policies::{self, Wish};
use almanac_lab::prices::{self, PriceWords};
use almanac_lab::{Conditions, Draw, LabError, Split};
use almanac_wire::{Quotas, Reveals, Span, Timestamp};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Plays policies against recorded broadcasts and measures what they are worth.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Policies side by side: at one coverage, at one number of requests, or under one budget.
    Compare(Compare),
    /// How many accounts one budget carries.
    Capacity(CapacityOf),
    /// Whether a policy's forecasts hold.
    Calibrate(CalibrationOf),
    /// Prints a synthetic trace.
    Trace(Generate),
}

/// Of which accounts, when, and how the upstream answers.
#[derive(Args)]
pub(crate) struct Field {
    /// Sessions: CSV or CSV.gz with account,platform,start_utc,end_utc; several with commas.
    #[arg(long, value_name = "FILE[,FILE]", value_delimiter = ',', required = true)]
    trace: Vec<PathBuf>,
    /// Fewest sessions of an account within the run.
    #[arg(long, default_value_t = 8, value_name = "N")]
    min_sessions: usize,
    /// Another seed draws other accounts.
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Several draws: their seeds with commas, or how many, from --seed on. Numbers are then means.
    #[arg(long, value_name = "S1,S2,S3|N")]
    seeds: Option<Seeds>,
    /// Draw from all accounts, or from one half of them; the halves do not depend on the seed.
    #[arg(long, value_enum, default_value_t = Split::All)]
    split: Split,
    /// Days to leave out at the trace's beginning.
    #[arg(long, default_value_t = 0, value_name = "N")]
    from_day: u32,
    /// Most days of the run, the warm-up included.
    #[arg(long, value_name = "D")]
    days: Option<u32>,
    /// Days of learning before anything is measured.
    #[arg(long, default_value_t = 14, value_name = "D")]
    warmup_days: u32,
    /// What the upstream tells of a broadcast: nothing, its start while it is on, or also the last
    /// one's when it is over.
    #[arg(long, value_enum, default_value_t = Reveal::Start)]
    reveal: Reveal,
    /// Most accounts in one request.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Days before the run whose sessions are imported at its beginning, as a table or a platform's
    /// list of them would be; leave as many out with --from-day.
    #[arg(long, default_value_t = 0, value_name = "D")]
    import_days: u32,
    /// What adaptive weighs against requests, such as delay=2,late-end=6,floor=0.05: an hour of
    /// delay, an hour for which an end goes unnoticed, and starts a day that are expected
    /// everywhere.
    #[arg(long, default_value = "missed=40", value_parser = prices::read)]
    prices: PriceWords,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// How to say it.
#[derive(Args, Clone, Copy)]
pub(crate) struct Output {
    /// JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// See [`Command::Compare`].
#[derive(Args)]
#[command(group(ArgGroup::new("measure").args(["target_coverage", "requests_per_day"])))]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) field: Field,
    /// Most accounts drawn.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = positive)]
    accounts: usize,
    /// The fewest requests that see so many percent of the sessions live.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    target_coverage: Option<f64>,
    /// So many requests a day.
    #[arg(long, value_name = "R", value_parser = rate)]
    requests_per_day: Option<f64>,
    /// Quotas that nobody may break, such as 10/min,60/h,120/day; by itself or with either measure.
    #[arg(long)]
    budget: Option<Quotas>,
    /// Policies with commas; NAME=SETTING sets a policy's knob by hand.
    #[arg(long, value_delimiter = ',', default_value = policies::DEFAULT)]
    policies: Vec<Wish>,
    /// Tell of every account too.
    #[arg(long)]
    pub(crate) per_account: bool,
}

/// See [`Command::Capacity`].
#[derive(Args)]
pub(crate) struct CapacityOf {
    #[command(flatten)]
    pub(crate) field: Field,
    /// Most accounts tried.
    #[arg(long, default_value_t = 100_000, value_name = "N", value_parser = positive)]
    accounts: usize,
    /// The coverage to be reached, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) target_coverage: f64,
    /// Quotas that nobody may break, such as 10/min,60/h,120/day.
    #[arg(long)]
    budget: Quotas,
    /// Policies with commas; NAME=SETTING sets a policy's knob by hand.
    #[arg(long, value_delimiter = ',', default_value = policies::DEFAULT)]
    policies: Vec<Wish>,
}

/// See [`Command::Calibrate`].
#[derive(Args)]
#[command(group(ArgGroup::new("measure").args(["target_coverage", "requests_per_day"])))]
pub(crate) struct CalibrationOf {
    #[command(flatten)]
    pub(crate) field: Field,
    /// Most accounts drawn.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = positive)]
    accounts: usize,
    /// Learning from the fewest requests that see so many percent of the sessions live.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    target_coverage: Option<f64>,
    /// Learning from so many requests a day; by default one an hour and account.
    #[arg(long, value_name = "R", value_parser = rate)]
    requests_per_day: Option<f64>,
    /// Quotas that nobody may break.
    #[arg(long)]
    budget: Option<Quotas>,
    /// The policies whose forecasts are scored, with commas.
    #[arg(long, value_delimiter = ',', default_value = policies::FORECASTING)]
    policies: Vec<Wish>,
}

/// See [`Command::Trace`].
#[derive(Args)]
pub(crate) struct Generate {
    /// Of which streamers.
    #[arg(long, value_enum)]
    generate: Kind,
    /// How many.
    #[arg(long, default_value_t = 24)]
    pub(crate) accounts: usize,
    /// How many days.
    #[arg(long, default_value_t = 90)]
    pub(crate) days: u32,
    /// Another seed makes up others.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The first day; by default one that has both summer times ahead.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = generate_from)]
    pub(crate) from: Option<Timestamp>,
}

/// What can be generated.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Regular, weekday-only, irregular, drifting, shifting, pausing, several a day, summer time in
    /// the US and in Europe, rare, across midnight and short, by turns.
    Archetypes,
}

/// [`Reveals`] on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Reveal {
    Nothing,
    Start,
    Last,
}

impl From<Reveal> for Reveals {
    fn from(reveal: Reveal) -> Self {
        match reveal {
            Reveal::Nothing => Self::Nothing,
            Reveal::Start => Self::Start,
            Reveal::Last => Self::Last,
        }
    }
}

/// Seeds: a list, or how many.
#[derive(Clone)]
enum Seeds {
    These(Vec<u64>),
    SoMany(u64),
}

impl std::str::FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| part.trim().parse().map_err(|_| format!("“{part}” is no number"));
        if text.contains(',') {
            let parts = text.split(',').filter(|part| !part.trim().is_empty());
            return parts.map(number).collect::<Result<_, _>>().map(Self::These);
        }
        match number(text)? {
            0 => Err("at least one".to_owned()),
            many => Ok(Self::SoMany(many)),
        }
    }
}

impl Field {
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.trace
    }

    fn plan(
        &self,
        accounts: usize,
        budget: Option<Quotas>,
        wishes: &[Wish],
        measure: Measure,
    ) -> Plan {
        let seeds = match &self.seeds {
            None => vec![self.seed],
            Some(Seeds::These(seeds)) => seeds.clone(),
            Some(Seeds::SoMany(many)) => (self.seed..self.seed.saturating_add(*many)).collect(),
        };
        Plan {
            draw: Draw {
                accounts,
                min_sessions: self.min_sessions,
                seed: self.seed,
                split: self.split,
                from_day: self.from_day,
                days: self.days,
                warmup_days: self.warmup_days,
            },
            seeds,
            conditions: Conditions {
                reveals: self.reveal.into(),
                batch: self.batch,
                budget,
                imported: Span::DAY * i64::from(self.import_days),
                prices: self.prices,
            },
            wishes: wishes.to_vec(),
            measure,
        }
    }
}

/// What the policies are to be brought to.
fn measure(target: Option<f64>, requests: Option<f64>) -> Measure {
    target.map(Measure::Target).or(requests.map(Measure::Requests)).unwrap_or(Measure::Budget)
}

impl Compare {
    pub(crate) fn plan(&self) -> Result<Plan, LabError> {
        let measure = measure(self.target_coverage, self.requests_per_day);
        let unmeasured = self.policies.iter().find(|wish| wish.knob.is_none());
        match (measure, &self.budget, unmeasured) {
            (Measure::Budget, None, Some(wish)) => Err(LabError::NoMeasure(wish.kind)),
            _ => Ok(self.field.plan(self.accounts, self.budget.clone(), &self.policies, measure)),
        }
    }
}

impl CapacityOf {
    pub(crate) fn plan(&self) -> Plan {
        let measure = Measure::Budget;
        self.field.plan(self.accounts, Some(self.budget.clone()), &self.policies, measure)
    }
}

impl CalibrationOf {
    pub(crate) fn plan(&self) -> Plan {
        let measure = match (measure(self.target_coverage, self.requests_per_day), &self.budget) {
            (Measure::Budget, None) => Measure::Hourly,
            (measure, _) => measure,
        };
        self.field.plan(self.accounts, self.budget.clone(), &self.policies, measure)
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim_end_matches('%').parse().map_err(|_| "no number".to_owned())?;
    if number > 0.0 && number <= 100.0 { Ok(number) } else { Err("not in 0..100 %".to_owned()) }
}

fn rate(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "no number".to_owned())?;
    if number > 0.0 && number.is_finite() { Ok(number) } else { Err("not above 0".to_owned()) }
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("not a number above 0".to_owned()),
        Ok(number) => Ok(number),
    }
}

#[cfg(test)]
mod tests;
