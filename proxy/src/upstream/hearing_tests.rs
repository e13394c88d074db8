use reqwest::header::{HeaderName, HeaderValue};

use super::*;

/// 2026-03-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

fn said(fields: &[(&'static str, &'static str)]) -> Vec<String> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let tell = |word: &Word| match word {
        Word::Left { remaining, until } => format!("{remaining} for {} s", (*until - NOW).ceil_s()),
        Word::Window(quota) => quota.to_string(),
    };
    words(&headers, NOW).iter().map(tell).collect()
}

#[test]
fn twitch_says_when_the_bucket_is_full() {
    let headers = [
        ("ratelimit-limit", "800"),
        ("ratelimit-remaining", "799"),
        ("ratelimit-reset", "1772366460"),
    ];
    assert_eq!(said(&headers), ["799 for 60 s"]);
}

#[test]
fn the_older_spelling_is_read_too() {
    let headers = [("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "90")];
    assert_eq!(said(&headers), ["3 for 90 s"]);
    let milliseconds = [("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "1772366430000")];
    assert_eq!(said(&milliseconds), ["3 for 30 s"]);
}

#[test]
fn both_of_the_ietfs_spellings_are_read() {
    let newer = [
        ("ratelimit-policy", r#""burst";q=100;w=60,"daily, all";q=1000;w=86400"#),
        ("ratelimit", r#""burst";r=50;t=30, "daily, all";r=7"#),
    ];
    assert_eq!(said(&newer), ["100/min", "1000/day", "50 for 30 s", "7 for 86400 s"]);
    assert_eq!(said(&[("ratelimit", "limit=100, remaining=50, reset=5")]), ["50 for 5 s"]);
    let older = [("ratelimit-limit", "10, 10;w=1"), ("ratelimit-remaining", "9")];
    assert_eq!(said(&older), ["10/s", "9 for 1 s"]);
}

#[test]
fn nothing_left_counts_without_a_time() {
    assert_eq!(said(&[("x-ratelimit-remaining", "0")]), ["0 for 60 s"]);
    assert_eq!(said(&[("x-ratelimit-remaining", "5")]), [""; 0]);
    assert_eq!(said(&[("ratelimit-policy", "0;w=30")]), ["0 for 30 s"]);
}

#[test]
fn nonsense_says_nothing() {
    for value in ["", "soon", "-1", "r=1", "\"", ";;;", "99999999999", "\"a\";w=0;q=1", ",,,"] {
        for name in ["ratelimit", "ratelimit-policy", "ratelimit-limit", "x-ratelimit-remaining"] {
            // An old-style remainder may well stand alone.
            assert_eq!(said(&[(name, value)]), [""; 0], "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn whoever_listens_hears_and_nobody_else() {
    let headers = HeaderMap::from_iter([
        (HeaderName::from_static("x-ratelimit-remaining"), HeaderValue::from_static("3")),
        (HeaderName::from_static("server"), HeaderValue::from_static("nginx")),
    ]);
    heard(&headers);
    let ((), all) = listen(async { heard(&headers) }).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].len(), 1);
}
