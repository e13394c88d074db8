//! The app carried by this program: what `cargo xtask package` makes.

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// The files that this program was built with.
#[derive(Clone, Debug)]
pub(crate) struct Carried(fn(&str) -> Option<File>);

/// A file as it lies in the program.
#[derive(Clone, Debug)]
struct File {
    bytes: Bytes,
    sha256: [u8; 32],
}

#[cfg(feature = "embed")]
mod dist {
    #[derive(rust_embed::Embed)]
    #[folder = "../dist"]
    pub(super) struct Dist;
}

impl Carried {
    #[cfg(feature = "embed")]
    pub(super) fn new() -> Self {
        Self(|path| {
            let file = dist::Dist::get(path)?;
            let bytes = match file.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some(File { bytes, sha256: file.metadata.sha256_hash() })
        })
    }

    pub(super) fn file(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Response> {
        let name = path.strip_prefix('/')?;
        // The packed form of a file is no file of its own.
        if name.ends_with(".br") {
            return None;
        }
        let whole = (self.0)(name)?;
        let packed = (self.0)(&format!("{name}.br")).filter(|_| takes_brotli(headers));
        let is_packed = packed.is_some();
        let file = packed.unwrap_or(whole);
        let tag = tag(&file.sha256);
        let mut response = if knows(headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let length = file.bytes.len();
            let body = if *method == Method::HEAD { Body::empty() } else { Body::from(file.bytes) };
            let mut response = Response::new(body);
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
            if is_packed {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
            response
        };
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(ETAG, tag);
        }
        Some(response)
    }
}

fn tag(sha256: &[u8; 32]) -> String {
    let hex: String = sha256.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|known| known.trim_start_matches("W/") == tag)
}

/// Whether `br` is among the encodings that are taken, and not with a weight of nothing.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = lists.flat_map(|list| list.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_brotli = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let refused = parts.any(|part| {
            part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
        });
        is_brotli && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried() -> Carried {
        Carried(|name| {
            let bytes: &'static [u8] = match name {
                "index.html" => b"<html>",
                "a.js" => b"let a;",
                "a.js.br" => b"packed",
                _ => return None,
            };
            let mut sha256 = [0; 32];
            sha256[..bytes.len()].copy_from_slice(bytes);
            Some(File { bytes: Bytes::from_static(bytes), sha256 })
        })
    }

    fn ask(path: &str, headers: &[(axum::http::HeaderName, &'static str)]) -> Option<Response> {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        carried().file(&Method::GET, path, &headers.collect())
    }

    #[test]
    fn who_takes_the_packed_form_gets_it() {
        for (accepts, packed) in [
            ("br", true),
            ("gzip, br;q=0.5", true),
            ("br;q=0", false),
            ("gzip", false),
            ("brr", false),
        ] {
            let response = ask("/a.js", &[(ACCEPT_ENCODING, accepts)]).unwrap();
            assert_eq!(response.headers().contains_key(CONTENT_ENCODING), packed, "{accepts}");
            assert_eq!(response.headers()[VARY], "accept-encoding");
        }
        assert!(ask("/index.html", &[(ACCEPT_ENCODING, "br")]).is_some());
    }

    #[test]
    fn what_is_not_there_is_not_there() {
        for path in ["/b.js", "/a.js.br", "/", "a.js", "/../a.js"] {
            assert!(ask(path, &[]).is_none(), "{path}");
        }
    }

    #[test]
    fn who_has_it_is_not_sent_it_again() {
        let first = ask("/a.js", &[]).unwrap();
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(&tag).unwrap())]);
        let again = carried().file(&Method::GET, "/a.js", &headers).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let packed = ask("/a.js", &[(ACCEPT_ENCODING, "br")]).unwrap();
        assert_ne!(packed.headers()[ETAG], tag.as_str(), "two forms need two names");
    }
}
