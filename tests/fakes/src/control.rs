//! `/_fake/...`: what the test asks of the fake itself. None of it counts as a request.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::Faults;
use crate::server::Shared;

type Parameters = Query<HashMap<String, String>>;
/// An answer, or 400 and why.
type Answered<T> = Result<T, (StatusCode, String)>;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/requests", get(requests))
        .route("/trace", get(trace))
        .route("/now", get(now))
        .route("/windows", get(windows))
        .route("/faults", put(faults))
        .fallback(|| async { StatusCode::NOT_FOUND })
}

async fn requests(
    State(shared): State<Arc<Shared>>,
    Query(query): Parameters,
) -> Answered<Json<Value>> {
    let since = match query.get("since") {
        Some(text) => text.parse().map_err(|_| refused("since", text))?,
        None => 0,
    };
    let journal = shared.journal();
    Ok(Json(journal.since(since).map(|record| json!(record)).collect()))
}

async fn trace(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.world().people().map(|person| json!(person)).collect())
}

async fn now(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "now": shared.now() }))
}

async fn windows(
    State(shared): State<Arc<Shared>>,
    Query(query): Parameters,
) -> Answered<Json<Value>> {
    let lengths = query.get("window_s").map_or("60,3600,86400", String::as_str);
    let lengths: Vec<u32> = lengths
        .split(',')
        .map(|length| length.trim().parse().map_err(|_| refused("window_s", length)))
        .collect::<Result<_, _>>()?;
    let journal = shared.journal();
    Ok(Json(lengths.into_iter().map(|window_s| json!(journal.busiest(window_s))).collect()))
}

/// Reads the body whatever its content type says: `curl -T` is enough.
async fn faults(State(shared): State<Arc<Shared>>, body: String) -> Answered<StatusCode> {
    let faults: Faults =
        body.parse().map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}")))?;
    shared.set_faults(faults);
    Ok(StatusCode::NO_CONTENT)
}

fn refused(name: &str, text: &str) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, format!("“{text}” is no number for {name}"))
}
