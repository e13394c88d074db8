//! Trials: policies side by side on one's own accounts, and the way back.
//!
//! A [`Trial`] draws by a seed which [`Arm`] an account, or an account's day, goes to. For every
//! account the other arm's plan runs along in its [shadow](follow): when would it have asked? What
//! both come to is counted over broadcasts that either had the same chance to be counted
//! ([`Sums`]), so that the [estimates](estimate) do not flatter whoever looks more often. The
//! [`Guard`] watches whether forecasts hold; where they do not, everything falls back to the fixed
//! interval until a person says otherwise.

mod estimate;
mod follow;
mod guard;
mod sums;
#[cfg(test)]
mod tests;
mod view;

pub use estimate::Estimate;
pub use follow::Follow;
pub(crate) use follow::{Heard, Ruler, or_audit};
pub use guard::Guard;
pub use sums::Sums;
pub use view::{ArmView, Readiness, TrialView, TrialsView};

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Reveals, Span, Timestamp};

use crate::policy::jitter;
use crate::track::Track;

/// A share of the accounts is given this long before it is weighed again.
const STEP: Span = Span::from_ms(7 * Span::DAY.ms());
/// A larger share follows where coverage is certainly no worse than by this much.
const MARGIN: f64 = 0.03;
/// The shares of gradual migration, in percent.
const SHARES: [u8; 4] = [10, 25, 50, 100];
/// This share of an account's days has an audit: a check at a moment that nothing decides but
/// chance. One or two checks in a hundred, where there are 20 to 40 a day.
const AUDITED: f64 = 0.4;

/// What is tried: two policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// One interval for all: what people use today, and the way back.
    Fixed,
    /// By what was learned.
    Adaptive,
}

impl Arm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fixed, Self::Adaptive];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Fixed => Self::Adaptive,
            Self::Adaptive => Self::Fixed,
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Fixed => 0,
            Self::Adaptive => 1,
        }
    }
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawn {
    /// Nothing: the settings rule on, and the other policy runs in the shadow alone.
    Shadow,
    /// Each account, once.
    Accounts,
    /// Each day (UTC) of each account: every account is held against itself.
    Days,
}

/// How a trial is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// What is drawn.
    pub drawn: Drawn,
    /// Of what is drawn, this much is [`Arm::Adaptive`]'s at first; in percent, `0..=100`.
    pub share: u8,
    /// Decides the draw.
    pub seed: u64,
    /// Whether the share grows step by step while it does no harm, and goes back to nothing
    /// where it does.
    pub migrate: bool,
    /// Whether some checks are made at moments that chance alone decides. Without them nothing is
    /// known of missed broadcasts, unless the upstream tells of them afterwards.
    pub audits: bool,
}

/// What a person asks of trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialOrder {
    /// A new trial; one that runs ends.
    Begin(Design),
    /// The trial ends; what it counted stays until the next.
    End,
    /// Everything back to the fixed interval, at once.
    RollBack,
    /// The rule of the settings and the trial count again, after a roll-back or a fall-back.
    Resume,
}

/// A trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Counts trials.
    pub number: u32,
    /// How it is made.
    pub design: Design,
    /// Since when.
    pub began_at: Timestamp,
    /// Until when; `None` while it runs.
    pub ended_at: Option<Timestamp>,
    /// What [`Arm::Adaptive`] has of the draw now, in percent.
    pub share: u8,
    /// Since when it has.
    pub share_since: Timestamp,
}

impl Trial {
    pub(crate) fn begin(number: u32, design: Design, now: Timestamp) -> Self {
        let share = design.share.min(100);
        Self { number, design, began_at: now, ended_at: None, share, share_since: now }
    }

    /// Whom an account follows at a moment; `None` where the settings say.
    #[must_use]
    pub fn arm(&self, account: &AccountId, at: Timestamp) -> Option<Arm> {
        if self.ended_at.is_some_and(|ended| ended <= at) {
            return None;
        }
        let day = match self.design.drawn {
            Drawn::Shadow => return None,
            Drawn::Accounts => 0,
            Drawn::Days => 1 + day_of(at),
        };
        let low = chance(self.design.seed, account, day, 0) * 100.0 < f64::from(self.share);
        Some(if low { Arm::Adaptive } else { Arm::Fixed })
    }

    /// The first audit of an account after a moment, within this day and the next.
    #[must_use]
    pub fn audit_after(&self, account: &AccountId, at: Timestamp) -> Option<Timestamp> {
        if !self.design.audits || self.ended_at.is_some() {
            return None;
        }
        let of_day = |day: i64| {
            let seed = self.design.seed;
            let minutes = chance(seed, account, day, 2) * Span::DAY.minutes();
            let moment = Timestamp::from_ms(day * Span::DAY.ms()) + Span::from_minutes(minutes);
            (chance(seed, account, day, 1) < AUDITED && moment > at).then_some(moment)
        };
        let today = day_of(at);
        of_day(today).or_else(|| of_day(today + 1))
    }

    /// Weighs whether a larger share may follow; `difference` is [`Arm::Adaptive`]'s coverage less
    /// [`Arm::Fixed`]'s.
    pub(crate) fn weigh(&self, difference: Option<Estimate>, now: Timestamp) -> Option<Step> {
        if !self.design.migrate || self.ended_at.is_some() || now - self.share_since < STEP {
            return None;
        }
        let difference = difference?;
        if difference.high < 0.0 {
            return Some(Step::Back);
        }
        let next = SHARES.into_iter().find(|share| *share > self.share)?;
        (difference.low > -MARGIN).then_some(Step::On(next))
    }
}

/// What gradual migration does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// So many percent.
    On(u8),
    /// Nothing any more: it did harm.
    Back,
}

/// Why everything went back to the fixed interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A person wanted it.
    Person,
    /// A forecast was no number.
    NotANumber,
    /// Forecasts came true by far not as often as they said.
    Calibration,
    /// In the trial, fewer broadcasts were caught than at the fixed interval.
    Worse,
}

/// Everything went back to the fixed interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallen {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
}

/// What happened to trials, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialNews {
    /// A trial began.
    Began,
    /// It ended.
    Ended,
    /// The adaptive policy now has so many percent.
    Share(u8),
    /// Everything went back to the fixed interval.
    FellBack(Cause),
    /// It came back from there.
    Resumed,
}

/// All that is kept of trials but what they count of each account ([`Follow`]).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trials {
    /// The latest trial.
    pub trial: Option<Trial>,
    /// Whether everything has gone back to the fixed interval.
    pub fallen: Option<Fallen>,
    /// Whether forecasts hold.
    pub guard: Guard,
    /// The day on which the trial was last weighed: days since 1970-01-01, UTC.
    pub weighed_on: i64,
}

impl Trials {
    /// Whom an account follows at a moment; `None` where the settings say.
    #[must_use]
    pub fn arm(&self, account: &AccountId, at: Timestamp) -> Option<Arm> {
        if self.fallen.is_some() {
            return Some(Arm::Fixed);
        }
        self.trial.as_ref().and_then(|trial| trial.arm(account, at))
    }

    /// The trial that runs.
    #[must_use]
    pub fn running(&self) -> Option<&Trial> {
        self.trial.as_ref().filter(|trial| trial.ended_at.is_none())
    }

    /// The next audit of an account, where there are any: where the upstream tells of what was
    /// missed, and where a person decides, there are none.
    pub(crate) fn audit(&self, track: &Track, reveals: Reveals) -> Option<Timestamp> {
        let wishes = &track.wishes;
        let decided = wishes.paused || wishes.interval.is_some() || wishes.window.is_some();
        match reveals {
            Reveals::Nothing | Reveals::Start if !decided && self.fallen.is_none() => {
                self.running()?.audit_after(&track.account, track.asked_at?)
            }
            Reveals::Nothing | Reveals::Start | Reveals::Last => None,
        }
    }

    /// Whether policies rule side by side.
    #[must_use]
    pub fn mixed(&self) -> bool {
        let drawn = |trial: &Trial| trial.design.drawn != Drawn::Shadow;
        self.fallen.is_none() && self.running().is_some_and(drawn)
    }
}

const fn day_of(at: Timestamp) -> i64 {
    at.ms().div_euclid(Span::DAY.ms())
}

/// A number in `0.0..1.0` that is another one for each seed, account, day and purpose.
fn chance(seed: u64, account: &AccountId, day: i64, purpose: u64) -> f64 {
    // SplitMix64 (Steele, Lea and Flood 2014), for neighbouring days to have nothing in common.
    let mixed = [seed, day.cast_unsigned(), purpose].into_iter().fold(0_u64, |state, word| {
        let state = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^ (state >> 31)
    });
    f64::midpoint(1.0, jitter(account, Timestamp::from_ms(mixed.cast_signed())))
}
