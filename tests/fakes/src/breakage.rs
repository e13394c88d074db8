//! Faults below a site's own words: pages instead of answers, broken answers, none at all.

use std::io;
use std::iter::repeat_n;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use http_body::{Frame, SizeHint};

use crate::faults::{Fault, Kind};
use crate::site::Reply;

/// How long `timeout` says nothing, in the world's time: connections know no other.
const SILENCE: Duration = Duration::from_secs(60);

const HUGE: usize = 50_000_000;

/// Puts an answer on the wire, broken as the fault of the `nth` request has it.
pub(crate) async fn deliver(reply: Reply, fault: Option<&Fault>, nth: u64) -> Response<Body> {
    let retry_after_s = fault.and_then(|fault| fault.retry_after_s);
    match fault.map_or(Kind::None, |fault| fault.kind) {
        Kind::None
        | Kind::NotFoundWave
        | Kind::Restricted
        | Kind::AliveLies
        | Kind::Machine
        | Kind::Unauthorized
        | Kind::Revoked => {
            let Reply { status, content_type, body, .. } = reply;
            respond(status, content_type, Body::from(body))
        }
        Kind::Waf => firewall_page(),
        Kind::Empty => respond(StatusCode::OK, reply.content_type, Body::empty()),
        Kind::Forbidden => respond(StatusCode::FORBIDDEN, "text/html", Body::from("Access Denied")),
        Kind::RateLimited => come_back(StatusCode::TOO_MANY_REQUESTS, retry_after_s),
        Kind::ServerError => come_back(failure(nth), retry_after_s),
        Kind::Timeout => {
            tokio::time::sleep(SILENCE).await;
            come_back(StatusCode::GATEWAY_TIMEOUT, None)
        }
        Kind::Truncated => respond(reply.status, reply.content_type, Body::from(half(&reply.body))),
        Kind::CutOff => {
            respond(reply.status, reply.content_type, Body::new(CutOff::new(&reply.body)))
        }
        Kind::Huge => respond(reply.status, reply.content_type, Body::from(padded(&reply.body))),
    }
}

fn respond(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn come_back(status: StatusCode, retry_after_s: Option<u32>) -> Response<Body> {
    let mut response = respond(status, "text/plain", Body::from(status.to_string()));
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

const fn failure(nth: u64) -> StatusCode {
    match nth % 3 {
        0 => StatusCode::INTERNAL_SERVER_ERROR,
        1 => StatusCode::BAD_GATEWAY,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Has the marks by which the real page is known, not its looks.
fn firewall_page() -> Response<Body> {
    let filler: String = repeat_n("<!-- SlardarWAF slardar_us_waf -->\n", 50).collect();
    let page = format!(
        "<!DOCTYPE html><html><head><title>Security Check</title></head><body>\
         <p id=\"_wafchallengeid\" class=\"waforiginalreid\">Please wait...</p>\n{filler}</body></html>"
    );
    let mut response = respond(StatusCode::OK, "text/html; charset=utf-8", Body::from(page));
    response.headers_mut().insert("x-tt-system-error", HeaderValue::from_static("3"));
    response
}

fn half(body: &str) -> Bytes {
    Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2])
}

/// The padding stands in front: whoever reads only the beginning has read no answer.
fn padded(body: &str) -> String {
    let mut huge = String::with_capacity(HUGE + body.len() + 16);
    huge.push_str("{\"padding\":\"");
    huge.extend(repeat_n('x', HUGE));
    huge.push_str("\",");
    huge.push_str(body.strip_prefix('{').unwrap_or(body));
    huge
}

/// A body that announces the whole answer, sends half of it, and fails: the connection closes.
struct CutOff {
    announced: usize,
    half: Option<Bytes>,
    flushed: bool,
}

impl CutOff {
    fn new(body: &str) -> Self {
        Self { announced: body.len(), half: Some(half(body)), flushed: false }
    }
}

impl http_body::Body for CutOff {
    type Data = Bytes;
    type Error = io::Error;

    /// Rests once before it fails, since hyper sends what it has only then.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if self.flushed {
            return Poll::Ready(Some(Err(io::Error::other("cut off"))));
        }
        self.flushed = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.announced).unwrap_or(u64::MAX))
    }
}
