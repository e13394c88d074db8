//! The app's files.

use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::error::Error;

const INDEX: &str = "/index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// May be kept, but has to be asked about each time.
const ASK_AGAIN: &str = "no-cache";

/// Serves a folder with the built app.
#[derive(Clone, Debug)]
pub(crate) struct Files(ServeDir);

impl Files {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(ServeDir::new(folder).append_index_html_on_directories(false).precompressed_br())
    }

    pub(crate) async fn serve(&self, request: Request) -> Result<Response, Error> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Error::Method);
        }
        let (parts, _) = request.into_parts();
        let asked = parts.uri.path();
        let path = if asked == "/" { INDEX } else { asked };
        let response = self.file(&parts.method, path, &parts.headers).await;
        match response {
            Some(response) => Ok(response),
            // Only whoever opens a page gets the page; a script that is missing has to be missing.
            None if is_navigation(asked, &parts.headers) => self
                .file(&parts.method, INDEX, &parts.headers)
                .await
                .ok_or_else(|| Error::NotFound(asked.to_owned())),
            None => Err(Error::NotFound(asked.to_owned())),
        }
    }

    async fn file(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = path.parse::<Uri>().ok()?;
        *request.headers_mut() = headers.clone();
        let response = match self.0.clone().oneshot(request).await {
            Ok(response) if response.status() == StatusCode::NOT_FOUND => return None,
            Ok(response) => response,
            Err(never) => match never {},
        };
        let mut response = response.into_response();
        let keep = if is_hashed(path) { FOR_EVER } else { ASK_AGAIN };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(keep));
        Some(response)
    }
}

fn is_navigation(path: &str, headers: &HeaderMap) -> bool {
    let accepts_pages = headers
        .get_all(ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let last = path.rsplit('/').next().unwrap_or_default();
    accepts_pages && !last.contains('.')
}

/// Whether a part of the path carries a hash of the content, as the build tool writes it
/// (`app-0123456789abcdef.js`, `app-0123456789abcdef_bg.wasm`).
fn is_hashed(path: &str) -> bool {
    let is_hash = |word: &str| {
        word.len() == 16 && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    path.split('/').any(|part| part.split(['-', '.', '_']).skip(1).any(is_hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_told_from_plain_ones() {
        for path in [
            "/almanac-0123456789abcdef.js",
            "/almanac-0123456789abcdef_bg.wasm",
            "/style-fedcba9876543210.css",
            "/snippets/x-0123456789abcdef/inline0.js",
        ] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/index.html",
            "/sw.js",
            "/icon-192.png",
            "/almanac-0123.js",
            "/0123456789abcdef",
            "/manifest.webmanifest",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
