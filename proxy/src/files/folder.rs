//! The app in a folder.

use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// Serves a folder with the built app.
#[derive(Clone, Debug)]
pub(crate) struct Folder(ServeDir);

impl Folder {
    pub(super) fn new(folder: &Path) -> Self {
        Self(ServeDir::new(folder).append_index_html_on_directories(false).precompressed_br())
    }

    pub(super) async fn file(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Response> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = path.parse::<Uri>().ok()?;
        *request.headers_mut() = headers.clone();
        match self.0.clone().oneshot(request).await {
            Ok(response) if response.status() == StatusCode::NOT_FOUND => None,
            Ok(response) => Some(response.into_response()),
            Err(never) => match never {},
        }
    }
}
