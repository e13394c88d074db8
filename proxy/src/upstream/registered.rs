//! Asking as an application that is registered with a platform: below one base, with its token.

use std::time::Duration;

use almanac_wire::Outcome;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Serialize;

use crate::clock::Clock;
use crate::upstream::credentials::Application;
use crate::upstream::http::{Answer, Http, HttpError, route};
use crate::upstream::payer::Payer;
use crate::upstream::secret::Secret;
use crate::upstream::tokens::Tokens;

/// A platform's API, as one application asks it.
#[derive(Debug)]
pub(crate) struct Registered {
    http: Http,
    base: Url,
    tokens: Tokens,
}

impl Registered {
    /// Asks below `base`, with these header fields in every request and a token from `tokens`.
    pub(crate) fn new(
        base: Url,
        tokens: Url,
        application: &Application,
        fields: HeaderMap,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let tokens = Tokens::new(tokens, application.clone(), timeout, clock)?;
        Ok(Self { http: Http::new(timeout, fields)?, base, tokens })
    }

    /// Pays for a request, and for a token where that is over, and sends it.
    pub(crate) async fn get<'p>(
        &self,
        payer: &mut Payer<'_>,
        path: impl IntoIterator<Item = &'p str>,
        query: &(impl Serialize + ?Sized + Sync),
    ) -> Result<Answer, Outcome> {
        let url = route(&self.base, path);
        let request = |token: &Secret| {
            let request = self.http.get(url.clone()).query(query);
            request.header(AUTHORIZATION, token.header().clone())
        };
        self.tokens.send(payer, request).await
    }
}
