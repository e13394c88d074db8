//! The routes that take the snapshot and give it out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use almanac_wire::snapshot::{MOST_BYTES, RawSnapshot};
use almanac_wire::{AccountForecast, AccountId, ForecastSnapshot, Refusal};
use axum::body::to_bytes;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde::Serialize;

use super::conditional::{Body, Freshness};
use super::patterns::PatternRow;
use super::predictions::Prediction;
use super::shelf::{NotTaken, Publication};
use crate::error::Error;
use crate::proxy::Proxy;
use crate::replicas;

/// Most accounts that a request may name.
const MOST_NAMED: usize = 100;

/// How long a body is read that nobody wants.
const SKIPPING: Duration = Duration::from_secs(5);

/// The snapshot, and whether it is old.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct SnapshotReply<'a> {
    /// It is older than an hour.
    stale: bool,
    /// As the app handed it in.
    #[schema(value_type = RawSnapshot)]
    snapshot: &'a ForecastSnapshot,
}

/// Hand in what is known of all accounts
///
/// It takes the place of the one before, and is what the other endpoints show.
#[utoipa::path(put, path = "/api/v1/snapshot", tag = "forecasts",
    request_body(content = RawSnapshot, content_type = "application/json"),
    responses(
        (status = NO_CONTENT, description = "It is kept"),
        (status = BAD_REQUEST, description = "It is not a snapshot, or out of its bounds", body = Refusal),
        (status = CONFLICT, description = "It is older than the one before, or ahead of the proxy's clock", body = Refusal),
        (status = PAYLOAD_TOO_LARGE, description = "It is larger than any snapshot", body = Refusal),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "It is not application/json", body = Refusal),
        (status = INTERNAL_SERVER_ERROR, description = "It cannot be written down", body = Refusal),
    ))]
pub(crate) async fn put_snapshot(
    State(proxy): State<Arc<Proxy>>,
    request: Request,
) -> Result<StatusCode, Error> {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return Err(Error::MediaType);
    }
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if length.and_then(|text| text.parse::<usize>().ok()).is_some_and(|bytes| bytes > MOST_BYTES) {
        skip(body).await;
        return Err(Error::TooLarge(MOST_BYTES));
    }
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| Error::TooLarge(MOST_BYTES))?;
    let reading = tokio::task::spawn_blocking(move || serde_json::from_slice(&bytes));
    let snapshot: ForecastSnapshot = reading
        .await
        .map_err(|error| Error::Internal(error.to_string()))?
        .map_err(|error| Error::BadRequest(format!("this is no snapshot: {error}")))?;
    match proxy.shelf().put(snapshot, proxy.clock().now()).await {
        Ok(()) => {
            replicas::agree(&proxy).await;
            Ok(StatusCode::NO_CONTENT)
        }
        Err(NotTaken::Ahead) => Err(Error::Conflict(
            "made_at is ahead of this proxy's clock; GET /api/v1/upstreams tells its time"
                .to_owned(),
        )),
        Err(NotTaken::Older(than)) => {
            Err(Error::Conflict(format!("a later snapshot is here already, made at {}", than.ms())))
        }
        Err(NotTaken::Unwritable(error)) => {
            tracing::error!(%error, "a snapshot cannot be written down");
            Err(Error::Internal("the snapshot cannot be written down".to_owned()))
        }
    }
}

/// Reads a body that nobody wants, for a while: most clients look for an answer only once they have
/// sent everything, and would see no more than a broken connection.
async fn skip(mut body: axum::body::Body) {
    let skipping = async {
        let mut left = 2 * MOST_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            let read = frame.data_ref().map_or(0, |data| data.len());
            let Some(rest) = left.checked_sub(read) else { break };
            left = rest;
        }
    };
    drop(tokio::time::timeout(SKIPPING, skipping).await);
}

/// The latest snapshot
#[utoipa::path(get, path = "/api/v1/snapshot", tag = "forecasts",
    responses(
        (status = OK, description = "As the app handed it in", body = SnapshotReply<'_>,
            headers(("etag" = String), ("almanac-snapshot-age" = i64), ("almanac-snapshot-stale" = bool), ("almanac-snapshot-zone" = String))),
        (status = NOT_MODIFIED, description = "It is what If-None-Match names"),
        (status = BAD_REQUEST, description = "There are no parameters", body = Refusal),
        (status = NOT_FOUND, description = "There is none yet", body = Refusal),
    ))]
pub(crate) async fn get_snapshot(
    State(proxy): State<Arc<Proxy>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(Error::BadRequest("there are no parameters here".to_owned()));
    }
    let (held, freshness) = latest(&proxy)?;
    let reply = SnapshotReply { stale: freshness.stale, snapshot: &held.snapshot };
    json(&reply)?.send(&headers, &held, freshness)
}

/// What is usual for each account: the roadmap's table `pattern_analysis`
///
/// Hours are those of the zone in the header `almanac-snapshot-zone`.
#[utoipa::path(get, path = "/api/schedule-patterns", tag = "forecasts",
    params(("account" = Option<Vec<String>>, Query, description = "Only these, as platform:handle; may be repeated")),
    responses(
        (status = OK, description = "One row for each account with enough data", body = Vec<PatternRow>,
            headers(("etag" = String), ("almanac-snapshot-age" = i64), ("almanac-snapshot-stale" = bool), ("almanac-snapshot-zone" = String))),
        (status = NOT_MODIFIED, description = "It is what If-None-Match names"),
        (status = BAD_REQUEST, description = "A parameter is malformed or unknown", body = Refusal),
        (status = NOT_FOUND, description = "No snapshot was handed in yet", body = Refusal),
    ))]
pub(crate) async fn schedule_patterns(
    State(proxy): State<Arc<Proxy>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let wanted = accounts_of(query.as_deref())?;
    let (held, freshness) = latest(&proxy)?;
    let chosen = chosen(&held.snapshot, wanted.as_ref());
    let rows: Vec<PatternRow> =
        chosen.filter_map(|(account, of)| PatternRow::new(account, of, freshness.stale)).collect();
    json(&rows)?.send(&headers, &held, freshness)
}

/// What is to be expected of each account: the roadmap's current predictions
///
/// The likeliest first.
#[utoipa::path(get, path = "/api/predictions", tag = "forecasts",
    params(("account" = Option<Vec<String>>, Query, description = "Only these, as platform:handle; may be repeated")),
    responses(
        (status = OK, description = "One element for each account", body = Vec<Prediction>,
            headers(("etag" = String), ("almanac-snapshot-age" = i64), ("almanac-snapshot-stale" = bool), ("almanac-snapshot-zone" = String))),
        (status = NOT_MODIFIED, description = "It is what If-None-Match names"),
        (status = BAD_REQUEST, description = "A parameter is malformed or unknown", body = Refusal),
        (status = NOT_FOUND, description = "No snapshot was handed in yet", body = Refusal),
    ))]
pub(crate) async fn predictions(
    State(proxy): State<Arc<Proxy>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let wanted = accounts_of(query.as_deref())?;
    let (held, freshness) = latest(&proxy)?;
    let chosen = chosen(&held.snapshot, wanted.as_ref());
    let mut all: Vec<Prediction> =
        chosen.map(|(account, of)| Prediction::new(account, of, freshness.stale)).collect();
    Prediction::sort(&mut all);
    json(&all)?.send(&headers, &held, freshness)
}

/// The latest snapshot and how old it is.
fn latest(proxy: &Proxy) -> Result<(Arc<Publication>, Freshness), Error> {
    let held = proxy.shelf().held().ok_or(Error::NoSnapshot)?;
    let freshness = Freshness::of(&held.snapshot, proxy.clock().now());
    Ok((held, freshness))
}

/// The accounts that a query names; `None` where it names none, which means all.
pub(crate) fn accounts_of(query: Option<&str>) -> Result<Option<BTreeSet<AccountId>>, Error> {
    let mut accounts = BTreeSet::new();
    let mut named = 0;
    for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if key != "account" {
            return Err(Error::BadRequest("the only parameter is account".to_owned()));
        }
        accounts.insert(value.parse().map_err(Error::BadAccount)?);
        named += 1;
        if named > MOST_NAMED {
            return Err(Error::BadRequest(format!("account: expected at most {MOST_NAMED}")));
        }
    }
    Ok(if accounts.is_empty() { None } else { Some(accounts) })
}

fn chosen<'a>(
    snapshot: &'a ForecastSnapshot,
    wanted: Option<&'a BTreeSet<AccountId>>,
) -> impl Iterator<Item = (&'a AccountId, &'a AccountForecast)> {
    let is_wanted = move |account: &AccountId| wanted.is_none_or(|wanted| wanted.contains(account));
    snapshot.accounts().iter().filter(move |(account, _)| is_wanted(account))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

fn json(reply: &impl Serialize) -> Result<Body, Error> {
    let bytes = serde_json::to_vec(reply).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Body { content_type: "application/json", bytes })
}

impl Body {
    fn send(
        self,
        headers: &HeaderMap,
        held: &Publication,
        freshness: Freshness,
    ) -> Result<Response, Error> {
        Ok(self.answer(headers, &held.snapshot, freshness))
    }
}
