//! Once an upstream has turned us away until some moment, nothing is sent until then: whoever
//! asks gets that same answer, with its old times.

use almanac_wire::{AccountId, CheckResult, Outcome, Timestamp};

/// The breaker of one upstream.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    /// The answer that opened it, and until when.
    open: Option<(CheckResult, Timestamp)>,
}

impl Breaker {
    /// Opens on an answer that concerns the whole upstream and says when to come back.
    pub(crate) fn note(&mut self, result: &CheckResult) {
        let Outcome::Unknown { reason, retry_at: Some(retry_at), detail } = &result.outcome else {
            return;
        };
        let later = self.open.as_ref().is_none_or(|(_, until)| until < retry_at);
        if reason.concerns_upstream() && later {
            tracing::warn!(
                platform = %result.account.platform(),
                ?reason,
                detail = detail.as_deref().unwrap_or_default(),
                pause_s = (*retry_at - result.answered_at).ceil_s(),
                "the upstream turns us away; nothing is sent until it is time to try again"
            );
            self.open = Some((result.clone(), *retry_at));
        }
    }

    /// The answer to give instead of sending anything.
    pub(crate) fn answer(&self, account: &AccountId, now: Timestamp) -> Option<CheckResult> {
        let (result, until) = self.open.as_ref()?;
        (now < *until).then(|| CheckResult { account: account.clone(), ..result.clone() })
    }
}

#[cfg(test)]
mod tests {
    use almanac_wire::{Platform, UnknownReason};

    use super::*;

    fn account(handle: &str) -> AccountId {
        AccountId::new(Platform::Tiktok, handle).unwrap()
    }

    fn unknown(reason: UnknownReason, retry_at: Option<i64>) -> CheckResult {
        CheckResult {
            account: account("mira"),
            asked_at: Timestamp::from_s(10),
            answered_at: Timestamp::from_s(11),
            outcome: Outcome::Unknown {
                reason,
                retry_at: retry_at.map(Timestamp::from_s),
                detail: None,
            },
        }
    }

    #[test]
    fn it_answers_for_everyone_until_it_is_time() {
        let mut breaker = Breaker::default();
        breaker.note(&unknown(UnknownReason::Blocked, Some(100)));
        let answer = breaker.answer(&account("tomo"), Timestamp::from_ms(99_999)).unwrap();
        assert_eq!(answer.account, account("tomo"));
        assert_eq!(answer.asked_at, Timestamp::from_s(10));
        assert_eq!(breaker.answer(&account("tomo"), Timestamp::from_s(100)), None);
    }

    #[test]
    fn an_earlier_retry_does_not_shorten_it() {
        let mut breaker = Breaker::default();
        breaker.note(&unknown(UnknownReason::RateLimited, Some(100)));
        breaker.note(&unknown(UnknownReason::Blocked, Some(50)));
        assert!(breaker.answer(&account("mira"), Timestamp::from_s(99)).is_some());
    }

    #[test]
    fn what_concerns_one_account_or_names_no_time_leaves_it_shut() {
        let mut breaker = Breaker::default();
        breaker.note(&unknown(UnknownReason::Restricted, Some(100)));
        breaker.note(&unknown(UnknownReason::Timeout, None));
        assert_eq!(breaker.answer(&account("mira"), Timestamp::from_s(12)), None);
    }
}
