//! How often one client may ask.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::client::household;

/// Clients remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 20_000;

/// Counts the requests of each client. Those of this machine are its owner's own.
pub(crate) struct ClientRates(DefaultKeyedRateLimiter<IpAddr>);

impl ClientRates {
    /// So many a minute, all of them at once where a client likes; none of this for 0.
    pub(crate) fn new(per_minute: u32) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        Some(Self(RateLimiter::keyed(quota)))
    }

    /// Else after how many seconds.
    pub(crate) fn may_ask(&self, client: IpAddr) -> Result<(), u32> {
        if client.is_loopback() {
            return Ok(());
        }
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&household(client)).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own() {
        let rates = ClientRates::new(3).unwrap();
        let [one, other]: [IpAddr; 2] =
            ["198.51.100.1", "198.51.100.2"].map(|text| text.parse().unwrap());
        assert!((0..3).all(|_| rates.may_ask(one).is_ok()));
        let wait = rates.may_ask(one).unwrap_err();
        assert!((1..=20).contains(&wait), "{wait}");
        assert!(rates.may_ask(other).is_ok());
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        assert!((0..100).all(|_| rates.may_ask(own).is_ok()));
        assert!(ClientRates::new(0).is_none());
    }
}
