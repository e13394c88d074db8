//! Which names this proxy answers to.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};

use crate::settings::Network;

/// A page elsewhere can point a name of its own at this machine (DNS rebinding) and then read
/// our answers; but it cannot make the browser send another name than its own.
pub(super) fn is_ours(uri: &Uri, headers: &HeaderMap, network: &Network) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    let ours = |authority: &Authority| is_name(authority, network);
    host.is_some_and(|host| ours(&host)) && uri.authority().is_none_or(ours)
}

fn is_name(authority: &Authority, network: &Network) -> bool {
    let name = authority.host();
    let name = name.strip_suffix('.').unwrap_or(name);
    if authority.as_str().contains('@') {
        return false;
    }
    name.eq_ignore_ascii_case("localhost")
        || name == "[::1]"
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || network.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
        // Nobody can point an address elsewhere: only names are rebound.
        || (network.any_address && is_address(name))
}

fn is_address(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn answers_to(hosts: &[&'static str], uri: &str, network: &Network) -> bool {
        let headers = hosts.iter().map(|host| (HOST, HeaderValue::from_static(host))).collect();
        is_ours(&uri.parse().unwrap(), &headers, network)
    }

    #[test]
    fn only_local_names_are_ours() {
        let local = Network::default();
        for host in
            ["localhost", "localhost:8377", "LocalHost:1", "127.0.0.1:8377", "[::1]:8377", "[::1]"]
        {
            assert!(answers_to(&[host], "/", &local), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8377",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "192.168.1.2:8377",
            "0.0.0.0",
            "localhost@evil.example",
            "evil.example@localhost",
            "[::2]",
        ] {
            assert!(!answers_to(&[host], "/", &local), "{host}");
        }
        assert!(!answers_to(&[], "/", &local));
        assert!(!answers_to(&["localhost", "evil.example"], "/", &local));
        assert!(!answers_to(&["localhost"], "http://evil.example/", &local));
        assert!(answers_to(&["localhost"], "http://127.0.0.1:8377/", &local));
    }

    #[test]
    fn on_a_network_also_its_own_names_and_addresses() {
        let open = Network {
            hosts: vec!["almanac.example.org".into()],
            any_address: true,
            ..Network::default()
        };
        for host in [
            "almanac.example.org",
            "Almanac.Example.org:443",
            "almanac.example.org.",
            "almanac.example.org.:443",
            "192.168.1.2:8377",
            "[fd00::2]:1",
        ] {
            assert!(answers_to(&[host], "/", &open), "{host}");
        }
        for host in ["evil.example", "x.almanac.example.org", "almanac.example.org.evil.example"] {
            assert!(!answers_to(&[host], "/", &open), "{host}");
        }
    }
}
