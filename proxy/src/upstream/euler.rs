//! TikTok LIVE through Euler Stream, a service that people pay for, with a key of theirs. One
//! account a request. Its batch route wants a TikTok session, which Almanac never asks for.

mod reply;

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName};

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::credentials::Needs;
use crate::upstream::http::{Http, HttpError, route};
use crate::upstream::payer::Payer;
use crate::upstream::secret::Secret;
use crate::upstream::{Asking, Purse, Upstream};
pub(crate) use reply::read_reply;

/// Asks Euler Stream.
#[derive(Debug)]
pub(crate) struct Euler {
    http: Http,
    base: Url,
    clock: Clock,
}

impl Euler {
    /// Where it is.
    const URL: &str = "https://api.eulerstream.com";

    pub(crate) fn new(
        base: Url,
        key: &Secret,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-api-key"), key.header().clone());
        Ok(Self { http: Http::new(timeout, headers)?, base, clock })
    }

    async fn check(&self, accounts: &[AccountId], purse: &dyn Purse) -> Vec<Outcome> {
        let mut payer = Payer::new(purse);
        let mut outcomes = Vec::with_capacity(accounts.len());
        for account in accounts {
            let url = route(&self.base, ["webcast", "room_info"]);
            let request = self.http.get(url).query(&[("uniqueId", account.handle())]);
            outcomes.push(match payer.fetch(request).await {
                Ok(answer) => read_reply(&answer.reply(), self.clock.now()),
                Err(outcome) => outcome,
            });
        }
        outcomes
    }
}

impl Connect for Euler {
    /// The day is its Business plan's; the minute is what it allows those without a key.
    const QUOTAS: &str = "10/min,420/h,10000/day";
    const NEEDS: Needs = Needs::Key;

    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        let base = place.base(Self::URL)?;
        Ok(Self::new(base, place.key()?, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Euler {
    fn platform(&self) -> Platform {
        Platform::Euler
    }

    fn batch(&self) -> u32 {
        1
    }

    fn reveals(&self) -> Reveals {
        Reveals::Start
    }

    fn ask<'a>(&'a self, accounts: &'a [AccountId], purse: &'a dyn Purse) -> Asking<'a> {
        Box::pin(self.check(accounts, purse))
    }
}
