//! What the platforms that want one know their askers by, and the tokens they give for it.

use almanac_wire::{Span, Timestamp};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use serde_json::json;

use crate::faults::Kind;
use crate::site::{JSON, Words};

/// The client id of the one application that there is.
pub const CLIENT_ID: &str = "fake-client-id";
/// Its secret.
pub const CLIENT_SECRET: &str = "hush-fake-client-secret";
/// The one key that there is.
pub const API_KEY: &str = "hush-fake-api-key";

/// How long a token lasts.
const LASTS: Span = Span::from_s(14_400);
const PREFIX: &str = "hush-fake-token-";

/// A token of the moment: it says when it was given out, so that nothing has to be remembered.
pub(crate) fn token_words(body: &str, at: Timestamp) -> Words {
    let given = |name: &str| parameter(body, name).unwrap_or_default();
    if given("client_id") != CLIENT_ID {
        let body = json!({ "status": 400, "message": "invalid client" });
        return (StatusCode::BAD_REQUEST, JSON, body.to_string());
    }
    if given("client_secret") != CLIENT_SECRET || given("grant_type") != "client_credentials" {
        let body = json!({ "status": 403, "message": "invalid client secret" });
        return (StatusCode::FORBIDDEN, JSON, body.to_string());
    }
    let body = json!({
        "access_token": format!("{PREFIX}{}", at.ms()),
        "expires_in": LASTS.ceil_s(),
        "token_type": "bearer",
    });
    (StatusCode::OK, JSON, body.to_string())
}

/// When the token that a request comes with was given out; `None` without one that is good still.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<Timestamp> {
    let bearer = headers.get("authorization")?.to_str().ok()?;
    let token = bearer.strip_prefix("Bearer ").or_else(|| bearer.strip_prefix("bearer "))?;
    token.strip_prefix(PREFIX)?.parse().ok().map(Timestamp::from_ms)
}

/// The header fields of somebody who may ask anything at a moment.
pub(crate) fn headers(at: Timestamp) -> HeaderMap {
    let fields = [
        ("authorization", format!("Bearer {PREFIX}{}", at.ms())),
        ("client-id", CLIENT_ID.to_owned()),
        ("x-api-key", API_KEY.to_owned()),
        ("x-goog-api-key", API_KEY.to_owned()),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
    });
    fields.collect()
}

/// Whether a token given out at a moment is good, whatever fault there is.
pub(crate) fn is_good(token: Option<Timestamp>, at: Timestamp, bend: Option<Kind>) -> bool {
    let refused = matches!(bend, Some(Kind::Unauthorized | Kind::Revoked));
    !refused && token.is_some_and(|given| given <= at && at < given + LASTS)
}

/// A field of a form or of a query.
pub(crate) fn parameter(form: &str, name: &str) -> Option<String> {
    pairs(form).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A query's fields, in order, however often one comes.
pub(crate) fn query(uri: &Uri) -> Vec<(String, String)> {
    pairs(uri.query().unwrap_or_default())
}

fn pairs(form: &str) -> Vec<(String, String)> {
    let uri =
        Uri::builder().path_and_query(format!("/?{}", form.trim())).build().unwrap_or_default();
    axum::extract::Query::try_from_uri(&uri).map(|query| query.0).unwrap_or_default()
}

/// The values of a field.
pub(crate) fn values(query: &[(String, String)], name: &str) -> Vec<String> {
    query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
}

/// RFC 3339, to the second.
pub(crate) fn rfc3339(moment: Timestamp) -> String {
    let utc = chrono::DateTime::from_timestamp_millis(moment.ms());
    utc.map(|utc| utc.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}
