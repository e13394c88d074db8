//! Pages of other sites: they may not spend the budget of whoever happens to look at them.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{HOST, ORIGIN};

use crate::access::is_api;

const SITE: &str = "sec-fetch-site";

/// Whether a browser may ask this. A request that a page of another site makes spends budget even
/// though that page cannot read the answer; browsers say where a request comes from, and programs
/// that say nothing of it are no browsers. Calendars and badges are for other pages.
pub(super) fn may_ask(request: &Request, allowed: &[HeaderValue]) -> bool {
    if !is_api(request.uri().path()) {
        return true;
    }
    let headers = request.headers();
    let origin = headers.get(ORIGIN);
    if origin.is_some_and(|origin| allowed.contains(origin)) {
        return true;
    }
    match headers.get(SITE).map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => true,
        Some(_) => false,
        // Older browsers name the origin only where the request could change something.
        None => origin.is_none_or(|origin| is_own(origin, headers.get(HOST))),
    }
}

/// Whether an origin is that of the host asked.
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let own = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some() && authority == host.and_then(|host| host.to_str().ok())
    };
    origin.to_str().is_ok_and(own)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn asks(path: &str, fields: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri(path).header(HOST, "localhost:8377");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let allowed = [HeaderValue::from_static("https://dash.example.org")];
        may_ask(&request.body(Body::empty()).unwrap(), &allowed)
    }

    #[test]
    fn other_sites_do_not_spend_the_budget() {
        let status = "/api/v1/status?platform=tiktok&account=a";
        assert!(asks(status, &[]));
        assert!(asks(status, &[(SITE, "same-origin")]) && asks(status, &[(SITE, "none")]));
        assert!(!asks(status, &[(SITE, "cross-site")]) && !asks(status, &[(SITE, "same-site")]));
        assert!(!asks(status, &[("origin", "https://evil.example")]));
        assert!(!asks(status, &[("origin", "null")]));
        assert!(asks(status, &[("origin", "http://localhost:8377")]));
        let dash = [("origin", "https://dash.example.org"), (SITE, "cross-site")];
        assert!(asks(status, &dash));
        assert!(asks("/badge/demo/mira.svg", &[(SITE, "cross-site")]));
    }
}
