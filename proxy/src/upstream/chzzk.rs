//! Chzzk through the route of its own player, without a key. Undocumented: one channel a request.

mod reply;

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};
use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::http::{Http, HttpError, fetch, route};
use crate::upstream::{Asking, Purse, Upstream, one_by_one};
pub(crate) use reply::read_reply;

/// Asks Chzzk.
#[derive(Debug)]
pub(crate) struct Chzzk {
    http: Http,
    base: Url,
    clock: Clock,
}

impl Chzzk {
    /// Where it is.
    const URL: &str = "https://api.chzzk.naver.com";

    pub(crate) fn new(base: Url, timeout: Duration, clock: Clock) -> Result<Self, HttpError> {
        Ok(Self { http: Http::new(timeout, HeaderMap::new())?, base, clock })
    }

    /// The channel's details: its shorter sister, `live-status`, does not name the broadcast.
    async fn fetch(&self, account: &AccountId) -> Outcome {
        let parts = ["service", "v2", "channels", account.handle(), "live-detail"];
        match fetch(self.http.get(route(&self.base, parts))).await {
            Ok(answer) => read_reply(&answer.reply(), self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

impl Connect for Chzzk {
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        Ok(Self::new(place.base(Self::URL)?, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Chzzk {
    fn platform(&self) -> Platform {
        Platform::Chzzk
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
