//! Lets through who has the secret.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Pass;
use super::door::Door;
use crate::client::client;
use crate::error::Error;
use crate::proxy::Proxy;

/// The name of the reader key in a query.
const KEY: &str = "key";

/// Middleware: a request goes on, without the key in its query, or is refused.
pub(crate) async fn guard(
    State(proxy): State<Arc<Proxy>>,
    mut request: Request,
    next: Next,
) -> Response {
    let door = Door::of(request.uri().path());
    let key = match door {
        Door::Reading => take_key(request.uri_mut()),
        Door::Open | Door::Token => None,
    };
    let Some(access) = proxy.access() else { return next.run(request).await };
    if door == Door::Open {
        return next.run(request).await;
    }
    let client = client(&request);
    let pass = match (bearer(request.headers()), key) {
        (Some(token), _) => access.token(token, client).await,
        // What is read with a key is only read.
        (None, Some(key)) if is_reading(request.method()) => access.key(&key, client),
        (None, Some(_)) => Pass::Wrong,
        (None, None) => Pass::Missing,
    };
    match pass {
        Pass::Granted => next.run(request).await,
        Pass::Missing => Error::NoToken.into_response(),
        Pass::Wrong => Error::WrongToken.into_response(),
        Pass::Later(seconds) => Error::SlowDown(seconds).into_response(),
    }
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The token of the one `Authorization: Bearer` field.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else { return None };
    let (scheme, token) = field.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Takes the key out of a query: the routes behind know nothing of it.
fn take_key(uri: &mut Uri) -> Option<String> {
    let query = uri.query()?;
    let is_key = |pair: &&str| pair.split('=').next() == Some(KEY);
    let key = query.split('&').find(is_key)?.split_once('=').map(|(_, value)| value.to_owned());
    let rest: Vec<&str> = query.split('&').filter(|pair| !is_key(pair)).collect();
    let path = uri.path();
    let text = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    *uri = Uri::from_parts(parts).ok()?;
    Some(key.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_key_leaves_the_query() {
        let take = |text: &str| {
            let mut uri: Uri = text.parse().unwrap();
            let key = take_key(&mut uri);
            (key, uri.to_string())
        };
        let taken = |key: &str, rest: &str| (Some(key.to_owned()), rest.to_owned());
        assert_eq!(take("/a?key=k"), taken("k", "/a"));
        assert_eq!(take("/a?x=1&key=k&y=2"), taken("k", "/a?x=1&y=2"));
        assert_eq!(take("/a?key=k&key=l"), taken("k", "/a"));
        assert_eq!(take("/a?key"), taken("", "/a"));
        assert_eq!(take("http://h/a?key=k&x=1"), taken("k", "http://h/a?x=1"));
        assert_eq!(take("/a?monkey=k"), (None, "/a?monkey=k".to_owned()));
        assert_eq!(take("/a"), (None, "/a".to_owned()));
    }

    #[test]
    fn one_bearer_token_and_no_more() {
        let of = |fields: &[&'static str]| {
            let headers: HeaderMap = fields
                .iter()
                .map(|field| (AUTHORIZATION, HeaderValue::from_static(field)))
                .collect();
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(of(&["bearer  abc "]).as_deref(), Some("abc"));
        for none in [&["Basic abc"][..], &["Bearer"], &["abc"], &[], &["Bearer a", "Bearer b"]] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }
}
