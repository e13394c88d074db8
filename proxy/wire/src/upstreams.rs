//! What a proxy serves: `GET /api/v1/upstreams`.

use serde::{Deserialize, Serialize};

use crate::platform::Platform;
#[cfg(feature = "openapi")]
use crate::quota::Quota;
use crate::quota::{QuotaState, Quotas};
use crate::time::Timestamp;

/// The reply to `GET /api/v1/upstreams`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpstreamsReply {
    /// The proxy's clock, which the app follows.
    pub clock: ClockInfo,
    /// The upstreams this proxy serves.
    pub upstreams: Vec<UpstreamInfo>,
}

/// The clock of a proxy. It runs at the world's pace except in the demo and in tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockInfo {
    /// Its time as it answers.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub now: Timestamp,
    /// Seconds of its time in one second of the world's.
    pub rate: f64,
    /// `None` for the world's own time; otherwise names the made-up time line, so that
    /// its records never mix with real ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<String>,
}

/// One upstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpstreamInfo {
    /// The platform it answers for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub platform: Platform,
    /// Most accounts in one request.
    pub batch: u32,
    /// What an answer gives away of broadcasts.
    pub reveals: Reveals,
    /// Its quotas, all of which hold at once.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Quota>))]
    pub quotas: Quotas,
    /// What is left of each; empty where an older proxy does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budget: Vec<QuotaState>,
    /// Handles to offer to a person who has none yet (the demo's streamers).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

/// What an upstream's answers give away of a broadcast's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Reveals {
    /// Only live or not.
    Nothing,
    /// When live, its start.
    Start,
    /// Also when offline: the last broadcast and its start.
    Last,
}
