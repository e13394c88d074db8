//! `GET /api/schedule-patterns`: the roadmap's table `pattern_analysis`.
//!
//! The roadmap says that the endpoint answers with all patterns, and shows the table they are kept
//! in. How it is read here:
//! - The answer is a JSON array of the table's rows, its columns under their own names and in their
//!   units; `NULL` is `null`.
//! - `username` is the handle alone. As there are several platforms, `account` (`platform:handle`)
//!   stands beside it: that is the key.
//! - Below five sessions there is no row: there the roadmap's analyzer answers "Insufficient data"
//!   and saves nothing.
//! - `last_updated`, a `TIMESTAMP`, is RFC 3339 in UTC. Hours are those of the app's zone, which the
//!   header `Almanac-Snapshot-Zone` names.
//! - Once the snapshot is stale, every row has `stale: true`.

use almanac_wire::{AccountForecast, AccountId, Timestamp};
use serde::Serialize;

/// One row.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PatternRow {
    /// Whose pattern, as `platform:handle`.
    account: String,
    /// The handle alone.
    username: String,
    /// Circular average of the starts, hours after local midnight.
    avg_start_hour: Option<f64>,
    /// Circular average of the ends, hours after local midnight.
    avg_end_hour: Option<f64>,
    /// Average length in hours.
    avg_duration_hours: Option<f64>,
    /// 0 (Sunday) to 6, rising.
    most_active_days: Vec<u8>,
    /// How alike its days are, 0 to 1.
    consistency_score: f64,
    /// When the pattern was worked out, RFC 3339 in UTC.
    #[schema(format = "date-time")]
    last_updated: String,
    /// Sessions it rests on.
    data_points: u32,
    /// How far it can be relied on, 0 to 1.
    confidence_level: f64,
    /// The snapshot is old.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    stale: bool,
}

impl PatternRow {
    /// The row of an account; none where data is insufficient.
    pub(super) fn new(account: &AccountId, of: &AccountForecast, stale: bool) -> Option<Self> {
        let pattern = of.pattern.as_ref()?;
        Some(Self {
            account: account.to_string(),
            username: account.handle().to_owned(),
            avg_start_hour: pattern.avg_start_hour.map(f64::from),
            avg_end_hour: pattern.avg_end_hour.map(f64::from),
            avg_duration_hours: pattern.avg_duration_hours.map(f64::from),
            most_active_days: pattern.most_active_days.clone().into(),
            consistency_score: pattern.consistency_score.get(),
            last_updated: rfc3339(pattern.last_updated),
            data_points: pattern.data_points,
            confidence_level: pattern.confidence_level.get(),
            stale,
        })
    }
}

/// A moment as text, to the second.
fn rfc3339(at: Timestamp) -> String {
    let utc = chrono::DateTime::from_timestamp_millis(at.ms()).unwrap_or_default();
    utc.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
