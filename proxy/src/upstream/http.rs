//! Asking over HTTP: one request, one answer, read no further than it is worth.

use std::time::Duration;

use almanac_wire::{Outcome, UnknownReason};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use thiserror::Error;

use crate::upstream::hearing::heard;
use crate::upstream::reading::{Body, Reply};

const AGENT: &str = "Mozilla/5.0 (compatible; Almanac/0.1)";
/// Answers are a few kilobytes.
const LARGEST_BODY: usize = 1 << 20;

/// No client for HTTPS could be made.
#[derive(Debug, Error)]
#[error("cannot set up HTTPS: {0}")]
pub struct HttpError(#[from] reqwest::Error);

/// A client that follows no redirect and never tries again.
#[derive(Clone, Debug)]
pub(crate) struct Http(Client);

/// An answer, kept.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Kept,
}

#[derive(Debug)]
enum Kept {
    Whole(Vec<u8>),
    TooLarge,
    CutOff,
}

impl Http {
    /// Sends these header fields with every request, and waits at most `timeout` for a whole
    /// answer.
    pub(crate) fn new(timeout: Duration, fields: HeaderMap) -> Result<Self, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.extend(fields);
        // Already set when two proxies run in one process, as in tests.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .default_headers(headers)
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self(client))
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.0.get(url)
    }

    /// A form, as browsers send it.
    pub(crate) fn post_form(&self, url: Url, fields: &[(&str, &str)]) -> RequestBuilder {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.0.post(url).header(CONTENT_TYPE, kind).body(form)
    }
}

/// Sends a request; without any answer, what that means for whoever was asked about.
pub(crate) async fn fetch(request: RequestBuilder) -> Result<Answer, Outcome> {
    let response = request.send().await.map_err(unanswered)?;
    let status = response.status();
    let headers = response.headers().clone();
    heard(&headers);
    let body = match read_body(response).await {
        Ok(Some(body)) => Kept::Whole(body),
        Ok(None) => Kept::TooLarge,
        Err(error) if error.is_timeout() => return Err(unanswered(error)),
        Err(_) => Kept::CutOff,
    };
    Ok(Answer { status, headers, body })
}

impl Answer {
    pub(crate) fn reply(&self) -> Reply<'_> {
        let body = match &self.body {
            Kept::Whole(body) => Body::Whole(body),
            Kept::TooLarge => Body::TooLarge,
            Kept::CutOff => Body::CutOff,
        };
        Reply { status: self.status, headers: &self.headers, body }
    }

    pub(crate) fn is_unauthorized(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }
}

/// The body, or `None` as soon as it is too large.
async fn read_body(mut response: Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn unanswered(error: reqwest::Error) -> Outcome {
    let (reason, detail) = if error.is_timeout() {
        (UnknownReason::Timeout, "no whole answer in time")
    } else if error.is_connect() {
        (UnknownReason::Unreachable, "no connection")
    } else {
        (UnknownReason::Unreachable, "the connection broke before an answer")
    };
    // A URL may hold what is nobody's business.
    let error = error.without_url();
    tracing::debug!(error = &error as &dyn std::error::Error, "no answer from an upstream");
    Outcome::Unknown { reason, retry_at: None, detail: Some(detail.to_owned()) }
}

/// A route below the server's own path; the parts become segments, whatever they hold.
pub(crate) fn route<'a>(base: &Url, parts: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = base.clone();
    // HTTP URLs always have segments.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_stays_below_its_base() {
        let with = |base: &str, parts: &[&str]| {
            route(&base.parse().unwrap(), parts.iter().copied()).to_string()
        };
        assert_eq!(with("https://a.example", &["b", "c"]), "https://a.example/b/c");
        assert_eq!(with("https://a.example/x/", &["b", ""]), "https://a.example/x/b/");
        assert_eq!(
            with("https://a.example/x", &["b/../c?d#e"]),
            "https://a.example/x/b%2F..%2Fc%3Fd%23e"
        );
    }
}
