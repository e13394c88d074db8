//! When the upstream misbehaves, and how.

use std::fmt;
use std::str::FromStr;

use almanac_wire::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rng::number_of;
use crate::site::Question;

/// A way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Does not: shields a stretch of time from the faults listed after it.
    None,
    /// 200 with the firewall's HTML page.
    Waf,
    /// 200 with nothing in it.
    Empty,
    /// 403.
    Forbidden,
    /// 429, with `Retry-After` where the fault gives one.
    RateLimited,
    /// 500, 502 and 503 in turn, with `Retry-After` where the fault gives one.
    ServerError,
    /// Says nothing for a minute of the world's time, then 504.
    Timeout,
    /// The true JSON, cut in half, with nothing in the headers to show it.
    Truncated,
    /// Announces more bytes than it sends, then closes the connection.
    CutOff,
    /// Fifty megabytes of JSON.
    Huge,
    /// Nobody is found, whoever is live.
    NotFoundWave,
    /// 4003110: a restricted broadcast, or a block that looks like one.
    Restricted,
    /// The batch check calls every room alive, made-up ones included.
    AliveLies,
    /// The site's own words for those whom it takes for a machine, or who have used up their part.
    Machine,
    /// 401, whatever the key or the token.
    Unauthorized,
    /// 401 for tokens given out before the fault's first moment.
    Revoked,
}

/// A stretch of the clock's time in which a share of the requests meets a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The first moment; from ever when absent.
    #[serde(default = "ever", rename = "from_ms")]
    pub from: Timestamp,
    /// The first moment no longer; for ever when absent.
    #[serde(default = "never", rename = "to_ms")]
    pub to: Timestamp,
    /// What happens.
    pub kind: Kind,
    /// The `Retry-After` header of 429 and 5xx, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// Part of the requests that meet it, from 0 to 1: all when absent.
    #[serde(default = "all")]
    pub share: f64,
    /// The number of the one request that meets it, from 0: any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
}

const fn ever() -> Timestamp {
    Timestamp::from_ms(i64::MIN)
}

const fn never() -> Timestamp {
    Timestamp::from_ms(i64::MAX)
}

const fn all() -> f64 {
    1.0
}

/// A list of faults; of those that fit a request, the first one happens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Faults(Vec<Fault>);

/// Why a text is no list of faults.
#[derive(Debug, Error)]
#[error("no list of faults such as [{{\"from_ms\":0,\"to_ms\":1,\"kind\":\"waf\"}}]: {0}")]
pub struct FaultsError(#[from] serde_json::Error);

impl FromStr for Faults {
    type Err = FaultsError;

    fn from_str(json: &str) -> Result<Self, FaultsError> {
        Ok(serde_json::from_str(json)?)
    }
}

impl From<Vec<Fault>> for Faults {
    fn from(faults: Vec<Fault>) -> Self {
        Self(faults)
    }
}

impl Fault {
    /// A fault that meets every request at any time.
    #[must_use]
    pub const fn always(kind: Kind) -> Self {
        Self { from: ever(), to: never(), kind, retry_after_s: None, share: all(), nth: None }
    }

    /// The draw follows from the request's number, so that a run repeats.
    fn meets(&self, at: Timestamp, nth: u64, question: &Question) -> bool {
        let lot = u32::try_from(number_of("share", nth) >> 32).unwrap_or(u32::MAX);
        let drawn = f64::from(lot) < self.share * (f64::from(u32::MAX) + 1.0);
        let its_turn = self.nth.is_none_or(|only| only == nth);
        let standing =
            self.kind != Kind::Revoked || question.token().is_some_and(|given| given < self.from);
        self.from <= at
            && at < self.to
            && drawn
            && its_turn
            && standing
            && question.hears(self.kind)
    }
}

impl Faults {
    /// What happens to the `nth` request, which arrived at a moment.
    pub(crate) fn meeting(&self, at: Timestamp, nth: u64, question: &Question) -> Option<&Fault> {
        self.0
            .iter()
            .find(|fault| fault.meets(at, nth, question))
            .filter(|fault| fault.kind != Kind::None)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiktok::Ask;

    fn kind_at(faults: &str, ms: i64, ask: &Ask) -> Option<Kind> {
        let faults: Faults = faults.parse().unwrap();
        faults
            .meeting(Timestamp::from_ms(ms), 0, &Question::Tiktok(ask.clone()))
            .map(|fault| fault.kind)
    }

    #[test]
    fn the_first_fault_that_fits_happens() {
        let faults = r#"[{"from_ms":20,"to_ms":30,"kind":"none"},
            {"from_ms":10,"to_ms":40,"kind":"waf"},
            {"kind":"alive_lies"}]"#;
        let user = Ask::UserRoom("a".to_owned());
        assert_eq!(kind_at(faults, 9, &user), None, "the batch check's lie does not concern it");
        assert_eq!(kind_at(faults, 10, &user), Some(Kind::Waf));
        assert_eq!(kind_at(faults, 20, &user), None);
        assert_eq!(kind_at(faults, 39, &user), Some(Kind::Waf));
        assert_eq!(kind_at(faults, 40, &Ask::Alive(vec![])), Some(Kind::AliveLies));
    }

    #[test]
    fn a_share_is_about_that_share() {
        let fault = Fault { share: 0.25, ..Fault::always(Kind::Empty) };
        let met = (0..4000)
            .filter(|nth| fault.meets(Timestamp::from_ms(0), *nth, &Question::Elsewhere))
            .count();
        assert!((900..1100).contains(&met), "{met}");
        let never = Fault { share: 0.0, ..Fault::always(Kind::Empty) };
        assert!(!(0..4000).any(|nth| never.meets(
            Timestamp::from_ms(0),
            nth,
            &Question::Elsewhere
        )));
    }

    #[test]
    fn what_is_no_list_of_faults_says_so() {
        for text in ["", "{}", r#"[{"kind":"wafle"}]"#, r#"[{"kind":"waf","form_ms":1}]"#] {
            assert!(
                text.parse::<Faults>().unwrap_err().to_string().starts_with("no list"),
                "{text}"
            );
        }
        assert_eq!(Kind::NotFoundWave.to_string(), "not_found_wave");
    }
}
