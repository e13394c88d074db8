//! TikTok LIVE through the route its own web pages use, without a key. Undocumented: one account
//! a request, slow, and no evasion of any kind.
//!
//! Its batch route, `check_alive`, is left alone: it says only whether a broadcast we already
//! know is still on, is known to call everything alive, and so saves no request that tells more.

mod reply;

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals, UnknownReason};
use reqwest::header::{HeaderMap, HeaderValue, REFERER, USER_AGENT};
use reqwest::{Client, Response, Url};
use thiserror::Error;

use crate::clock::Clock;
use crate::upstream::reading::{Body, Reply};
use crate::upstream::{Asking, Upstream};
pub(crate) use reply::read_reply;

const AGENT: &str = "Mozilla/5.0 (compatible; Almanac/0.1)";
/// Its answers are a few kilobytes.
const LARGEST_BODY: usize = 1 << 20;

/// Asks TikTok.
#[derive(Debug)]
pub(crate) struct Tiktok {
    client: Client,
    route: Url,
    clock: Clock,
}

/// No client for HTTPS could be made.
#[derive(Debug, Error)]
#[error("cannot set up HTTPS: {0}")]
pub struct TiktokError(#[from] reqwest::Error);

impl Tiktok {
    /// Asks the server at `base`, waiting at most `timeout` for a whole answer.
    pub(crate) fn new(base: &Url, timeout: Duration, clock: Clock) -> Result<Self, TiktokError> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(REFERER, HeaderValue::from_static("https://www.tiktok.com/"));
        // Already set when two proxies run in one process, as in tests.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .default_headers(headers)
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        let mut route = base.clone();
        route.set_path(&format!("{}/api-live/user/room/", base.path().trim_end_matches('/')));
        Ok(Self { client, route, clock })
    }

    async fn fetch(&self, account: &AccountId) -> Outcome {
        let query = [("aid", "1988"), ("sourceType", "54"), ("uniqueId", account.handle())];
        let response = match self.client.get(self.route.clone()).query(&query).send().await {
            Ok(response) => response,
            Err(error) => return unanswered(&error),
        };
        let status = response.status();
        let headers = response.headers().clone();
        match read_body(response).await {
            Ok(body) => {
                let body = body.as_deref().map_or(Body::TooLarge, Body::Whole);
                read_reply(&Reply { status, headers: &headers, body }, self.clock.now())
            }
            Err(error) if error.is_timeout() => unanswered(&error),
            Err(_) => {
                let reply = Reply { status, headers: &headers, body: Body::CutOff };
                read_reply(&reply, self.clock.now())
            }
        }
    }
}

impl Upstream for Tiktok {
    fn platform(&self) -> Platform {
        Platform::Tiktok
    }

    fn batch(&self) -> u32 {
        1
    }

    fn reveals(&self) -> Reveals {
        Reveals::Last
    }

    fn suggestions(&self) -> Vec<String> {
        Vec::new()
    }

    fn ask<'a>(&'a self, account: &'a AccountId) -> Asking<'a> {
        Box::pin(self.fetch(account))
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

fn unanswered(error: &reqwest::Error) -> Outcome {
    let (reason, detail) = if error.is_timeout() {
        (UnknownReason::Timeout, "no whole answer in time")
    } else if error.is_connect() {
        (UnknownReason::Unreachable, "no connection")
    } else {
        (UnknownReason::Unreachable, "the connection broke before an answer")
    };
    tracing::debug!(error = error as &dyn std::error::Error, "no answer from TikTok");
    Outcome::Unknown { reason, retry_at: None, detail: Some(detail.to_owned()) }
}
