//! The upstreams: one file a platform, one trait.

mod bilibili;
mod chzzk;
mod custom;
mod demo;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub(crate) mod hearing;
mod http;
pub(crate) mod reading;
mod retry;
mod soop;
mod tiktok;

use std::pin::Pin;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};

use crate::history::History;

pub(crate) use bilibili::Bilibili;
pub(crate) use chzzk::Chzzk;
pub(crate) use custom::Custom;
pub use custom::{
    CustomError, CustomPlan, CustomSettings, HeaderSetting, Meaning, OneOrMany, Scalar,
    SecretSetting, TemplateError,
};
pub(crate) use demo::Demo;
pub use http::HttpError;
pub(crate) use soop::Soop;
pub(crate) use tiktok::Tiktok;

/// What an upstream is asking about, as it comes in: one outcome for each account, in order.
pub(crate) type Asking<'a> = Pin<Box<dyn Future<Output = Vec<Outcome>> + Send + 'a>>;

/// An account's past, as it comes in.
pub(crate) type Recalling<'a> = Pin<Box<dyn Future<Output = History> + Send + 'a>>;

/// Asks one platform who is live. Counts nothing and remembers nothing: that is done around it.
pub(crate) trait Upstream: Send + Sync {
    /// The platform it answers for.
    fn platform(&self) -> Platform;

    /// Most accounts in one request.
    fn batch(&self) -> u32;

    /// What an answer gives away of broadcasts.
    fn reveals(&self) -> Reveals;

    /// Handles to offer to a person who has none yet.
    fn suggestions(&self) -> Vec<String> {
        Vec::new()
    }

    /// Sends one request about at most [`Upstream::batch`] accounts. Never retries.
    fn ask<'a>(&'a self, accounts: &'a [AccountId]) -> Asking<'a>;

    /// How many requests [`Upstream::history`] sends; none where the platform lists no past
    /// broadcasts.
    fn history_requests(&self) -> u32 {
        0
    }

    /// Asks for the past broadcasts of an account, with as many requests as it says. Never retries.
    fn history<'a>(&'a self, _account: &'a AccountId) -> Recalling<'a> {
        Box::pin(std::future::ready(History::NotListed))
    }
}

/// For upstreams that take one account a request: they are only ever asked about one.
fn one_by_one<'a, F>(
    accounts: &'a [AccountId],
    ask: impl Fn(&'a AccountId) -> F + Send + 'a,
) -> Asking<'a>
where
    F: Future<Output = Outcome> + Send + 'a,
{
    Box::pin(async move {
        let mut outcomes = Vec::with_capacity(accounts.len());
        for account in accounts {
            outcomes.push(ask(account).await);
        }
        outcomes
    })
}
