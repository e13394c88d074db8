//! What holds for every request and every answer: who may ask and how often, the security headers,
//! one line in the log.

mod fetched;
mod headers;
mod hosts;
mod rates;

pub(crate) use headers::cors;
pub(crate) use rates::ClientRates;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::client::{Client, Peer, find_client};
use crate::error::Error;
use crate::proxy::Proxy;

/// A hundred accounts with the longest handles fit.
const LONGEST_URI: usize = 16 << 10;

/// Middleware around everything else.
pub(crate) async fn shield(
    State(proxy): State<Arc<Proxy>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let behind = &proxy.network().behind;
    let client = find_client(request.extensions().get::<Peer>(), request.headers(), behind);
    request.extensions_mut().insert(client);
    // The query stays out of the log: it may hold a key.
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = match refusal(&proxy, &request, client) {
        Some(error) => error.into_response(),
        None => answer(&proxy, request, next).await,
    };
    headers::secure(uri.path(), response.headers_mut());
    let lasted = started.elapsed();
    let status = response.status();
    // A first visit fetches some sixty files of the app.
    let file = route.is_none() && (status.is_success() || status == StatusCode::NOT_MODIFIED);
    proxy.metrics().answered(route, status, lasted);
    macro_rules! tell {
        ($level:ident) => {
            tracing::$level!(
                method = method.as_str(),
                path = uri.path(),
                status = status.as_u16(),
                duration_ms = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
                client = %client.0,
                "answered"
            )
        };
    }
    if file {
        tell!(debug);
    } else {
        tell!(info);
    }
    response
}

/// Why a request is turned away before anything looks at it.
fn refusal(proxy: &Proxy, request: &Request, client: Client) -> Option<Error> {
    let network = proxy.network();
    let asked = request.uri().path_and_query().map_or(0, |asked| asked.as_str().len());
    if asked > LONGEST_URI {
        return Some(Error::LongUri(LONGEST_URI));
    }
    if !hosts::is_ours(request.uri(), request.headers(), network) {
        return Some(Error::ForeignHost);
    }
    if !fetched::may_ask(request, &network.origins) {
        return Some(Error::ForeignOrigin);
    }
    let rates = proxy.client_rates()?;
    rates.may_ask(client.0).err().map(Error::SlowDown)
}

async fn answer(proxy: &Proxy, request: Request, next: Next) -> Response {
    match tokio::time::timeout(proxy.network().request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::TookTooLong.into_response(),
    }
}
