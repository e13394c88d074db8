//! Once an upstream has turned us away, nothing is sent until it is time: whoever asks gets that
//! same answer, with its old times. Then one request goes ahead, and what it finds decides for all.
//!
//! A block page closes the way for ten minutes, and twice as long each time the one request that
//! goes ahead meets another, up to six hours.

mod kept;
mod watch;

use almanac_wire::{AccountId, CheckResult, Outcome, Span, Timestamp, UnknownReason};
use serde::{Deserialize, Serialize};

use crate::upstream::reading::STAY_AWAY;

pub(crate) use kept::Kept;
pub(crate) use watch::Watch;

const LONGEST_PAUSE: Span = Span::from_s(6 * 3600);

/// The breaker of one upstream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Breaker {
    open: Option<Open>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Open {
    /// What everyone is told.
    answer: CheckResult,
    until: Timestamp,
    /// Block pages in a row.
    strikes: u32,
    /// One request is ahead of all others; until then it may take.
    #[serde(skip)]
    ahead_until: Option<Timestamp>,
}

/// What the breaker says to someone who wants to send a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Gate {
    /// Send it.
    Free,
    /// Send it: it is the one that goes ahead.
    Ahead,
    /// Nothing is sent; this is the answer for whoever was asked about.
    Shut(Box<CheckResult>),
}

impl Breaker {
    /// As it was kept; no pause is longer than pauses are, whatever the clock has done.
    pub(crate) fn restored(mut self, now: Timestamp) -> Self {
        if let Some(open) = &mut self.open {
            open.until = open.until.min(now + Span::DAY);
        }
        self
    }

    /// Whether a request may be sent now. The first who comes when it is time goes ahead, and has
    /// `patience` to come back.
    pub(crate) fn admit(&mut self, now: Timestamp, patience: Span) -> Gate {
        let gate = self.gate(now);
        if let (Gate::Ahead, Some(open)) = (&gate, &mut self.open) {
            open.ahead_until = Some(now + patience);
        }
        gate
    }

    /// The same, without going.
    pub(crate) fn gate(&self, now: Timestamp) -> Gate {
        match &self.open {
            None => Gate::Free,
            Some(open) if now < open.until || open.ahead_until.is_some_and(|at| now < at) => {
                Gate::Shut(Box::new(open.answer.clone()))
            }
            Some(_) => Gate::Ahead,
        }
    }

    /// What everyone is told who may not go ahead; `None` where the way is free.
    pub(crate) fn shut(&self) -> Option<Box<CheckResult>> {
        self.open.as_ref().map(|open| Box::new(open.answer.clone()))
    }

    /// The one that was to go ahead did not.
    pub(crate) fn stand_back(&mut self) {
        if let Some(open) = &mut self.open {
            open.ahead_until = None;
        }
    }

    /// Learns from the answers to one request, and sets in them when it is worth coming back.
    /// Whether that changed anything worth keeping.
    pub(crate) fn note(&mut self, results: &mut [CheckResult]) -> bool {
        let Some(asked_at) = results.first().map(|result| result.asked_at) else { return false };
        // Whoever was under way when the way was closed learned nothing new.
        let was_ahead = self.open.as_ref().is_none_or(|open| asked_at >= open.until);
        let mut fact = false;
        let mut worst: Option<(usize, Timestamp, bool)> = None;
        for (i, result) in results.iter().enumerate() {
            match &result.outcome {
                Outcome::Unknown { reason, retry_at, .. } if reason.concerns_upstream() => {
                    let blocked = *reason == UnknownReason::Blocked;
                    let until = retry_at.or(blocked.then_some(result.answered_at + STAY_AWAY));
                    let exceeds = |until: &Timestamp| {
                        worst.is_none_or(|(_, before, was_block)| {
                            (blocked, *until) > (was_block, before)
                        })
                    };
                    if let Some(until) = until.filter(exceeds) {
                        worst = Some((i, until, blocked));
                    }
                }
                // It may be a block that looks like something else.
                Outcome::Unknown { .. } => {}
                Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => fact = true,
            }
        }
        match worst {
            Some((i, until, blocked)) => self.close_way(results, i, until, blocked && was_ahead),
            None if fact && was_ahead => self.open.take().is_some(),
            None => {
                if was_ahead {
                    self.stand_back();
                }
                false
            }
        }
    }

    fn close_way(
        &mut self,
        results: &mut [CheckResult],
        worst: usize,
        until: Timestamp,
        strike: bool,
    ) -> bool {
        let Some(answer) = results.get(worst).cloned() else { return false };
        let before = self.open.as_ref().map_or(0, |open| open.strikes);
        let strikes = before.saturating_add(u32::from(strike));
        let doubled = 1_i64.checked_shl(strikes.saturating_sub(1)).unwrap_or(i64::MAX);
        let pause = if strike { (STAY_AWAY * doubled).min(LONGEST_PAUSE) } else { Span::ZERO };
        let until = until.max(answer.answered_at + pause);
        let later = self.open.as_ref().is_none_or(|open| open.until < until);
        if !later {
            return false;
        }
        for result in results.iter_mut() {
            come_back_at(&mut result.outcome, until);
        }
        let mut answer = answer;
        come_back_at(&mut answer.outcome, until);
        if let Outcome::Unknown { reason, detail, .. } = &answer.outcome {
            tracing::warn!(
                platform = %answer.account.platform(),
                ?reason,
                detail = detail.as_deref().unwrap_or_default(),
                pause_s = (until - answer.answered_at).ceil_s(),
                "the upstream turns us away; nothing is sent until it is time to try again"
            );
        }
        self.open = Some(Open { answer, until, strikes, ahead_until: None });
        true
    }
}

/// The answer for another account.
pub(crate) fn same_for(answer: &CheckResult, account: &AccountId) -> CheckResult {
    CheckResult { account: account.clone(), ..answer.clone() }
}

fn come_back_at(outcome: &mut Outcome, until: Timestamp) {
    if let Outcome::Unknown { reason, retry_at, .. } = outcome
        && reason.concerns_upstream()
    {
        *retry_at = Some(until.max(retry_at.unwrap_or(until)));
    }
}

#[cfg(test)]
mod tests {
    use almanac_wire::Platform;

    use super::*;

    const PATIENCE: Span = Span::from_s(30);

    fn at(s: i64) -> Timestamp {
        Timestamp::from_s(s)
    }

    fn result(asked_at: i64, outcome: Outcome) -> CheckResult {
        let account = AccountId::new(Platform::Tiktok, "mira").unwrap();
        CheckResult { account, asked_at: at(asked_at), answered_at: at(asked_at + 1), outcome }
    }

    fn unknown(reason: UnknownReason, retry_at: Option<i64>) -> Outcome {
        Outcome::Unknown { reason, retry_at: retry_at.map(at), detail: None }
    }

    fn blocked(asked_at: i64) -> CheckResult {
        result(asked_at, unknown(UnknownReason::Blocked, Some(asked_at + 601)))
    }

    /// Until when it is shut.
    fn until(breaker: &Breaker, now: i64) -> i64 {
        let Gate::Shut(answer) = breaker.gate(at(now)) else { panic!("not shut at {now}") };
        let Outcome::Unknown { retry_at: Some(until), .. } = answer.outcome else { panic!() };
        until.ms() / 1000
    }

    #[test]
    fn it_answers_for_everyone_until_it_is_time_and_then_lets_one_go_ahead() {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.admit(at(0), PATIENCE), Gate::Free);
        assert!(breaker.note(&mut [blocked(0)]));
        assert_eq!(until(&breaker, 600), 601);
        assert_eq!(breaker.admit(at(601), PATIENCE), Gate::Ahead);
        assert_eq!(until(&breaker, 602), 601);
        // It was never heard of again.
        assert_eq!(breaker.admit(at(631), PATIENCE), Gate::Ahead);
        breaker.stand_back();
        assert_eq!(breaker.admit(at(632), PATIENCE), Gate::Ahead);
        assert!(breaker.note(&mut [result(632, Outcome::NotFound)]));
        assert_eq!(breaker.admit(at(634), PATIENCE), Gate::Free);
    }

    #[test]
    fn pauses_double_up_to_six_hours() {
        let mut breaker = Breaker::default();
        let mut now = 0;
        let pauses: Vec<i64> = (0..8)
            .map(|_| {
                let mut results = [blocked(now)];
                breaker.note(&mut results);
                let shut_until = until(&breaker, now + 1);
                let Outcome::Unknown { retry_at, .. } = results[0].outcome else { panic!() };
                assert_eq!(retry_at, Some(at(shut_until)), "the asker is told the same");
                let pause = shut_until - now - 1;
                now = shut_until;
                pause
            })
            .collect();
        assert_eq!(pauses, [600, 1200, 2400, 4800, 9600, 19_200, 21_600, 21_600]);
    }

    #[test]
    fn those_who_were_under_way_neither_double_nor_open() {
        let mut breaker = Breaker::default();
        breaker.note(&mut [blocked(0)]);
        breaker.note(&mut [blocked(0)]);
        assert!(!breaker.note(&mut [result(0, Outcome::NotFound)]));
        assert_eq!(until(&breaker, 2), 601);
    }

    #[test]
    fn an_earlier_retry_does_not_shorten_it_and_a_later_one_holds() {
        let mut breaker = Breaker::default();
        breaker.note(&mut [result(0, unknown(UnknownReason::RateLimited, Some(9000)))]);
        breaker.note(&mut [blocked(0)]);
        assert_eq!(until(&breaker, 2), 9000);
        // Being told to come back later is no block page.
        breaker.note(&mut [result(9000, unknown(UnknownReason::RateLimited, Some(9100)))]);
        assert_eq!(until(&breaker, 9001), 9100);
    }

    #[test]
    fn one_that_learns_nothing_leaves_it_to_the_next() {
        let mut breaker = Breaker::default();
        breaker.note(&mut [blocked(0)]);
        assert_eq!(breaker.admit(at(700), PATIENCE), Gate::Ahead);
        breaker.note(&mut [result(700, unknown(UnknownReason::Timeout, None))]);
        assert_eq!(breaker.admit(at(711), PATIENCE), Gate::Ahead);
        breaker.note(&mut [blocked(711)]);
        assert_eq!(until(&breaker, 712), 711 + 1 + 1200);
    }

    #[test]
    fn what_concerns_one_account_or_names_no_time_leaves_it_shut() {
        let mut breaker = Breaker::default();
        breaker.note(&mut [result(0, unknown(UnknownReason::Restricted, Some(100)))]);
        breaker.note(&mut [result(0, unknown(UnknownReason::Timeout, None))]);
        assert_eq!(breaker.gate(at(2)), Gate::Free);
    }

    #[test]
    fn it_survives_a_restart() {
        let mut breaker = Breaker::default();
        breaker.note(&mut [blocked(0)]);
        let kept = serde_json::to_string(&breaker).unwrap();
        let again: Breaker = serde_json::from_str(&kept).unwrap();
        assert_eq!(until(&again.clone().restored(at(5)), 5), 601);
        // The clock was set back by years.
        let long_ago = again.restored(at(-100_000_000));
        assert_eq!(long_ago.gate(at(-100_000_000 + 86_400)), Gate::Ahead);
    }
}
