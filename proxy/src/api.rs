//! The routes under `/api/v1`.

use std::collections::HashMap;
use std::sync::Arc;

use almanac_wire::{
    AccountId, CheckResult, Outcome, Platform, QuotaState, Refusal, StatusReply, Timestamp,
    UnknownReason, UpstreamsReply,
};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::budget::Denied;
use crate::checks::{Checks, Ready};
use crate::error::Error;
use crate::proxy::Proxy;

const MOST_ACCOUNTS: usize = 100;

/// The platforms that this proxy serves, and its clock
#[utoipa::path(get, path = "/api/v1/upstreams", tag = "platforms",
    responses((status = OK, description = "With their quotas", body = UpstreamsReply)))]
pub(crate) async fn upstreams(State(proxy): State<Arc<Proxy>>) -> Json<UpstreamsReply> {
    let upstreams = proxy.checks().map(Checks::info).collect();
    Json(UpstreamsReply { clock: proxy.clock().info(), upstreams })
}

/// Who is live
#[utoipa::path(get, path = "/api/v1/status", tag = "platforms",
    params(
        ("platform" = String, Query, description = "A platform that this proxy serves"),
        ("account" = Vec<String>, Query, description = "Handles on that platform, 1 to 100"),
    ),
    responses(
        (status = OK, description = "One result for each account, in the order asked", body = StatusReply),
        (status = BAD_REQUEST, description = "A parameter is missing, malformed or unknown", body = Refusal),
        (status = TOO_MANY_REQUESTS, description = "A quota has no request left", body = Refusal, headers(("retry-after" = u32))),
        (status = SERVICE_UNAVAILABLE, description = "The requests cannot be accounted for", body = Refusal),
    ))]
pub(crate) async fn status(
    State(proxy): State<Arc<Proxy>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let (platform, accounts) = read_query(query.as_deref().unwrap_or_default())?;
    let checks = proxy.checks_of(platform).ok_or(Error::UnservedPlatform(platform))?;
    if let Some(results) = checks.ready(&accounts) {
        for ready in &results {
            proxy.metrics().told(platform, &ready.result.outcome);
        }
        let (now, budget) = (proxy.clock().now(), checks.budget());
        return Ok(Json(ReadyReply { now, results, budget }).into_response());
    }
    let results = check_all(&proxy, checks, &accounts).await?;
    for result in &results {
        proxy.metrics().told(platform, &result.outcome);
    }
    let (now, budget) = (proxy.clock().now(), checks.budget());
    Ok(Json(StatusReply { now, results, budget }).into_response())
}

/// A [`StatusReply`] whose results are written already.
#[derive(Serialize)]
struct ReadyReply {
    now: Timestamp,
    results: Vec<Arc<Ready>>,
    budget: Vec<QuotaState>,
}

/// Everything else under `/api`.
pub(crate) async fn not_found(uri: Uri) -> Error {
    Error::NotFound(uri.path().to_owned())
}

/// A method that a route does not have.
pub(crate) async fn method_not_allowed() -> Error {
    Error::Method
}

fn read_query(query: &str) -> Result<(Platform, Vec<AccountId>), Error> {
    let mut platform = None;
    let mut handles = Vec::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "platform" if platform.is_none() => platform = Some(value),
            "platform" => return Err(Error::BadRequest("platform: given twice".to_owned())),
            "account" => handles.push(value),
            _ => {
                return Err(Error::BadRequest(
                    "the parameters are platform and account".to_owned(),
                ));
            }
        }
    }
    let platform = platform.ok_or_else(|| Error::BadRequest("platform: missing".to_owned()))?;
    let platform = platform.parse().map_err(Error::UnknownPlatform)?;
    if handles.is_empty() || handles.len() > MOST_ACCOUNTS {
        return Err(Error::BadRequest(format!(
            "account: {} given; expected 1 to {MOST_ACCOUNTS}",
            handles.len()
        )));
    }
    let accounts =
        handles.iter().map(|handle| AccountId::new(platform, handle)).collect::<Result<_, _>>();
    Ok((platform, accounts.map_err(Error::BadAccount)?))
}

/// As many as one request takes, and one request after the other: no bursts.
async fn check_all(
    proxy: &Proxy,
    checks: &Checks,
    accounts: &[AccountId],
) -> Result<Vec<CheckResult>, Error> {
    let mut answered: HashMap<&AccountId, CheckResult> = HashMap::new();
    let mut refused = None;
    let mut failed: Option<CheckResult> = None;
    let mut wanted: Vec<AccountId> = Vec::new();
    for account in accounts {
        match checks.known(account) {
            Some(result) => drop(answered.insert(account, result)),
            None if wanted.contains(account) => {}
            None => wanted.push(account.clone()),
        }
    }
    for batch in wanted.chunks(checks.batch()) {
        // Once the upstream as a whole has failed, the others would only wait for the same.
        if let Some(failed) = &failed {
            for account in accounts.iter().filter(|account| batch.contains(account)) {
                let same = CheckResult { account: account.clone(), ..failed.clone() };
                answered.insert(account, checks.known(account).unwrap_or(same));
            }
            continue;
        }
        for (account, answer) in batch.iter().zip(checks.check(batch).await) {
            match answer {
                Ok(result) => {
                    if concerns_upstream(&result.outcome) {
                        failed = Some(result.clone());
                    }
                    let asked = accounts.iter().find(|asked| *asked == account);
                    answered.extend(asked.map(|asked| (asked, result)));
                }
                // The next may be on its way for somebody else.
                Err(Denied::OverBudget(over)) => refused = Some(over),
                Err(Denied::Unaccountable(message)) => return Err(Error::Unaccountable(message)),
            }
        }
    }
    let now = proxy.clock().now();
    if let (Some(over), true) = (refused, answered.is_empty()) {
        return Err(Error::OverBudget { over, now });
    }
    let over_budget = |account: &AccountId| CheckResult {
        account: account.clone(),
        asked_at: now,
        answered_at: now,
        outcome: Outcome::Unknown {
            reason: UnknownReason::OverBudget,
            retry_at: refused.map(|over| over.retry_at),
            detail: refused.map(|over| format!("{} is used up", over.by)),
        },
    };
    Ok(accounts
        .iter()
        .map(|account| answered.get(account).cloned().unwrap_or_else(|| over_budget(account)))
        .collect())
}

const fn concerns_upstream(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Unknown { reason, .. } => reason.concerns_upstream(),
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_strictly() {
        let (platform, accounts) =
            read_query("platform=tiktok&account=Mira.Codes&account=%40tomo").unwrap();
        assert_eq!(platform, Platform::Tiktok);
        assert_eq!(
            accounts.iter().map(AccountId::handle).collect::<Vec<_>>(),
            ["mira.codes", "tomo"]
        );
        let too_many = format!("platform=demo{}", "&account=a".repeat(101));
        for query in [
            "",
            "platform=tiktok",
            "account=mira",
            "platform=tiktok&platform=tiktok&account=mira",
            "platform=myspace&account=tom",
            "platform=tiktok&account=",
            "platform=tiktok&account=..%2Fetc",
            "platform=tiktok&account=mira&accounts=x",
            "platform=tiktok&account=a%00b",
            &too_many,
        ] {
            assert!(read_query(query).is_err(), "{query}");
        }
    }
}
