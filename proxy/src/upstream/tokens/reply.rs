//! What the answer to a token request means.

use almanac_wire::{Outcome, Span, Timestamp};

use super::Token;
use crate::upstream::reading::{Reply, bad_answer, blocked, integer, json, refused};
use crate::upstream::secret::Secret;

/// How long a token is kept that does not say how long it lasts.
const UNSAID: Span = Span::HOUR;
/// However long a token lasts, a new one is fetched after this.
const LONGEST: Span = Span::from_s(60 * 86_400);

/// The token, or what its lack says of everybody asked about.
pub(crate) fn read_reply(reply: &Reply<'_>, now: Timestamp) -> Result<Token, Outcome> {
    match reply.status.as_u16() {
        200..=299 => {}
        // Nothing of the answer is shown: who knows what it repeats.
        400 | 401 | 403 => {
            return Err(blocked(reply, now, "it refuses the client id or the client secret"));
        }
        _ => return Err(refused(reply, now)),
    }
    let body = json(reply, now)?;
    let bearer = body
        .get("access_token")
        .and_then(|token| Secret::new(token.as_str()?)?.after("Bearer"))
        .ok_or_else(|| bad_answer("no token where one was asked for"))?;
    let lasts =
        integer(body.get("expires_in")).map_or(UNSAID, |s| Span::from_s(s.clamp(0, 1 << 32)));
    // A tenth early: a token must not run out on its way.
    let until = now + lasts.min(LONGEST) / 10 * 9;
    Ok(Token { bearer, until })
}

#[cfg(test)]
mod tests {
    use almanac_wire::UnknownReason;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::upstream::reading::Body;

    const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

    fn read(status: u16, body: &str) -> Result<Token, Outcome> {
        let status = StatusCode::from_u16(status).unwrap();
        let headers = HeaderMap::new();
        read_reply(&Reply { status, headers: &headers, body: Body::Whole(body.as_bytes()) }, NOW)
    }

    #[test]
    fn a_token_is_kept_for_nine_tenths_of_what_it_lasts() {
        for (said, s) in [
            (r#","expires_in":1000"#, 900),
            (r#","expires_in":"1000""#, 900),
            ("", 3240),
            (r#","expires_in":-5"#, 0),
            (r#","expires_in":9223372036854775807"#, 60 * 86_400 / 10 * 9),
        ] {
            let token =
                read(200, &format!(r#"{{"access_token":"abc"{said},"token_type":"bearer"}}"#));
            let token = token.unwrap();
            assert_eq!(token.bearer.text(), "Bearer abc");
            assert_eq!((token.until - NOW).ceil_s(), s, "{said}");
        }
    }

    #[test]
    fn without_one_nobody_is_offline() {
        for (status, body, reason) in [
            (400, r#"{"status":400,"message":"invalid client"}"#, UnknownReason::Blocked),
            (403, r#"{"status":403,"message":"invalid client secret"}"#, UnknownReason::Blocked),
            (401, r#"{"error":"invalid_client"}"#, UnknownReason::Blocked),
            (429, "", UnknownReason::RateLimited),
            (503, "", UnknownReason::UpstreamFailed),
            (200, "", UnknownReason::Blocked),
            (200, "<html>", UnknownReason::Blocked),
            (200, "{}", UnknownReason::BadAnswer),
            (200, r#"{"access_token":""}"#, UnknownReason::BadAnswer),
            (200, r#"{"access_token":"a\r\nb: c"}"#, UnknownReason::BadAnswer),
            (200, r#"{"access_token":7}"#, UnknownReason::BadAnswer),
            (404, "", UnknownReason::BadAnswer),
        ] {
            match read(status, body) {
                Err(Outcome::Unknown { reason: found, .. }) => assert_eq!(found, reason, "{body}"),
                other => panic!("{status} {body}: {other:?}"),
            }
        }
    }
}
