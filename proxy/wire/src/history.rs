//! Past broadcasts, where a platform lists them: `GET /api/v1/history?platform=..&account=..`.

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::quota::QuotaState;
use crate::time::Timestamp;

/// The reply to a history request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryReply {
    /// The proxy's clock as it answers, milliseconds since the Unix epoch.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub now: Timestamp,
    /// The account.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// Its broadcasts that are over, latest first.
    pub sessions: Vec<PastSession>,
    /// Nothing is missing from this moment on, where that is known: a day without a session
    /// since was a day without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub complete_from: Option<Timestamp>,
    /// What is left of every quota of this upstream, shortest window first.
    pub budget: Vec<QuotaState>,
}

/// One broadcast that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastSession {
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub start: Timestamp,
    /// When it ended, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub end: Option<Timestamp>,
    /// The title, as typed by the streamer: data, never markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The platform's identifier of the broadcast or of its recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How its times are known.
    pub known: HowKnown,
}

/// How the times of a past broadcast are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum HowKnown {
    /// The platform keeps the broadcast's own times.
    Broadcast,
    /// From its recording: when that begins, and how long it is. One that was cut is shorter
    /// than the broadcast was.
    Recording,
}
