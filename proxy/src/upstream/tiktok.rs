//! TikTok LIVE through the route its own web pages use, without a key. Undocumented: one account
//! a request, slow, and no evasion of any kind.
//!
//! Its batch route, `check_alive`, is left alone: it says only whether a broadcast we already
//! know is still on, is known to call everything alive, and so saves no request that tells more.

mod reply;

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue, REFERER};

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::http::{Http, HttpError, fetch, route};
use crate::upstream::{Asking, Purse, Upstream, one_by_one};
pub(crate) use reply::read_reply;

/// Asks TikTok.
#[derive(Debug)]
pub(crate) struct Tiktok {
    http: Http,
    route: Url,
    clock: Clock,
}

impl Tiktok {
    /// Where it is.
    const URL: &str = "https://www.tiktok.com";

    /// Asks the server at `base`, waiting at most `timeout` for a whole answer.
    pub(crate) fn new(base: &Url, timeout: Duration, clock: Clock) -> Result<Self, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(REFERER, HeaderValue::from_static("https://www.tiktok.com/"));
        let route = route(base, ["api-live", "user", "room", ""]);
        Ok(Self { http: Http::new(timeout, headers)?, route, clock })
    }

    async fn fetch(&self, account: &AccountId) -> Outcome {
        let query = [("aid", "1988"), ("sourceType", "54"), ("uniqueId", account.handle())];
        match fetch(self.http.get(self.route.clone()).query(&query)).await {
            Ok(answer) => read_reply(&answer.reply(), self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

impl Connect for Tiktok {
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        Ok(Self::new(&place.base(Self::URL)?, place.timeout, place.clock.clone())?)
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

    fn ask<'a>(&'a self, accounts: &'a [AccountId], _purse: &'a dyn Purse) -> Asking<'a> {
        one_by_one(accounts, |account| self.fetch(account))
    }
}
