//! Who may ask for what.
//!
//! One access token opens everything. Calendars, badges and scrapers cannot send headers, so there is
//! also a reader key, which goes into an address (`?key=`) and opens only what costs no budget and
//! changes nothing. It is random, not derived from the token: an address leaks sooner than a header,
//! and then the key is renewed by itself (`DELETE /api/v1/reader-key`) while the token stays. It is
//! kept readable, as the app has to show it again; the token itself is kept only as its argon2 hash.

mod door;
mod guard;
pub(crate) mod reader_key;
mod secret;
mod token;

pub(crate) use door::{is_api, opens_with_key};
pub(crate) use guard::guard;
pub use reader_key::ReaderKeyError;
pub(crate) use reader_key::{ReaderKey, new_key};
pub use secret::NoRandomness;
pub use token::{TokenHash, TokenHashError, new_token};

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use token::{Token, Verdict};

/// Wrong tokens and keys that one client may try in a minute: a person who mistypes needs a few.
const TRIES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("it is not zero");
/// Clients remembered before those that tried nothing lately are forgotten.
const REMEMBERED: usize = 10_000;

/// The locks of a proxy that has an access token.
pub(crate) struct Access {
    token: Token,
    reader_key: ReaderKey,
    tries: DefaultKeyedRateLimiter<IpAddr>,
}

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// What was asked.
    Granted,
    /// Nothing: no secret came with it.
    Missing,
    /// Nothing: it is another secret, or one that does not open this.
    Wrong,
    /// Nothing for so many seconds: too many wrong ones came.
    Later(u32),
}

impl Access {
    pub(crate) fn open(hash: TokenHash, reader_key: PathBuf) -> Result<Self, ReaderKeyError> {
        Ok(Self {
            token: Token::new(hash)?,
            reader_key: ReaderKey::open(reader_key)?,
            tries: RateLimiter::keyed(Quota::per_minute(TRIES_PER_MINUTE)),
        })
    }

    pub(crate) const fn reader_key(&self) -> &ReaderKey {
        &self.reader_key
    }

    /// Holds what a client presents as its token against the one there is.
    pub(crate) async fn token(&self, presented: &str, client: IpAddr) -> Pass {
        match self.token.recall(presented) {
            Verdict::Right => return Pass::Granted,
            Verdict::Wrong => return self.wrong(client),
            Verdict::Unknown => {}
        }
        // Finding out costs some 50 ms of a processor: not for those who have guessed too often.
        if let Err(seconds) = self.may_try(client) {
            return Pass::Later(seconds);
        }
        if self.token.verify(presented).await { Pass::Granted } else { Pass::Wrong }
    }

    /// Holds the key of an address against the one there is.
    pub(crate) fn key(&self, presented: &str, client: IpAddr) -> Pass {
        if self.reader_key.is(presented) { Pass::Granted } else { self.wrong(client) }
    }

    fn wrong(&self, client: IpAddr) -> Pass {
        self.may_try(client).map_or_else(Pass::Later, |()| Pass::Wrong)
    }

    fn may_try(&self, client: IpAddr) -> Result<(), u32> {
        if self.tries.len() > REMEMBERED {
            self.tries.retain_recent();
        }
        self.tries.check_key(&client).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }
}
