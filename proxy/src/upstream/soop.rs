//! SOOP through the route of its channel pages, without a key. Undocumented: one station a request.

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

/// Asks SOOP.
#[derive(Debug)]
pub(crate) struct Soop {
    http: Http,
    base: Url,
    clock: Clock,
}

impl Soop {
    /// Where it is.
    const URL: &str = "https://chapi.sooplive.co.kr";

    pub(crate) fn new(base: Url, timeout: Duration, clock: Clock) -> Result<Self, HttpError> {
        Ok(Self { http: Http::new(timeout, HeaderMap::new())?, base, clock })
    }

    async fn fetch(&self, account: &AccountId) -> Outcome {
        let parts = ["api", account.handle(), "station"];
        match fetch(self.http.get(route(&self.base, parts))).await {
            Ok(answer) => read_reply(&answer.reply(), self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

impl Connect for Soop {
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        Ok(Self::new(place.base(Self::URL)?, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Soop {
    fn platform(&self) -> Platform {
        Platform::Soop
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
