//! Everything the proxy refuses, and how it says so.

use almanac_engine::budget::{OverBudget, Refuser};
use almanac_wire::{
    AccountError, AccountId, Platform, Refusal, RefusalCode, Timestamp, UnknownReason,
};
use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use thiserror::Error;

/// When to come back while requests cannot be counted, in seconds: each request tries again, and a
/// disk or a server that is back is found at once.
const UNCOUNTED_S: u32 = 5;

/// Why a request is not answered as asked.
#[derive(Clone, Debug, Error)]
pub(crate) enum Error {
    /// A parameter that is missing, unknown or malformed.
    #[error("{0}")]
    BadRequest(String),
    /// One of the accounts cannot exist.
    #[error("account: {0}")]
    BadAccount(AccountError),
    /// A word that is no platform.
    #[error("platform: {0}")]
    UnknownPlatform(AccountError),
    /// A platform that this proxy was not told to serve.
    #[error("this proxy does not serve {0}; start it with --upstream {0}")]
    UnservedPlatform(Platform),
    /// No such route or file.
    #[error("there is nothing at {0}")]
    NotFound(String),
    /// A file, from a proxy without any.
    #[error("this proxy serves no app; start it with --app and the folder of the built app")]
    NoApp,
    /// Not GET or HEAD.
    #[error("only GET is understood here")]
    Method,
    /// Reached under a name that is not ours: perhaps a page elsewhere trying to reach in.
    #[error(
        "this proxy answers only to localhost and to the names it was given (--host); a reverse proxy in front of it \
         may set the Host header to localhost instead"
    )]
    ForeignHost,
    /// A page of another site asks.
    #[error(
        "a page of another site may not ask here; start the proxy with --allow-origin and that site's origin to let it"
    )]
    ForeignOrigin,
    /// No token came.
    #[error(
        "this proxy asks for its access token: send it as `Authorization: Bearer TOKEN`, or, to read forecasts, the \
         reader key in the address (?key=...)"
    )]
    NoToken,
    /// Another token or key came.
    #[error(
        "this is not what opens this: another access token was expected, or the reader key was given where it may not be used"
    )]
    WrongToken,
    /// Too many requests of one client.
    #[error("too many requests from this address; come back in {0} s")]
    SlowDown(u32),
    /// The address is too long.
    #[error("the address is too long; expected at most {0} bytes")]
    LongUri(usize),
    /// The time limit of a request.
    #[error(
        "there was no answer in time (--request-timeout); what was asked may still be under way"
    )]
    TookTooLong,
    /// No request left.
    #[error("{} is used up", .over.by)]
    OverBudget {
        /// Which quota, and until when.
        over: OverBudget,
        /// The time of the refusal.
        now: Timestamp,
    },
    /// The app has not handed in a snapshot.
    #[error(
        "no snapshot yet: the app hands one in (PUT /api/v1/snapshot) while it is open in a browser"
    )]
    NoSnapshot,
    /// A snapshot that does not fit the one before or the clock.
    #[error("{0}")]
    Conflict(String),
    /// A body that is too large.
    #[error("the body is too large; expected at most {0} bytes")]
    TooLarge(usize),
    /// A body that is not JSON.
    #[error("expected a body of application/json")]
    MediaType,
    /// The proxy itself failed.
    #[error("{0}")]
    Internal(String),
    /// An account that its platform does not know.
    #[error("the platform knows no {0}")]
    NoSuchAccount(AccountId),
    /// A platform without history.
    #[error("{0} does not list past broadcasts")]
    NoHistory(Platform),
    /// The platform did not answer as it should.
    #[error("{platform} did not answer as it should ({reason:?}){}", .detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default())]
    Upstream {
        /// Which.
        platform: Platform,
        /// What went wrong.
        reason: UnknownReason,
        /// Not before this is it worth asking again.
        retry_at: Option<Timestamp>,
        /// What exactly came back.
        detail: Option<String>,
        /// The time of the refusal.
        now: Timestamp,
    },
    /// The budget's journal cannot be written.
    #[error("nothing is asked while requests cannot be counted: {0}")]
    Unaccountable(String),
}

impl Error {
    fn kind(&self) -> (StatusCode, RefusalCode) {
        match self {
            Self::BadRequest(_) | Self::BadAccount(_) => {
                (StatusCode::BAD_REQUEST, RefusalCode::BadRequest)
            }
            Self::UnknownPlatform(_) | Self::UnservedPlatform(_) => {
                (StatusCode::BAD_REQUEST, RefusalCode::UnknownPlatform)
            }
            Self::NoSnapshot => (StatusCode::NOT_FOUND, RefusalCode::NoSnapshot),
            Self::NoHistory(_) => (StatusCode::NOT_FOUND, RefusalCode::NoHistory),
            Self::NoSuchAccount(_) => (StatusCode::NOT_FOUND, RefusalCode::NoSuchAccount),
            Self::Conflict(_) => (StatusCode::CONFLICT, RefusalCode::Conflict),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, RefusalCode::BadRequest),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, RefusalCode::BadRequest),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, RefusalCode::Internal),
            Self::Upstream { .. } => (StatusCode::BAD_GATEWAY, RefusalCode::UpstreamFailed),
            Self::NotFound(_) | Self::NoApp => (StatusCode::NOT_FOUND, RefusalCode::NotFound),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, RefusalCode::BadRequest),
            Self::ForeignHost => (StatusCode::MISDIRECTED_REQUEST, RefusalCode::BadRequest),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, RefusalCode::ForeignOrigin),
            Self::NoToken | Self::WrongToken => {
                (StatusCode::UNAUTHORIZED, RefusalCode::Unauthorized)
            }
            Self::SlowDown(_) => (StatusCode::TOO_MANY_REQUESTS, RefusalCode::SlowDown),
            // Not 414: to whoever holds us to our document it is a query that it does not allow.
            Self::LongUri(_) => (StatusCode::BAD_REQUEST, RefusalCode::BadRequest),
            Self::TookTooLong => (StatusCode::SERVICE_UNAVAILABLE, RefusalCode::TookTooLong),
            Self::OverBudget { .. } => (StatusCode::TOO_MANY_REQUESTS, RefusalCode::OverBudget),
            Self::Unaccountable(_) => (StatusCode::SERVICE_UNAVAILABLE, RefusalCode::Unaccountable),
        }
    }

    fn refusal(&self, code: RefusalCode) -> Refusal {
        let (window_s, retry_after_s) = match self {
            Self::OverBudget { over, now } => {
                let wait_s = u32::try_from((over.retry_at - *now).ceil_s()).unwrap_or(0);
                let window_s = match over.by {
                    Refuser::Quota(quota) => Some(quota.window_s.get()),
                    Refuser::Upstream => None,
                };
                (window_s, Some(wait_s))
            }
            Self::SlowDown(seconds) => (None, Some(*seconds)),
            Self::Upstream { retry_at: Some(retry_at), now, .. } => {
                (None, Some(u32::try_from((*retry_at - *now).ceil_s()).unwrap_or(0)))
            }
            Self::BadRequest(_)
            | Self::BadAccount(_)
            | Self::NoSnapshot
            | Self::Conflict(_)
            | Self::TooLarge(_)
            | Self::MediaType
            | Self::Internal(_)
            | Self::NoSuchAccount(_)
            | Self::NoHistory(_)
            | Self::Upstream { retry_at: None, .. }
            | Self::UnknownPlatform(_)
            | Self::UnservedPlatform(_)
            | Self::NotFound(_)
            | Self::NoApp
            | Self::Method
            | Self::ForeignHost
            | Self::ForeignOrigin
            | Self::NoToken
            | Self::WrongToken
            | Self::LongUri(_)
            | Self::TookTooLong => (None, None),
            Self::Unaccountable(_) => (None, Some(UNCOUNTED_S)),
        };
        Refusal { code, message: self.to_string(), window_s, retry_after_s }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.kind();
        let refusal = self.refusal(code);
        let retry_after = refusal.retry_after_s.map(HeaderValue::from);
        let mut response = (status, Json(refusal)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer realm=\"almanac\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
