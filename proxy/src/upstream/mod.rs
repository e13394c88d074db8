//! The upstreams: one file a platform, one trait, one line in `adapters.rs`.

mod adapters;
mod bilibili;
mod chzzk;
mod credentials;
mod custom;
mod demo;
mod euler;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub(crate) mod hearing;
mod http;
mod kick;
mod lately;
mod names;
mod payer;
pub(crate) mod reading;
mod registered;
mod retry;
mod secret;
mod soop;
#[cfg(test)]
mod testing;
mod tiktok;
mod tokens;
mod twitch;
mod youtube;

use std::pin::Pin;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};

use crate::history::History;

pub use adapters::ConnectError;
pub(crate) use adapters::{Place, adapter};
use bilibili::Bilibili;
use chzzk::Chzzk;
pub use credentials::{Application, Credentials, CredentialsError};
use custom::Custom;
pub use custom::{
    CustomError, CustomPlan, CustomSettings, HeaderSetting, Meaning, OneOrMany, Scalar,
    SecretSetting, TemplateError,
};
use demo::Demo;
use euler::Euler;
pub use http::HttpError;
use kick::Kick;
pub use secret::Secret;
use soop::Soop;
use tiktok::Tiktok;
use twitch::Twitch;
use youtube::Youtube;

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

    /// Sends one request about at most [`Upstream::batch`] accounts. Never retries. What it cannot
    /// do without beyond that one (a token, a name's number) it pays for first, out of the purse.
    fn ask<'a>(&'a self, accounts: &'a [AccountId], purse: &'a dyn Purse) -> Asking<'a>;

    /// How many requests [`Upstream::history`] sends at least; none where the platform lists no
    /// past broadcasts.
    fn history_requests(&self) -> u32 {
        0
    }

    /// Asks for the past broadcasts of an account, with as many requests as it says and those that
    /// it pays for out of the purse. Never retries.
    fn history<'a>(&'a self, _account: &'a AccountId, _purse: &'a dyn Purse) -> Recalling<'a> {
        Box::pin(std::future::ready(History::NotListed))
    }
}

/// A payment, as it goes through.
pub(crate) type Paying<'a> = Pin<Box<dyn Future<Output = Result<(), Outcome>> + Send + 'a>>;

/// What an adapter has while it asks, besides the one request that is paid for already.
pub(crate) trait Purse: Send + Sync {
    /// Pays for one more request, before it is sent; refused, what that means for whoever it was
    /// to be about.
    fn another(&self) -> Paying<'_>;
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
