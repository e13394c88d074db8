//! The upstreams: one file a platform, one trait.

mod bilibili;
mod chzzk;
mod custom;
mod demo;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub(crate) mod reading;
mod retry;
mod soop;
mod tiktok;

use std::pin::Pin;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};

pub(crate) use demo::Demo;
pub(crate) use tiktok::Tiktok;
pub use tiktok::TiktokError;

/// What an upstream is asking about, as it comes in.
pub(crate) type Asking<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

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
}
