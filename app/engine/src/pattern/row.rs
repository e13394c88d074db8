//! The roadmap's `pattern_analysis` table, column by column.

use serde::{Deserialize, Serialize};

use crate::zone::Zone;

use super::analyze::Pattern;

/// A row of the roadmap's table `pattern_analysis`: same names, order and units. What is not known
/// is null. Where data is insufficient there is no row, as in the roadmap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatternRow {
    /// Whose pattern.
    pub username: String,
    /// Circular average of the starts: hours after local midnight, `0.0..24.0`.
    pub avg_start_hour: Option<f64>,
    /// Circular average of the ends: hours after local midnight, `0.0..24.0`.
    pub avg_end_hour: Option<f64>,
    /// Average length in hours, real time.
    pub avg_duration_hours: Option<f64>,
    /// 0 (Sunday) to 6, rising.
    pub most_active_days: Vec<u8>,
    /// `0.0..=1.0`, see [`Pattern::consistency`].
    pub consistency_score: f64,
    /// When the pattern was worked out: `2026-03-29T01:00:00Z`, always UTC.
    pub last_updated: Option<String>,
    /// Sessions it rests on.
    pub data_points: u32,
    /// `0.0..=1.0`, see [`Pattern::confidence`].
    pub confidence_level: f64,
}

impl PatternRow {
    /// The row of an account whose pattern this is.
    #[must_use]
    pub fn new(username: &str, pattern: &Pattern) -> Self {
        let hours = |minutes: f64| minutes / 60.0;
        let seconds = pattern.last_updated.ms().div_euclid(1000).rem_euclid(60);
        let stamp = Zone::UTC.local(pattern.last_updated).map(|utc| {
            format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{seconds:02}Z",
                utc.year, utc.month, utc.day, utc.hour, utc.minute
            )
        });
        Self {
            username: username.to_owned(),
            avg_start_hour: pattern.start.minute.map(hours),
            avg_end_hour: pattern.end.and_then(|end| end.minute).map(hours),
            avg_duration_hours: pattern.duration.map(|duration| hours(duration.mean_minutes)),
            most_active_days: pattern.active_days.clone(),
            consistency_score: pattern.consistency,
            last_updated: stamp,
            data_points: pattern.data_points,
            confidence_level: pattern.confidence.value,
        }
    }
}
