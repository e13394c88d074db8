//! How one value is read. Every error says what was expected, and for which setting.

use std::net::SocketAddr;
use std::time::Duration;

use almanac_wire::{Platform, Quotas};
use reqwest::Url;

use crate::clock::{Anchors, Rate};

/// An error message that names the environment variable; clap itself names the flag.
pub(super) fn expected(variable: &str, what: impl std::fmt::Display) -> String {
    format!("{what} (environment variable {variable})")
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        expected(
            "ALMANAC_LISTEN",
            "expected an address and a port such as 127.0.0.1:8377 or [::1]:8377",
        )
    })
}

pub(super) fn platform(text: &str) -> Result<Platform, String> {
    text.trim().parse().map_err(|error| expected("ALMANAC_UPSTREAM", error))
}

pub(super) fn quota(text: &str) -> Result<(Platform, Quotas), String> {
    let fail = |error: &dyn std::fmt::Display| {
        expected(
            "ALMANAC_QUOTA",
            format_args!("{error}; expected for example tiktok=10/min,60/h,120/day"),
        )
    };
    let (platform, quotas) = text.split_once('=').ok_or_else(|| fail(&"no = in it"))?;
    let platform = platform.trim().parse().map_err(|error| fail(&error))?;
    Ok((platform, quotas.parse().map_err(|error| fail(&error))?))
}

pub(super) fn elsewhere(text: &str) -> Result<(Platform, Url), String> {
    let fail = || expected("ALMANAC_URL", "expected for example chzzk=http://127.0.0.1:8080");
    let (platform, url) = text.split_once('=').ok_or_else(fail)?;
    let platform = platform.trim().parse().map_err(|error| expected("ALMANAC_URL", error))?;
    Ok((platform, server(url).ok_or_else(fail)?))
}

pub(super) fn base_url(text: &str) -> Result<Url, String> {
    server(text).ok_or_else(|| {
        expected(
            "ALMANAC_TIKTOK_URL",
            "expected http:// or https:// and a host, such as https://www.tiktok.com",
        )
    })
}

/// A server's URL, and no more than that.
pub(super) fn server(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    duration(text).filter(|timeout| !timeout.is_zero()).ok_or_else(|| {
        expected("ALMANAC_UPSTREAM_TIMEOUT", "expected a time above zero such as 10s or 500ms")
    })
}

pub(super) fn cache(text: &str) -> Result<Duration, String> {
    duration(text)
        .ok_or_else(|| expected("ALMANAC_CACHE", "expected a time such as 15s, 2min or 0s"))
}

pub(super) fn demo_speed(text: &str) -> Result<Rate, String> {
    text.parse().map_err(|error| expected("ALMANAC_DEMO_SPEED", error))
}

pub(super) fn clock(text: &str) -> Result<Anchors, String> {
    text.parse().map_err(|error| expected("ALMANAC_CLOCK", error))
}

/// A whole number and a unit, up to a day.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit_ms: u64 = match unit.trim() {
        "ms" => 1,
        "s" => 1000,
        "min" | "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let ms = number.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (ms <= 86_400_000).then(|| Duration::from_millis(ms))
}
