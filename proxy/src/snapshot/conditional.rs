//! Answers drawn from the snapshot: they say how old it is, and are sent only to those who do not
//! have them yet (RFC 9110, section 13).

use std::hash::{DefaultHasher, Hasher as _};

use almanac_wire::{ForecastSnapshot, Span, Timestamp};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// A snapshot older than this says so.
const STALE_AFTER: Span = Span::HOUR;

const AGE: HeaderName = HeaderName::from_static("almanac-snapshot-age");
const STALE: HeaderName = HeaderName::from_static("almanac-snapshot-stale");
const ZONE: HeaderName = HeaderName::from_static("almanac-snapshot-zone");

/// How old what is told is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freshness {
    pub(crate) age: Span,
    pub(crate) stale: bool,
}

impl Freshness {
    pub(crate) fn of(snapshot: &ForecastSnapshot, now: Timestamp) -> Self {
        let age = (now - snapshot.made_at()).max(Span::ZERO);
        Self { age, stale: age > STALE_AFTER }
    }
}

/// What is sent.
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Body {
    /// As the answer to a request with these headers.
    pub(crate) fn answer(
        self,
        request: &HeaderMap,
        snapshot: &ForecastSnapshot,
        freshness: Freshness,
    ) -> Response {
        let tag = tag(&self.bytes);
        let known = knows(request, &tag);
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(CONTENT_TYPE, self.content_type)], self.bytes).into_response()
        };
        let headers = response.headers_mut();
        let word = if freshness.stale { "true" } else { "false" };
        headers.insert(STALE, HeaderValue::from_static(word));
        headers.insert(AGE, HeaderValue::from(freshness.age.ms() / 1000));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let texts = [(ETAG, tag.as_str()), (ZONE, snapshot.zone().name())];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Names the content. It need not outlive this program: who has an old name is sent the whole.
fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("\"{:016x}-{:x}\"", hasher.finish(), bytes.len())
}

fn knows(request: &HeaderMap, tag: &str) -> bool {
    let lists = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_it_knows_it() {
        let tag = tag(b"abc");
        let knows = |value: &str| {
            let value = HeaderValue::from_str(value).unwrap();
            knows(&HeaderMap::from_iter([(IF_NONE_MATCH, value)]), &tag)
        };
        assert!(knows(&tag) && knows("*") && knows(&format!("\"x\", W/{tag}")));
        assert!(!knows("\"x\"") && !knows(""));
        assert_ne!(tag, super::tag(b"abd"));
    }
}
