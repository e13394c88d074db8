//! The answer to "who is live?": `GET /api/v1/status?platform=tiktok&account=a&account=b`.

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::quota::QuotaState;
use crate::time::{Span, Timestamp};

/// The reply to a status request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusReply {
    /// The proxy's clock as it answers.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub now: Timestamp,
    /// One result for each account asked about, in the order asked.
    pub results: Vec<CheckResult>,
    /// What is left of every quota of this upstream, shortest window first.
    pub budget: Vec<QuotaState>,
}

/// What one check said of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// The account.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// When the upstream was asked. The outcome was true at some moment from here on...
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub asked_at: Timestamp,
    /// ...until here, when its answer was complete. A cached answer keeps both times.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub answered_at: Timestamp,
    /// What it said.
    pub outcome: Outcome,
}

/// The four things a check can say. Unknown is never Offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// On air, or paused in the middle of a broadcast.
    Live {
        /// The broadcast that is on.
        broadcast: Broadcast,
    },
    /// Certainly not on air.
    Offline {
        /// The broadcast before, where the upstream still shows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_broadcast: Option<Broadcast>,
    },
    /// The upstream knows no such account, or says so.
    NotFound,
    /// Nothing was learned.
    Unknown {
        /// Why.
        reason: UnknownReason,
        /// Not before this is it worth asking again, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
        retry_at: Option<Timestamp>,
        /// What exactly came back, for people: short, plain text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
}

/// One broadcast as an upstream tells it. Whatever it does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Broadcast {
    /// The platform's identifier of the broadcast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<String>,
    /// The title, as typed by the streamer: data, never markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub started_at: Option<Timestamp>,
    /// People watching now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewers: Option<u32>,
}

/// Why a check learned nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UnknownReason {
    /// A block page, an empty body or a 403: the upstream turns this address away.
    Blocked,
    /// The upstream says that we ask too often (429).
    RateLimited,
    /// Restricted broadcast, or a block that looks like one: the upstream does not tell them apart.
    Restricted,
    /// The upstream failed (5xx).
    UpstreamFailed,
    /// No answer in time.
    Timeout,
    /// No connection.
    Unreachable,
    /// An answer that is cut off, too large, or not what the upstream is known to send.
    BadAnswer,
    /// Our own budget has no request left for it.
    OverBudget,
}

impl UnknownReason {
    /// Whether it speaks of the upstream as a whole, so that asking about another account will not help.
    #[must_use]
    pub const fn concerns_upstream(self) -> bool {
        match self {
            Self::Blocked
            | Self::RateLimited
            | Self::UpstreamFailed
            | Self::Timeout
            | Self::Unreachable
            | Self::OverBudget => true,
            Self::Restricted | Self::BadAnswer => false,
        }
    }
}

/// The body of every error answer of the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// For people: what happened and what to do.
    pub message: String,
    /// Length of the quota window that refused, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_s: Option<u32>,
    /// When to come back: the same as the `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl Refusal {
    /// How long to wait, where the proxy said.
    #[must_use]
    pub fn retry_after(&self) -> Option<Span> {
        self.retry_after_s.map(|s| Span::from_s(i64::from(s)))
    }
}

/// What kind of error the proxy answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RefusalCode {
    /// 400: the request is malformed.
    BadRequest,
    /// 400: no such platform, or none that this proxy serves.
    UnknownPlatform,
    /// 401: this proxy asks for its access token, and none came or another.
    Unauthorized,
    /// 403: a page of another site asks, and this proxy was not told to answer it.
    ForeignOrigin,
    /// 404: no such route.
    NotFound,
    /// 404: the app has not handed in a snapshot yet.
    NoSnapshot,
    /// 404: the platform lists no past broadcasts.
    NoHistory,
    /// 404: the platform knows no such account.
    NoSuchAccount,
    /// 409: the snapshot does not fit the one before or the proxy's clock.
    Conflict,
    /// 429: a quota has no request left.
    OverBudget,
    /// 429: this client asks too often; nothing is wrong with the budget.
    SlowDown,
    /// 500: the proxy itself failed.
    Internal,
    /// 503: no answer within the proxy's own time limit.
    TookTooLong,
    /// 502: the platform did not answer as it should.
    UpstreamFailed,
    /// 503: the request cannot be accounted for, so it is not sent.
    Unaccountable,
}
