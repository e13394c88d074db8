//! Talking to the proxy.

use std::cell::RefCell;

use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response, WorkerGlobalScope};

use almanac_engine::{CheckOrder, ProxyFailure};
use almanac_wire::{AccountId, HistoryReply, Span, StatusReply, UpstreamsReply};

/// How long the proxy has to answer: longer than it gives its upstreams.
const PATIENCE_MS: u32 = 60_000;
const STATUS_OK: u16 = 200;
const STATUS_BAD_REQUEST: u16 = 400;
const STATUS_NOT_FOUND: u16 = 404;
const STATUS_UNAUTHORIZED: u16 = 401;
const STATUS_TOO_MANY: u16 = 429;
const STATUS_UNAVAILABLE: u16 = 503;
/// The proxy's code for a request that it cannot account for, as its refusal has it. (To read all
/// of a refusal for this one word would be a larger download.)
const UNACCOUNTABLE: &str = "\"unaccountable\"";
/// How it says that it does not serve a platform.
const UNKNOWN_PLATFORM: &str = "\"unknown_platform\"";

thread_local! {
    /// What opens the proxy, where it asks for something.
    static TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Sends this access token from now on, or none.
pub(super) fn use_token(token: Option<String>) {
    TOKEN.set(token);
}

/// Whether a token is sent.
pub(super) fn has_token() -> bool {
    TOKEN.with_borrow(Option::is_some)
}

/// Asks the proxy what it serves and what its clock shows.
pub(super) async fn upstreams() -> Result<UpstreamsReply, ProxyFailure> {
    get("/api/v1/upstreams").await
}

/// Asks for the status of accounts.
pub(super) async fn status(order: &CheckOrder) -> Result<StatusReply, ProxyFailure> {
    // Handles hold nothing that a query would have to escape.
    let mut path = format!("/api/v1/status?platform={}", order.platform);
    for account in &order.accounts {
        path.push_str("&account=");
        path.push_str(account.handle());
    }
    get(&path).await
}

/// Leaves a snapshot of what is known with the proxy, for others to read. That it arrives is not
/// promised: the next one makes up for it.
pub(super) async fn leave(body: &str) {
    let init = RequestInit::new();
    init.set_method("PUT");
    init.set_body(&JsValue::from(body));
    let _ = ask("/api/v1/snapshot", &init, Some("application/json")).await;
}

/// What the proxy says of an account's past broadcasts.
pub(super) enum Past {
    /// These there were.
    Listed(HistoryReply),
    /// Its platform lists none, or knows no such account.
    Unlisted,
    /// Its platform is not served.
    Unserved,
}

/// Asks for an account's past broadcasts.
pub(super) async fn history(account: &AccountId) -> Result<Past, ProxyFailure> {
    let (platform, handle) = (account.platform(), account.handle());
    let path = format!("/api/v1/history?platform={platform}&account={handle}");
    let answer = answered(&path).await?;
    match answer.status {
        STATUS_NOT_FOUND => Ok(Past::Unlisted),
        STATUS_BAD_REQUEST if answer.text.contains(UNKNOWN_PLATFORM) => Ok(Past::Unserved),
        _ => read(&answer).map(Past::Listed),
    }
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ProxyFailure> {
    read(&answered(path).await?)
}

async fn answered(path: &str) -> Result<Answer, ProxyFailure> {
    ask(path, &RequestInit::new(), None).await.map_err(|_| ProxyFailure::Unreachable)
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ProxyFailure> {
    match answer.status {
        STATUS_OK => serde_json::from_str(&answer.text).map_err(|_| ProxyFailure::BadReply),
        STATUS_UNAUTHORIZED => Err(ProxyFailure::TokenWanted),
        STATUS_TOO_MANY => Err(ProxyFailure::OverBudget { retry_after: answer.retry_after }),
        STATUS_UNAVAILABLE if answer.text.contains(UNACCOUNTABLE) => {
            Err(ProxyFailure::Unaccountable)
        }
        status => Err(ProxyFailure::Refused { status }),
    }
}

struct Answer {
    status: u16,
    retry_after: Span,
    text: String,
}

/// Asks with the token there is; `content` is the type of the body, if there is one.
async fn ask(path: &str, init: &RequestInit, content: Option<&str>) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    if let Some(content) = content {
        headers.set("content-type", content)?;
    }
    if let Some(token) = TOKEN.with_borrow(Clone::clone) {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    init.set_headers(&headers);
    let scope: WorkerGlobalScope = js_sys::global().dyn_into()?;
    let abort = AbortController::new()?;
    init.set_signal(Some(&abort.signal()));
    init.set_cache(web_sys::RequestCache::NoStore);
    let patience = Timeout::new(PATIENCE_MS, move || abort.abort());
    let response: Response =
        JsFuture::from(scope.fetch_with_str_and_init(path, init)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    patience.cancel();
    let retry_after = response.headers().get("retry-after")?.and_then(|s| s.parse().ok());
    Ok(Answer {
        status: response.status(),
        retry_after: retry_after.map_or(Span::MINUTE, Span::from_s),
        text: text.as_string().unwrap_or_default(),
    })
}
