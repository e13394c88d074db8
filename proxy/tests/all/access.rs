//! A proxy that asks for its access token.

use std::process::Stdio;
use std::time::Instant;

use almanac_proxy::{Network, TokenHash};
use almanac_wire::{Refusal, RefusalCode};
use reqwest::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use reqwest::{Method, Response, StatusCode};
use tokio::io::AsyncWriteExt as _;

use crate::process::command;
use crate::support::{Served, Setup, serve};

const TOKEN: &str = "correct-horse-battery-staple";

async fn locked() -> Served {
    let network = Network { token: Some(TokenHash::of(TOKEN).unwrap()), ..Network::default() };
    serve(Setup { network, ..Setup::default() }).await
}

async fn ask(served: &Served, method: Method, path: &str, token: Option<&str>) -> Response {
    let mut request = served.client.request(method, format!("{}{path}", served.base));
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    request.send().await.unwrap()
}

async fn get(served: &Served, path: &str, token: Option<&str>) -> Response {
    ask(served, Method::GET, path, token).await
}

async fn code(response: Response) -> RefusalCode {
    let refusal: Refusal = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    refusal.code
}

const STATUS: &str = "/api/v1/status?platform=tiktok&account=mira";

#[tokio::test]
async fn nothing_is_asked_without_the_token() {
    let served = locked().await;
    for token in [None, Some("wrong"), Some(""), Some("correct-horse-battery-stapl")] {
        let response = get(&served, STATUS, token).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token:?}");
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer realm=\"almanac\"");
        assert_eq!(code(response).await, RefusalCode::Unauthorized);
    }
    let basic = served.client.get(format!("{}{STATUS}", served.base)).basic_auth("x", Some(TOKEN));
    assert_eq!(basic.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let in_query = get(&served, &format!("{STATUS}&key={TOKEN}"), None).await;
    assert_eq!(in_query.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(served.fake.count(), 0);
    assert_eq!(get(&served, STATUS, Some(TOKEN)).await.status(), StatusCode::OK);
    assert_eq!(served.fake.count(), 1);
    assert_eq!(get(&served, STATUS, Some("wrong")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(get(&served, "/healthz", None).await.status(), StatusCode::OK);
}

/// Every route of the document, so that a new one cannot be forgotten.
#[tokio::test]
async fn every_documented_route_is_locked() {
    let served = locked().await;
    let document = get(&served, "/api/v1/openapi.json", Some(TOKEN)).await.text().await.unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.replace("{platform}", "tiktok").replace("{handle}", "mira");
        for method in operations.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let response = ask(&served, method.clone(), &path, None).await;
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked >= 11, "{asked}");
}

#[tokio::test]
async fn a_reader_key_reads_what_costs_nothing_and_can_be_renewed() {
    let served = locked().await;
    let told = async |method| {
        let reply = ask(&served, method, "/api/v1/reader-key", Some(TOKEN)).await;
        let reply: serde_json::Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
        reply["key"].as_str().unwrap().to_owned()
    };
    let key = told(Method::GET).await;
    assert!(key.starts_with("read_") && key.len() == 45, "{key}");
    let status = async |path: &str, key: &str| {
        let sign = if path.contains('?') { '&' } else { '?' };
        get(&served, &format!("{path}{sign}key={key}"), None).await.status()
    };
    // There is no snapshot yet, which only those hear who may read.
    assert_eq!(status("/calendar.ics", &key).await, StatusCode::NOT_FOUND);
    assert_eq!(status("/calendar.ics?account=tiktok:mira", &key).await, StatusCode::NOT_FOUND);
    assert_eq!(status("/api/v1/openapi.json", &key).await, StatusCode::OK);
    assert_eq!(status("/calendar.ics", "read_").await, StatusCode::UNAUTHORIZED);
    for closed in [STATUS, "/api/v1/upstreams", "/api/v1/snapshot", "/api/v1/reader-key"] {
        assert_eq!(status(closed, &key).await, StatusCode::UNAUTHORIZED, "{closed}");
    }
    let put = ask(&served, Method::PUT, &format!("/api/predictions?key={key}"), None).await;
    assert_eq!(put.status(), StatusCode::UNAUTHORIZED);

    let renewed = told(Method::DELETE).await;
    assert_ne!(renewed, key);
    assert_eq!(status("/calendar.ics", &key).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("/calendar.ics", &renewed).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_token_is_not() {
    let served = locked().await;
    let mut refused = None;
    for guess in 0..40 {
        let response = get(&served, STATUS, Some(&format!("guess-number-{guess}"))).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some((guess, response));
            break;
        }
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    let (guess, response) = refused.expect("nobody stops the guessing");
    assert!((15..=25).contains(&guess), "{guess}");
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(code(response).await, RefusalCode::SlowDown);

    let other = locked().await;
    assert_eq!(get(&other, STATUS, Some(TOKEN)).await.status(), StatusCode::OK);
    for guess in 0..40 {
        get(&other, STATUS, Some(&format!("guess-number-{guess}"))).await;
    }
    let begin = Instant::now();
    for _ in 0..50 {
        assert_eq!(get(&other, STATUS, Some(TOKEN)).await.status(), StatusCode::OK);
    }
    let each = begin.elapsed() / 50;
    assert!(each.as_millis() < 20, "the token is hashed for each request: {each:?}");
}

#[tokio::test]
async fn off_loopback_it_does_not_start_without_a_token() {
    let state = tempfile::tempdir().unwrap();
    let open = ["--listen", "0.0.0.0:0"];
    let output = |args: &[&str]| {
        let mut command = command(state.path(), args);
        command.stderr(Stdio::piped()).output()
    };
    let refused = output(&open).await.unwrap();
    assert!(!refused.status.success());
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("--new-token") && why.contains("0.0.0.0:0"), "{why}");

    let made = output(&["--new-token"]).await.unwrap();
    assert!(made.status.success());
    let said = String::from_utf8(made.stdout).unwrap();
    let token = said.trim();
    let advice = String::from_utf8(made.stderr).unwrap();
    assert!(advice.contains("until it is started again"), "{advice}");
    assert!(token.starts_with("almanac_") && token.len() == 48, "{said}");
    for file in std::fs::read_dir(state.path()).unwrap() {
        let kept = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!kept.contains(token), "the token itself is kept");
    }

    let mut command = command(state.path(), &open);
    command.env("ALMANAC_LOG", "warn");
    let running = crate::process::running(command).await;
    let base = running.base.replace("0.0.0.0", "127.0.0.1");
    let client = crate::support::client();
    let status = async |token: Option<&str>| {
        let mut request = client.get(format!("{base}/api/v1/upstreams"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().status()
    };
    assert_eq!(status(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(Some(token)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_hash_of_ones_own() {
    let state = tempfile::tempdir().unwrap();
    let mut hashing = command(state.path(), &["--hash-token"]);
    let mut hashing = hashing.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = hashing.stdin.take().unwrap();
    stdin.write_all(format!("{TOKEN}\n").as_bytes()).await.unwrap();
    drop(stdin);
    let hash = hashing.wait_with_output().await.unwrap().stdout;
    let file = state.path().join("hash");
    std::fs::write(&file, hash).unwrap();
    let file = file.to_str().unwrap();
    let args = ["--token-hash-file", file, "--listen", "0.0.0.0:0", "--check-config"];
    let checked = command(state.path(), &args).output().await.unwrap();
    assert!(checked.status.success());
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.contains("token      asked for"), "{said}");
}
