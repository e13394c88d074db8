//! The upstreams: one file a platform, one trait.

mod demo;
mod retry;
mod tiktok;

use std::pin::Pin;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};

use crate::history::History;

pub(crate) use demo::Demo;
pub(crate) use tiktok::Tiktok;
pub use tiktok::TiktokError;

/// What an upstream is asking about, as it comes in.
pub(crate) type Asking<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

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
    fn suggestions(&self) -> Vec<String>;

    /// Sends one request about one account. Never retries.
    fn ask<'a>(&'a self, account: &'a AccountId) -> Asking<'a>;

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
