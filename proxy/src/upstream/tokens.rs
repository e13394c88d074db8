//! Application tokens by OAuth's client credentials: fetched, kept while they last, renewed.

mod reply;

use std::time::Duration;

use almanac_wire::{Outcome, Timestamp, UnknownReason};
use reqwest::Url;
use reqwest::header::HeaderMap;
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::upstream::credentials::Application;
use crate::upstream::http::{Answer, Http, HttpError, fetch};
use crate::upstream::payer::Payer;
use crate::upstream::reading::STAY_AWAY;
use crate::upstream::secret::Secret;
pub(crate) use reply::read_reply;

/// The token of one application. Whoever needs it while it is on its way waits for it.
#[derive(Debug)]
pub(crate) struct Tokens {
    http: Http,
    url: Url,
    application: Application,
    clock: Clock,
    kept: Mutex<Option<Token>>,
}

/// A token, as it goes into the field `Authorization`, and until when it is worth sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) bearer: Secret,
    pub(crate) until: Timestamp,
}

impl Tokens {
    /// Tokens from a URL.
    pub(crate) fn new(
        url: Url,
        application: Application,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let http = Http::new(timeout, HeaderMap::new())?;
        Ok(Self { http, url, application, clock, kept: Mutex::new(None) })
    }

    /// Sends a request with the token; refused, with a new token once more, and no third time.
    pub(crate) async fn send(
        &self,
        payer: &mut Payer<'_>,
        request: impl Fn(&Secret) -> reqwest::RequestBuilder + Sync,
    ) -> Result<Answer, Outcome> {
        let token = self.token(payer, None).await?;
        let answer = payer.fetch(request(&token)).await?;
        if !answer.is_unauthorized() {
            return Ok(answer);
        }
        let token = self.token(payer, Some(&token)).await?;
        let answer = payer.fetch(request(&token)).await?;
        if !answer.is_unauthorized() {
            return Ok(answer);
        }
        Err(Outcome::Unknown {
            reason: UnknownReason::Blocked,
            retry_at: Some(self.clock.now() + STAY_AWAY),
            detail: Some("401, it refuses a token that it has just given".to_owned()),
        })
    }

    /// The token kept, or a new one in place of one that is over or that was refused.
    async fn token(
        &self,
        payer: &mut Payer<'_>,
        refused: Option<&Secret>,
    ) -> Result<Secret, Outcome> {
        let mut kept = self.kept.lock().await;
        let good = kept.as_ref().filter(|token| {
            self.clock.now() < token.until && refused.is_none_or(|refused| *refused != token.bearer)
        });
        if let Some(token) = good {
            return Ok(token.bearer.clone());
        }
        *kept = None;
        payer.another().await?;
        let answer = fetch(self.http.post_form(self.url.clone(), &self.form())).await?;
        let token = read_reply(&answer.reply(), self.clock.now())?;
        Ok(kept.insert(token).bearer.clone())
    }

    fn form(&self) -> [(&'static str, &str); 3] {
        [
            ("client_id", self.application.id.text()),
            ("client_secret", self.application.secret.text()),
            ("grant_type", "client_credentials"),
        ]
    }
}
