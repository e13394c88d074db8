//! Bilibili through the batch route of its live pages, without a key. Undocumented.

mod reply;

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue, REFERER};

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::http::{Http, HttpError, fetch, route};
use crate::upstream::{Asking, Purse, Upstream};
pub(crate) use reply::read_reply;

/// Asks Bilibili.
#[derive(Debug)]
pub(crate) struct Bilibili {
    http: Http,
    base: Url,
    clock: Clock,
}

impl Bilibili {
    /// Where it is.
    const URL: &str = "https://api.live.bilibili.com";

    pub(crate) fn new(base: Url, timeout: Duration, clock: Clock) -> Result<Self, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(REFERER, HeaderValue::from_static("https://live.bilibili.com/"));
        Ok(Self { http: Http::new(timeout, headers)?, base, clock })
    }

    async fn fetch(&self, accounts: &[AccountId]) -> Vec<Outcome> {
        let uids: Vec<&str> = accounts.iter().map(AccountId::handle).collect();
        let url = route(&self.base, ["room", "v1", "Room", "get_status_info_by_uids"]);
        let query: Vec<_> = uids.iter().map(|uid| ("uids[]", uid)).collect();
        match fetch(self.http.get(url).query(&query)).await {
            Ok(answer) => read_reply(&answer.reply(), &uids, self.clock.now()),
            Err(outcome) => vec![outcome; accounts.len()],
        }
    }
}

impl Connect for Bilibili {
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        Ok(Self::new(place.base(Self::URL)?, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Bilibili {
    fn platform(&self) -> Platform {
        Platform::Bilibili
    }

    /// No limit is published; this many fit into a URL of two kilobytes.
    fn batch(&self) -> u32 {
        50
    }

    fn reveals(&self) -> Reveals {
        Reveals::Start
    }

    fn ask<'a>(&'a self, accounts: &'a [AccountId], _purse: &'a dyn Purse) -> Asking<'a> {
        Box::pin(self.fetch(accounts))
    }
}
