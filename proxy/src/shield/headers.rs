//! The headers that tell a browser what it may do with an answer.

use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, HeaderMap, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Nothing but what this proxy itself serves; WebAssembly, but no text that becomes code.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The app uses none of these.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()";

static ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Whether an answer is of use to the pages of other sites.
static RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Adds to an answer what every answer carries.
pub(super) fn secure(path: &str, headers: &mut HeaderMap) {
    for (name, value) in &ALWAYS {
        headers.insert(name, value.clone());
    }
    let badge = path.starts_with("/badge/");
    let resource = if badge { "cross-origin" } else { "same-origin" };
    headers.insert(&RESOURCE_POLICY, HeaderValue::from_static(resource));
    // What says nothing of being kept is not kept, by nobody on the way either.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Lets pages of these origins read what is here, and change nothing.
pub(crate) fn cors(origins: &[HeaderValue]) -> CorsLayer {
    let age = ["almanac-snapshot-age", "almanac-snapshot-stale", "almanac-snapshot-zone"];
    let exposed = age.map(HeaderName::from_static).into_iter().chain([ETAG, RETRY_AFTER]);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET])
        .allow_headers([AUTHORIZATION])
        .expose_headers(exposed.collect::<Vec<_>>())
        .max_age(Duration::from_secs(3600))
}
