//! `GET /api/predictions`: the roadmap's current predictions.
//!
//! The roadmap's dashboard reads an array of `{account, probability, confidence, nextCheckTime}`,
//! and its autochecker sorts them by probability, highest first. How it is read here:
//! - `account` is `platform:handle`, since there are several platforms.
//! - `probability` is that the account is on air at some moment of the hour from the snapshot on:
//!   the roadmap computes it for "now" and checks those above 0.4 in its next hourly round. While
//!   nothing is known it is null (the roadmap makes up 0.1); its dashboard shows that as 0.0 %.
//! - `confidence` is the pattern's, and 0 where data is insufficient, as in the roadmap.
//! - `nextCheckTime` is milliseconds since the Unix epoch, as `Date.now() + ...` is, and null where
//!   no check can be planned. (Once the roadmap writes `nextCheck`; its dashboard reads the other.)
//! - Once the snapshot is stale, every element has `stale: true`.

use almanac_wire::{AccountForecast, AccountId, Timestamp};
use serde::Serialize;

/// One prediction.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prediction {
    /// Whose, as `platform:handle`.
    account: String,
    /// P(on air at some moment of the hour from the snapshot on); null while nothing is known.
    probability: Option<f64>,
    /// How far its pattern can be relied on, 0 to 1.
    confidence: f64,
    /// When it will be checked next, milliseconds since the Unix epoch; null where no check can
    /// be planned.
    next_check_time: Option<i64>,
    /// The snapshot is old.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    stale: bool,
}

impl Prediction {
    pub(super) fn new(account: &AccountId, of: &AccountForecast, stale: bool) -> Self {
        Self {
            account: account.to_string(),
            probability: of.chances.map(|chances| chances.live_within_hour.get()),
            confidence: of.pattern.as_ref().map_or(0.0, |pattern| pattern.confidence_level.get()),
            next_check_time: of.next_check.map(Timestamp::ms),
            stale,
        }
    }

    /// The likeliest first, and what is unknown last.
    pub(super) fn sort(predictions: &mut [Self]) {
        let rank = |one: &Self| one.probability.unwrap_or(-1.0);
        predictions.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    }
}
