//! Who asks: the address of the client, also behind a reverse proxy that is known.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::Request;
use axum::http::HeaderMap;

/// The address of the other end of a connection, as the server saw it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The address that a request came from, once that was found out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub(crate) IpAddr);

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client of a request; this machine where nothing is known.
pub(crate) fn client(request: &Request) -> IpAddr {
    let unknown = IpAddr::V4(Ipv4Addr::LOCALHOST);
    request.extensions().get::<Client>().map_or(unknown, |client| client.0)
}

/// Finds out who asks. A reverse proxy that is known appends whom it serves to `X-Forwarded-For`:
/// the last address there that is not such a proxy itself is the client. What stands before it
/// anybody can have written.
pub(crate) fn find_client(peer: Option<&Peer>, headers: &HeaderMap, behind: &[IpAddr]) -> Client {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip().to_canonical());
    if !behind.contains(&peer) {
        return Client(peer);
    }
    let fields = headers.get_all(FORWARDED_FOR).iter().filter_map(|field| field.to_str().ok());
    let chain: Vec<&str> = fields.flat_map(|field| field.split(',')).map(str::trim).collect();
    for hop in chain.iter().rev() {
        match hop.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if behind.contains(&address) => {}
            Ok(address) => return Client(address),
            Err(_) => break,
        }
    }
    Client(peer)
}

/// What counts as one client: a household has a whole /64 of IPv6 addresses.
pub(crate) fn household(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn found(peer: &str, forwarded: &[&'static str], behind: &[&str]) -> String {
        let peer = Peer(format!("{peer}:1").parse().unwrap());
        let headers = forwarded
            .iter()
            .map(|text| (HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_static(text)))
            .collect();
        let behind: Vec<IpAddr> = behind.iter().map(|text| text.parse().unwrap()).collect();
        find_client(Some(&peer), &headers, &behind).0.to_string()
    }

    #[test]
    fn only_known_proxies_are_believed() {
        assert_eq!(found("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(found("127.0.0.1", &["198.51.100.1"], &["127.0.0.1"]), "198.51.100.1");
        assert_eq!(
            found("127.0.0.1", &["6.6.6.6, 198.51.100.1", "10.0.0.2"], &["127.0.0.1", "10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(found("127.0.0.1", &["nonsense"], &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(found("127.0.0.1", &[], &["127.0.0.1"]), "127.0.0.1");
    }

    #[test]
    fn a_household_is_one() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
