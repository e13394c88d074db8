//! What all readers share, once; each reader's own tests only show that it uses it.

use proptest::prelude::*;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::json;

use super::*;

/// 2026-03-01 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    pairs.iter().map(pair).collect()
}

fn said(outcome: &Outcome) -> (UnknownReason, Option<i64>) {
    match outcome {
        Outcome::Unknown { reason, retry_at, .. } => {
            (*reason, retry_at.map(|at| (at - NOW).ceil_s()))
        }
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

fn refusal(
    status: u16,
    pairs: &[(&'static str, &'static str)],
    body: &str,
) -> (UnknownReason, Option<i64>) {
    let headers = headers(pairs);
    let status = StatusCode::from_u16(status).unwrap();
    said(&refused(&Reply { status, headers: &headers, body: Body::Whole(body.as_bytes()) }, NOW))
}

fn parsed(body: Body<'_>) -> Result<Value, UnknownReason> {
    let headers = HeaderMap::new();
    json(&Reply { status: StatusCode::OK, headers: &headers, body }, NOW)
        .map_err(|outcome| said(&outcome).0)
}

#[test]
fn every_status_has_its_reason() {
    use UnknownReason::{BadAnswer, Blocked, RateLimited, UpstreamFailed};
    for (status, reason, retry_s) in [
        (301, Blocked, Some(600)),
        (302, Blocked, Some(600)),
        (400, BadAnswer, None),
        (401, BadAnswer, None),
        (403, Blocked, Some(600)),
        (404, BadAnswer, None),
        (418, BadAnswer, None),
        (429, RateLimited, Some(600)),
        (500, UpstreamFailed, None),
        (503, UpstreamFailed, None),
    ] {
        assert_eq!(refusal(status, &[], "{}"), (reason, retry_s), "{status}");
    }
    assert_eq!(refusal(404, &[], " <html>"), (Blocked, Some(600)));
}

#[test]
fn a_refusal_may_say_when_to_come_back() {
    let soon = [("retry-after", "30")];
    assert_eq!(refusal(429, &soon, "").1, Some(30));
    assert_eq!(refusal(503, &soon, "").1, Some(30));
    assert_eq!(refusal(403, &soon, "").1, Some(600), "a block lasts at least that long");
    assert_eq!(refusal(403, &[("retry-after", "3600")], "").1, Some(3600));
}

#[test]
fn what_is_not_json_is_no_answer() {
    use UnknownReason::{BadAnswer, Blocked};
    assert_eq!(parsed(Body::Whole(b" {\"a\":1} ")), Ok(json!({"a": 1})));
    assert_eq!(parsed(Body::Whole(b"")), Err(Blocked));
    assert_eq!(parsed(Body::Whole(b" \r\n")), Err(Blocked));
    assert_eq!(parsed(Body::Whole(b"\xEF\xBB\xBF\n<!DOCTYPE html>")), Err(Blocked));
    assert_eq!(parsed(Body::Whole(b"{\"a\":")), Err(BadAnswer));
    assert_eq!(parsed(Body::Whole(b"\xFF")), Err(BadAnswer));
    assert_eq!(parsed(Body::Whole("[".repeat(100_000).as_bytes())), Err(BadAnswer));
    assert_eq!(parsed(Body::CutOff), Err(BadAnswer));
    assert_eq!(parsed(Body::TooLarge), Err(BadAnswer));
}

#[test]
fn values_are_read_or_left_out() {
    assert_eq!(integer(Some(&json!(" 12 "))), Some(12));
    assert_eq!(integer(Some(&json!(1.5))), None);
    assert_eq!(integer(Some(&json!(u64::MAX))), None);
    assert_eq!(viewers(Some(&json!("321"))), Some(321));
    assert_eq!(viewers(Some(&json!(-1))), None);
    assert_eq!(viewers(Some(&json!(5_000_000_000_i64))), None);
    assert_eq!(title(Some(&json!(" a\n\u{0}b "))).as_deref(), Some("a  b"));
    assert_eq!(title(Some(&json!(" \u{7} "))), None);
    assert_eq!(title(Some(&json!(7))), None);
    assert_eq!(title(Some(&json!("é".repeat(999)))).unwrap().chars().count(), 300);
    assert_eq!(room_id(Some(&json!(7))).as_deref(), Some("7"));
    assert_eq!(room_id(Some(&json!("a-b_C9"))).as_deref(), Some("a-b_C9"));
    for none in [json!(0), json!("0"), json!(""), json!("<b>"), json!("x".repeat(65)), json!(null)]
    {
        assert_eq!(room_id(Some(&none)), None, "{none}");
    }
    assert_eq!(bad_answer(&"x\n".repeat(99)), bad_answer(&"x ".repeat(40)));
}

#[test]
fn starts_are_read_in_every_spelling_and_absurd_ones_left_out() {
    let at = Timestamp::from_s(1_772_360_000);
    assert_eq!(start_s(Some(&json!(1_772_360_000)), NOW), Some(at));
    assert_eq!(start_s(Some(&json!("1772360000")), NOW), Some(at));
    assert_eq!(start_rfc3339(Some(&json!("2026-03-01T10:13:20Z")), NOW), Some(at));
    assert_eq!(start_rfc3339(Some(&json!("2026-03-01T19:13:20+09:00")), NOW), Some(at));
    let kst = Span::HOUR * 9;
    assert_eq!(start_local(Some(&json!("2026-03-01 19:13:20")), kst, NOW), Some(at));
    assert_eq!(start_local(Some(&json!("2026-03-01T19:13:20")), kst, NOW), Some(at));
    for none in ["0000-00-00 00:00:00", "0001-01-01 00:00:00", "2026-03-03 00:00:00", "soon", ""] {
        assert_eq!(start_local(Some(&json!(none)), kst, NOW), None, "{none}");
    }
    assert_eq!(start_rfc3339(Some(&json!("0001-01-01T00:00:00Z")), NOW), None);
    for none in [json!(0), json!(-5), json!(NOW.ms()), json!(i64::MAX), json!(null), json!({})] {
        assert_eq!(start_s(Some(&none), NOW), None, "{none}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_a_start(text in "\\PC{0,40}") {
        let value = Value::String(text);
        for start in [
            start_s(Some(&value), NOW),
            start_local(Some(&value), Span::HOUR * 9, NOW),
            start_rfc3339(Some(&value), NOW),
        ].into_iter().flatten() {
            prop_assert!(start >= FIRST_START && start <= NOW + Span::DAY);
        }
    }
}
