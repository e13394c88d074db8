//! What the monitor shows of the time to come.

use almanac_wire::{AccountId, Span, Timestamp};

use super::Monitor;
use super::book::Entry;
use crate::forecast::Window;
use crate::policy::{Planned, Reason};
use crate::track::Track;
use crate::view::{AHEAD_STEPS, Expected, Likely, STRIP_AHEAD, Why};

/// Fewer sessions than this within [`RECENT`] are no rhythm to tell anybody of.
const ENOUGH: usize = 5;
/// The time in which they count.
const RECENT: Span = Span::from_ms(30 * Span::DAY.ms());
/// Windows are told to this.
const ROUNDED: i64 = 5 * Span::MINUTE.ms();

impl Monitor {
    /// What is to be expected of an account, as it is shown; `None` while too little is known.
    pub(super) fn expected(&self, account: &AccountId, entry: &Entry) -> Option<Expected> {
        if entry.sessions_since(self.now - RECENT) < ENOUGH {
            return None;
        }
        let forecast = self.forecast(account, self.now)?;
        let (asked_at, outlook) = self.outlook(account)?;
        let step = STRIP_AHEAD / AHEAD_STEPS;
        let middle = |place: i64| self.now + step * place + step / 2;
        Some(Expected {
            within_day: percent(forecast.starts_within_day),
            window: forecast.window.map(rounded),
            likely_end: forecast.likely_end,
            ahead: (0..AHEAD_STEPS)
                .map(|place| percent(outlook.live_at(asked_at, middle(place))))
                .collect(),
        })
    }

    /// Why the next check of an account is made.
    pub(super) fn why(&self, account: &AccountId, planned: Planned) -> Why {
        let live = || {
            let (asked_at, outlook) = self.outlook(account)?;
            Some(percent(outlook.live_at(asked_at, planned.at)))
        };
        let track = self.entries.get(account).map(|entry| &entry.track);
        let missing = track.is_some_and(Track::is_missing);
        let asked_at = track.and_then(|track| track.asked_at);
        match planned.reason {
            Reason::First => Why::First,
            // What is forecast of it holds for accounts that exist.
            Reason::Interval | Reason::Plan | Reason::Spare | Reason::LongestGap if missing => {
                Why::Missing
            }
            Reason::Interval => asked_at
                .map_or(Why::First, |asked_at| Why::Interval { every: planned.at - asked_at }),
            Reason::End => Why::End { over: live().map(|live| 100 - live) },
            Reason::Plan => Why::Plan { live: live() },
            Reason::Asked => Why::Asked,
            Reason::Pinned => Why::Pinned,
            Reason::LongestGap => Why::LongestGap,
            Reason::Spare => Why::Plan { live: live() },
            Reason::Audit => Why::Audit,
        }
    }
}

fn rounded(window: Window) -> Likely {
    let (from, to) = (window.from.ms(), window.to.ms());
    Likely {
        from: Timestamp::from_ms(from - from.rem_euclid(ROUNDED)),
        to: Timestamp::from_ms(to + (-to).rem_euclid(ROUNDED)),
        percent: percent(window.probability),
    }
}

/// In whole percent. Nothing that is uncertain is told as certain.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is cast lies between 0 and 100"
)]
pub(super) fn percent(probability: f64) -> u8 {
    match (probability.clamp(0.0, 1.0) * 100.0).round() as u8 {
        0 if probability > 0.0 => 1,
        100 if probability < 1.0 => 99,
        percent => percent,
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn only_what_is_certain_is_told_as_certain() {
        let told = [0.0, 1e-9, 0.004, 0.5, 0.996, 1.0].map(percent);
        assert_eq!(told, [0, 1, 1, 50, 99, 100]);
    }

    #[test]
    fn windows_are_told_to_five_minutes_and_never_narrower() {
        let at = |minutes: i64| Timestamp::from_s(minutes * 60);
        let window = Window { from: at(62), to: at(91), probability: 0.42 };
        assert_eq!(rounded(window), Likely { from: at(60), to: at(95), percent: 42 });
        let exact = Window { from: at(60), to: at(90), probability: 0.42 };
        assert_eq!(rounded(exact), Likely { from: at(60), to: at(90), percent: 42 });
    }
}
