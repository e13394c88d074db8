//! `GET /api/v1/history`: past broadcasts, where a platform lists them. A history costs budget
//! like anything else.

use std::sync::Arc;

use almanac_wire::{
    AccountId, HistoryReply, Outcome, PastSession, Platform, Refusal, Timestamp, UnknownReason,
};
use axum::Json;
use axum::extract::{RawQuery, State};

use crate::budget::Denied;
use crate::error::Error;
use crate::proxy::Proxy;

/// What an upstream says of an account's past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum History {
    /// Its past broadcasts.
    Listed {
        /// Those that are over, latest first.
        sessions: Vec<PastSession>,
        /// From when on nothing is missing, where that is known.
        complete_from: Option<Timestamp>,
    },
    /// There is no such account.
    NotFound,
    /// The platform lists no past broadcasts.
    NotListed,
    /// Nothing was learned.
    Unknown {
        /// Why.
        reason: UnknownReason,
        /// Not before this is it worth asking again.
        retry_at: Option<Timestamp>,
        /// What exactly came back.
        detail: Option<String>,
    },
}

/// Past broadcasts of an account
///
/// For a cold start: what a platform lists costs one request or a few, and saves weeks of learning.
#[utoipa::path(get, path = "/api/v1/history", tag = "platforms",
    params(
        ("platform" = String, Query, description = "A platform that this proxy serves"),
        ("account" = String, Query, description = "A handle on that platform"),
    ),
    responses(
        (status = OK, description = "What the platform lists", body = HistoryReply),
        (status = BAD_REQUEST, description = "A parameter is missing, malformed or unknown", body = Refusal),
        (status = NOT_FOUND, description = "No such account, or the platform lists no past broadcasts", body = Refusal),
        (status = TOO_MANY_REQUESTS, description = "A quota has no request left", body = Refusal, headers(("retry-after" = u32))),
        (status = BAD_GATEWAY, description = "The platform did not answer as it should", body = Refusal),
        (status = SERVICE_UNAVAILABLE, description = "The request cannot be accounted for", body = Refusal),
    ))]
pub(crate) async fn history(
    State(proxy): State<Arc<Proxy>>,
    RawQuery(query): RawQuery,
) -> Result<Json<HistoryReply>, Error> {
    let account = read_query(query.as_deref().unwrap_or_default())?;
    let platform = account.platform();
    let checks = proxy.checks_of(platform).ok_or(Error::UnservedPlatform(platform))?;
    let listed = checks.history(&account).await;
    let now = proxy.clock().now();
    match listed {
        Ok(History::Listed { sessions, complete_from }) => {
            let budget = checks.budget();
            Ok(Json(HistoryReply { now, account, sessions, complete_from, budget }))
        }
        Ok(History::NotFound) => Err(Error::NoSuchAccount(account)),
        Ok(History::NotListed) => Err(Error::NoHistory(platform)),
        Ok(History::Unknown { reason, retry_at, detail }) => {
            Err(Error::Upstream { platform, reason, retry_at, detail, now })
        }
        Err(Denied::OverBudget(over)) => Err(Error::OverBudget { over, now }),
        Err(Denied::Unaccountable(message)) => Err(Error::Unaccountable(message)),
    }
}

fn read_query(query: &str) -> Result<AccountId, Error> {
    let (mut platform, mut account) = (None, None);
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match key.as_ref() {
            "platform" => &mut platform,
            "account" => &mut account,
            _ => {
                return Err(Error::BadRequest(
                    "the parameters are platform and account".to_owned(),
                ));
            }
        };
        if place.replace(value).is_some() {
            return Err(Error::BadRequest(format!("{key}: given twice")));
        }
    }
    let missing = |name: &str| Error::BadRequest(format!("{name}: missing"));
    let platform: Platform =
        platform.ok_or_else(|| missing("platform"))?.parse().map_err(Error::UnknownPlatform)?;
    let account = account.ok_or_else(|| missing("account"))?;
    AccountId::new(platform, &account).map_err(Error::BadAccount)
}

/// What it means for a history that an answer was none.
pub(crate) fn unlearned(outcome: Outcome) -> History {
    match outcome {
        Outcome::Unknown { reason, retry_at, detail } => {
            History::Unknown { reason, retry_at, detail }
        }
        Outcome::NotFound => History::NotFound,
        Outcome::Live { .. } | Outcome::Offline { .. } => History::NotListed,
    }
}
