//! The app's files: in a folder, or carried by this program.

#[cfg(any(test, feature = "embed"))]
mod carried;
mod folder;

use std::path::Path;

use axum::extract::Request;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;

#[cfg(feature = "embed")]
use carried::Carried;
use folder::Folder;

use crate::error::Error;

const INDEX: &str = "/index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// May be kept, but has to be asked about each time.
const ASK_AGAIN: &str = "no-cache";

/// The built app.
#[derive(Clone, Debug)]
pub(crate) enum Files {
    /// In a folder, which may be built anew meanwhile.
    Folder(Folder),
    /// Carried by this program.
    #[cfg(feature = "embed")]
    Carried(Carried),
}

impl Files {
    /// Those of a folder, else those that this program carries, if it does.
    pub(crate) fn find(folder: Option<&Path>) -> Option<Self> {
        match folder {
            Some(folder) => Some(Self::Folder(Folder::new(folder))),
            #[cfg(feature = "embed")]
            None => Some(Self::Carried(Carried::new())),
            #[cfg(not(feature = "embed"))]
            None => None,
        }
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
        let mut response = match self {
            Self::Folder(folder) => folder.file(method, path, headers).await?,
            #[cfg(feature = "embed")]
            Self::Carried(carried) => carried.file(method, path, headers)?,
        };
        let keep = if is_hashed(path) { FOR_EVER } else { ASK_AGAIN };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(keep));
        if let Some(kind) = kind(path) {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        Some(response)
    }
}

/// The media type of what the app is made of; the same wherever it lies.
fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
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
