//! Whatever comes back from the platform, the app is told the truth: in the JSON it reads.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::support::{LIVE, Manner, OFFLINE, Setup, http, ok, serve, serve_at};
use almanac_wire::{Outcome, UnknownReason};
use serde_json::Value;

/// The JSON of the reply, with its times written relative to when it was answered.
async fn reply(manner: Manner) -> Value {
    let served = serve(Setup { timeout: Duration::from_millis(400), ..Setup::default() }).await;
    served.fake.behave(manner);
    let response = served.ask(&["mira.codes"]).await;
    let mut reply: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let result = &mut reply["results"][0];
    let answered_at = result["answered_at"].as_i64().unwrap();
    assert!(result["asked_at"].as_i64().unwrap() <= answered_at);
    for field in ["asked_at", "answered_at"] {
        result[field] = "…".into();
    }
    if let Some(retry_at) = result["outcome"]["unknown"]["retry_at"].as_i64() {
        let wait_s = (retry_at - answered_at + 500).div_euclid(1000);
        result["outcome"]["unknown"]["retry_at"] =
            format!("about {wait_s} s after the answer").into();
    }
    reply["now"] = "…".into();
    for quota in reply["budget"].as_array_mut().unwrap() {
        assert_eq!(quota["remaining"].as_i64().unwrap() + 1, quota["limit"].as_i64().unwrap());
        assert!(quota["reset_s"].as_i64().unwrap() <= quota["window_s"].as_i64().unwrap());
        quota["reset_s"] = "…".into();
    }
    reply
}

async fn outcome(manner: Manner) -> Value {
    reply(manner).await["results"][0]["outcome"].take()
}

#[tokio::test]
async fn a_whole_reply() {
    insta::assert_json_snapshot!(reply(ok(LIVE)).await);
}

#[tokio::test]
async fn outcomes() {
    let page = "<!DOCTYPE html><html><script>var _wafchallengeid='x'</script></html>";
    let cases = [
        ("live", ok(LIVE)),
        ("offline", ok(OFFLINE)),
        ("not found", ok(r#"{"statusCode":19881007,"message":"user_not_found","data":{}}"#)),
        ("restricted", ok(r#"{"status_code":4003110,"data":{"prompts":""}}"#)),
        ("bad parameters", ok(r#"{"statusCode":10101,"message":"params_error"}"#)),
        ("WAF page", Manner::Answer(http("200 OK", "content-type: text/html\r\n", page))),
        ("empty", ok("")),
        ("403", Manner::Answer(http("403 Forbidden", "", "no"))),
        ("redirect", Manner::Answer(http("302 Found", "location: https://example.com/\r\n", ""))),
        ("429", Manner::Answer(http("429 Too Many Requests", "retry-after: 90\r\n", "{}"))),
        ("502", Manner::Answer(http("502 Bad Gateway", "", page))),
        ("no answer", Manner::Hang),
        ("hung up at once", Manner::HangUp(String::new())),
        ("cut off", Manner::HangUp(ok_of_length(OFFLINE, OFFLINE.len() + 1))),
        ("JSON cut off", ok(&OFFLINE[..OFFLINE.len() - 1])),
        ("50 MB", Manner::Huge),
    ];
    let mut outcomes = serde_json::Map::new();
    for (name, manner) in cases {
        outcomes.insert(name.to_owned(), outcome(manner).await);
    }
    insta::assert_json_snapshot!(outcomes);
}

fn ok_of_length(body: &str, length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let served = serve(Setup::default()).await;
    served.fake.behave(Manner::Huge);
    served.results(&["mira"]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let sent = served.fake.sent.load(Ordering::Relaxed);
    // One MiB, and what the sockets between hold.
    assert!(sent < 16_000_000, "{sent}");
}

#[tokio::test]
async fn an_upstream_that_is_gone_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let served = serve_at(Setup::default(), &format!("http://{free}")).await;
    let reply = served.results(&["mira"]).await;
    let Outcome::Unknown { reason, .. } = &reply.results[0].outcome else { panic!("{reply:?}") };
    assert_eq!(*reason, UnknownReason::Unreachable);
}

#[tokio::test]
async fn the_request_is_what_the_web_page_sends_and_says_who_we_are() {
    let served = serve(Setup::default()).await;
    served.results(&["Mira.Codes"]).await;
    let request = served.fake.requests.lock().unwrap()[0].to_ascii_lowercase();
    assert!(
        request.starts_with(
            "get /api-live/user/room/?aid=1988&sourcetype=54&uniqueid=mira.codes http/1.1\r\n"
        ),
        "{request}"
    );
    assert!(request.contains("\r\nreferer: https://www.tiktok.com/\r\n"));
    assert!(request.contains("\r\nuser-agent: mozilla/5.0 (compatible; almanac/0.1)\r\n"));
}
