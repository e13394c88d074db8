//! When an upstream says to come back, in any of the spellings in use.

use std::time::UNIX_EPOCH;

use almanac_wire::{Span, Timestamp};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Whatever an upstream says, we ask again after a day.
const LONGEST: Span = Span::DAY;
/// Numbers below this are seconds from now, above it seconds since the Unix epoch.
const EPOCH_ABOVE_S: i64 = 1_000_000_000;
/// Numbers above this are milliseconds since the Unix epoch.
const EPOCH_MS_ABOVE: i64 = 100_000_000_000;

/// The latest moment that the headers name; `None` where they name none.
pub(crate) fn retry_at(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let after =
        text(RETRY_AFTER.as_str()).and_then(|text| moment(text, now).or_else(|| date(text)));
    let resets = ["x-ratelimit-reset", "ratelimit-reset"];
    let reset = resets.into_iter().filter_map(text).find_map(|text| moment(text, now));
    Some(after.max(reset)?.clamp(now, now + LONGEST))
}

/// A number of seconds or a moment, whichever it can be.
pub(crate) fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    // Some write fractions of a second; whoever comes a second late is welcome too.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let n = whole.parse::<i64>().ok()?.checked_add(i64::from(!fraction.is_empty()))?;
    Some(match n {
        0..EPOCH_ABOVE_S => now + Span::from_s(n),
        EPOCH_ABOVE_S..EPOCH_MS_ABOVE => Timestamp::from_s(n),
        _ => Timestamp::from_ms(n),
    })
}

fn date(text: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Timestamp::from_s)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// 2026-03-01 12:00:00 UTC.
    const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

    fn in_s(headers: &[(&'static str, &'static str)]) -> Option<i64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        retry_at(&headers, NOW).map(|at| (at - NOW).ceil_s())
    }

    #[test]
    fn every_spelling_is_read() {
        for (name, value, s) in [
            ("retry-after", "120", 120),
            ("retry-after", "0", 0),
            ("retry-after", "1.5", 2),
            ("retry-after", "Sun, 01 Mar 2026 12:05:00 GMT", 300),
            ("retry-after", "Sunday, 01-Mar-26 12:05:00 GMT", 300),
            ("x-ratelimit-reset", "1772366460", 60),
            ("x-ratelimit-reset", "1772366460000", 60),
            ("ratelimit-reset", "30", 30),
        ] {
            assert_eq!(in_s(&[(name, value)]), Some(s), "{name}: {value}");
        }
    }

    #[test]
    fn the_later_of_two_holds_and_none_is_past_or_beyond_a_day() {
        assert_eq!(in_s(&[("retry-after", "10"), ("ratelimit-reset", "40")]), Some(40));
        assert_eq!(in_s(&[("retry-after", "Sun, 01 Mar 2026 11:00:00 GMT")]), Some(0));
        assert_eq!(in_s(&[("retry-after", "99999999")]), Some(86_400));
        assert_eq!(in_s(&[("x-ratelimit-reset", "99999999999999999")]), Some(86_400));
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for value in ["", "soon", "-5", "1e9", "99999999999999999999", "."] {
            assert_eq!(in_s(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(in_s(&[]), None);
    }
}
