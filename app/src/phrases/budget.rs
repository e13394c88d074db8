//! What is left of a budget.

use almanac_wire::{Platform, QuotaState, Span};

use super::times::span;
use crate::words::{Unit, budget, number, unit};

/// One quota window as a gauge.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gauge {
    /// Requests used in the window.
    pub(crate) used: String,
    /// Most requests in the window.
    pub(crate) limit: String,
    /// `minute`, `hour`, `day`, or a stretch such as `5 min`.
    pub(crate) window: String,
    /// What is used, 0 to 100.
    pub(crate) percent: u64,
    /// Whether it is nearly used up.
    pub(crate) scarce: bool,
    /// All of it in words.
    pub(crate) alternative: String,
}

/// Above this share a gauge asks for attention.
const SCARCE: u64 = 75;

/// Draws up the gauge of one quota, of which what is used may not be known yet.
pub(crate) fn gauge(platform: Platform, quota: &QuotaState, known: bool) -> Gauge {
    let used = if known { quota.limit.saturating_sub(quota.remaining) } else { 0 };
    let percent = u64::from(used) * 100 / u64::from(quota.limit.max(1));
    let window = window(quota.window_s);
    let told = |n: u32| number(usize::try_from(n).unwrap_or(usize::MAX));
    let (who, used_up, limit) = (platform.name(), told(used), told(quota.limit));
    if !known {
        let alternative = budget::untold(who, &limit, &window);
        return Gauge { used: "?".to_owned(), limit, window, percent, scarce: false, alternative };
    }
    let alternative = match &quota.zone {
        Some(zone) => budget::used_since_midnight(who, &used_up, &limit, &city(zone.as_str())),
        None => budget::used(who, &used_up, &limit, &window),
    };
    Gauge { used: used_up, limit, window, percent, scarce: percent > SCARCE, alternative }
}

/// The city a zone is named after.
fn city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// `minute`, `hour`, `day`, or a stretch such as `5 min`.
pub(super) fn window(seconds: u32) -> String {
    match seconds {
        1 => budget::second().to_owned(),
        60 => budget::minute().to_owned(),
        3600 => budget::hour().to_owned(),
        86_400 => budget::day().to_owned(),
        s if s % 60 != 0 => unit(i64::from(s), Unit::Second),
        s => span(Span::from_s(i64::from(s))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(window_s: u32, limit: u32, remaining: u32) -> QuotaState {
        QuotaState { window_s, zone: None, limit, remaining, reset_s: 0 }
    }

    #[test]
    fn a_gauge_shows_what_is_used() {
        let told = gauge(Platform::Tiktok, &quota(86_400, 120, 24), true);
        assert_eq!((told.used.as_str(), told.percent, told.scarce), ("96", 80, true));
        assert_eq!(told.alternative, "TikTok: 96 of 120 requests used in the last day");
        assert!(!gauge(Platform::Tiktok, &quota(60, 12, 3), true).scarce);
        let zone = "America/Los_Angeles".parse().ok();
        let told = gauge(Platform::Tiktok, &QuotaState { zone, ..quota(86_400, 120, 24) }, true);
        assert_eq!(
            told.alternative,
            "TikTok: 96 of 120 requests used since midnight in Los Angeles"
        );
    }

    #[test]
    fn what_nobody_told_is_not_nothing() {
        let told = gauge(Platform::Tiktok, &quota(86_400, 120, 120), false);
        assert_eq!((told.used.as_str(), told.percent, told.scarce), ("?", 0, false));
        assert_eq!(
            told.alternative,
            "TikTok: not known yet how many of 120 requests are used (day)"
        );
    }

    #[test]
    fn odd_windows_and_nonsense_do_no_harm() {
        assert_eq!(gauge(Platform::Demo, &quota(90, 5, 9), true).used, "0");
        assert_eq!(gauge(Platform::Demo, &quota(90, 0, 0), true).percent, 0);
        assert_eq!(window(90), "90 sec");
        assert_eq!(window(300), "5 min");
    }
}
