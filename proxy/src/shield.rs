//! What holds for every answer: who may ask, the security headers, one line in the log.

use std::net::Ipv4Addr;
use std::time::Instant;

use axum::extract::Request;
use axum::http::header::{HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::Error;

pub(crate) async fn shield(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if is_ours(request.uri(), request.headers()) {
        next.run(request).await
    } else {
        Error::ForeignHost.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

/// A page elsewhere can point a name of its own at this machine (DNS rebinding) and then read
/// our answers; but it cannot make the browser send another name than its own.
fn is_ours(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| is_local(&host)) && uri.authority().is_none_or(is_local)
}

fn is_local(authority: &Authority) -> bool {
    let name = authority.host();
    let is_loopback =
        |name: &str| name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    !authority.as_str().contains('@')
        && (name.eq_ignore_ascii_case("localhost") || name == "[::1]" || is_loopback(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers_to(hosts: &[&'static str], uri: &str) -> bool {
        let headers = hosts.iter().map(|host| (HOST, HeaderValue::from_static(host))).collect();
        is_ours(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn only_local_names_are_ours() {
        for host in
            ["localhost", "localhost:8377", "LocalHost:1", "127.0.0.1:8377", "[::1]:8377", "[::1]"]
        {
            assert!(answers_to(&[host], "/"), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8377",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "192.168.1.2:8377",
            "0.0.0.0",
            "localhost@evil.example",
            "evil.example@localhost",
            "[::2]",
        ] {
            assert!(!answers_to(&[host], "/"), "{host}");
        }
        assert!(!answers_to(&[], "/"));
        assert!(!answers_to(&["localhost", "evil.example"], "/"));
        assert!(!answers_to(&["localhost"], "http://evil.example/"));
        assert!(answers_to(&["localhost"], "http://127.0.0.1:8377/"));
    }
}
