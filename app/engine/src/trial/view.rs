//! Trials as the Results screen shows them.

use serde::{Deserialize, Serialize};

use almanac_wire::Timestamp;

use super::estimate::{coverage, delay, difference, requests};
use super::{Arm, Design, Drawn, Estimate, Fallen, Follow, SHARES, STEP, Sums, Trial, Trials};

/// What is shown of trials.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrialsView {
    /// The latest trial, if there was one.
    pub trial: Option<TrialView>,
    /// Whether everything has gone back to the fixed interval, and why.
    pub fallen: Option<Fallen>,
    /// Checks on record of which a forecast was made.
    pub forecasts: f64,
    /// By how much such forecasts differ from what was found, on average, `0.0..=1.0`.
    pub calibration_error: Option<f64>,
}

/// A trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialView {
    /// How it is made.
    pub design: Design,
    /// Since when.
    pub began_at: Timestamp,
    /// Until when; `None` while it runs.
    pub ended_at: Option<Timestamp>,
    /// What the adaptive policy has of the draw now, in percent.
    pub share: u8,
    /// When the next share is weighed, where it grows.
    pub weighed_at: Option<Timestamp>,
    /// What came of each policy: the fixed interval's first.
    pub arms: [ArmView; 2],
    /// By how much more the adaptive policy caught, as a share of all broadcasts, `-1.0..=1.0`.
    pub more_caught: Option<Estimate>,
    /// Whether that can be said yet.
    pub readiness: Readiness,
}

/// What came of one policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmView {
    /// Which.
    pub arm: Arm,
    /// Whether it only ran in the shadow: none of this was done.
    pub shadow: bool,
    /// Days of accounts.
    pub days: f64,
    /// Broadcasts by which coverage is told.
    pub broadcasts: f64,
    /// The share of broadcasts caught.
    pub coverage: Option<Estimate>,
    /// The median time from start to sight, in minutes.
    pub delay: Option<Estimate>,
    /// Requests a day and account.
    pub requests: Option<Estimate>,
}

/// What an estimate still lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Nothing.
    Ready,
    /// Broadcasts: too few are over yet.
    TooFew,
    /// A way to know of what was missed: the upstream does not tell, and there are no audits.
    Blind,
}

impl Trials {
    pub(crate) fn view<'a>(
        &self,
        follows: impl Iterator<Item = &'a Follow>,
        rules: Arm,
    ) -> TrialsView {
        let record = self.guard.record();
        let follows: Vec<&Follow> = follows.collect();
        TrialsView {
            trial: self.trial.as_ref().map(|trial| trial.view(&follows, rules)),
            fallen: self.fallen,
            forecasts: record.forecasts(),
            calibration_error: record.calibration_error(),
        }
    }
}

impl Trial {
    /// The sums to be told of an arm, account by account, and whether they are its shadow's.
    fn sums<'a>(&self, follows: &[&'a Follow], arm: Arm, rules: Arm) -> (bool, Vec<&'a Sums>) {
        let shadow = self.design.drawn == Drawn::Shadow && arm != rules;
        let own = |follow: &&'a Follow| {
            if shadow { &follow.shadow[arm.index()] } else { &follow.real[arm.index()] }
        };
        let follows = follows.iter().filter(|follow| follow.trial == self.number);
        (shadow, follows.map(own).collect())
    }

    /// By how much more the adaptive policy caught.
    pub(crate) fn more_caught(&self, follows: &[&Follow], rules: Arm) -> Option<Estimate> {
        let (_, fixed) = self.sums(follows, Arm::Fixed, rules);
        let (_, adaptive) = self.sums(follows, Arm::Adaptive, rules);
        difference(&adaptive, &fixed)
    }

    fn view(&self, follows: &[&Follow], rules: Arm) -> TrialView {
        let arms = Arm::ALL.map(|arm| {
            let (shadow, sums) = self.sums(follows, arm, rules);
            let each = || sums.iter().copied();
            let total = |number: fn(&Sums) -> f64| each().map(number).sum::<f64>();
            ArmView {
                arm,
                shadow,
                days: total(|sums| sums.days),
                broadcasts: effective(total(|sums| sums.broadcasts), total(|sums| sums.squares)),
                coverage: coverage(each()),
                delay: delay(each()),
                requests: requests(each()),
            }
        });
        let more_caught = self.more_caught(follows, rules);
        let delayed: f64 = follows.iter().flat_map(|one| &one.real).map(Sums::delayed).sum();
        let counted = arms.iter().any(|arm| arm.broadcasts > 0.0);
        let grows = self.design.migrate && self.share < SHARES[SHARES.len() - 1];
        TrialView {
            design: self.design,
            began_at: self.began_at,
            ended_at: self.ended_at,
            share: self.share,
            weighed_at: (grows && self.ended_at.is_none()).then(|| self.share_since + STEP),
            readiness: match more_caught {
                Some(_) => Readiness::Ready,
                None if !counted && !self.design.audits && delayed >= 5.0 => Readiness::Blind,
                None => Readiness::TooFew,
            },
            arms,
            more_caught,
        }
    }
}

/// As many broadcasts of one weight as tell as much.
fn effective(broadcasts: f64, squares: f64) -> f64 {
    if squares > 0.0 { broadcasts * broadcasts / squares } else { 0.0 }
}
