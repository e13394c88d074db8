//! How many connections each client holds.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client::household;

/// The connections of each client. Those of this machine are its owner's own.
pub(super) struct PerClient {
    most: u32,
    held: Mutex<HashMap<IpAddr, u32>>,
}

/// A connection that is counted for as long as this lives.
pub(super) struct Place {
    clients: Arc<PerClient>,
    client: Option<IpAddr>,
}

impl PerClient {
    /// So many for each; any number for 0.
    pub(super) fn new(most: u32) -> Self {
        Self { most, held: Mutex::default() }
    }

    /// `None` where a client holds too many.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let counted = self.most > 0 && !peer.to_canonical().is_loopback();
        let client = counted.then(|| household(peer));
        if let Some(client) = client {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let count = held.entry(client).or_insert(0);
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(Place { clients: Arc::clone(self), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut held = self.clients.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                held.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_holds_many_gets_no_more() {
        let clients = Arc::new(PerClient::new(2));
        let [one, other]: [IpAddr; 2] =
            ["198.51.100.1", "198.51.100.2"].map(|text| text.parse().unwrap());
        let first = clients.take(one).unwrap();
        let second = clients.take(one).unwrap();
        assert!(clients.take(one).is_none());
        assert!(clients.take(other).is_some());
        drop(first);
        assert!(clients.take(one).is_some());
        drop(second);
        assert!(clients.held.lock().unwrap().is_empty());
    }
}
