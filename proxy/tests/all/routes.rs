//! What is served where, with which headers, and to whom.

use std::fs;

use crate::support::{Served, Setup, serve};
use almanac_wire::{Refusal, RefusalCode};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HOST,
};
use reqwest::{Method, StatusCode};

const SCRIPT: &str = "/almanac-0123456789abcdef.js";

async fn with_app() -> (Served, tempfile::TempDir) {
    let app = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("index.html", "<html>"),
        ("sw.js", "//"),
        (&SCRIPT[1..], "let a;"),
        (&format!("{}.br", &SCRIPT[1..]), "brotli"),
    ] {
        fs::write(app.path().join(name), content).unwrap();
    }
    (serve(Setup { app: Some(app.path().to_owned()), ..Setup::default() }).await, app)
}

#[tokio::test]
async fn the_app_is_served_and_kept_as_long_as_is_right() {
    let (served, _app) = with_app().await;
    for (path, kept) in [
        ("/", "no-cache"),
        ("/index.html", "no-cache"),
        ("/sw.js", "no-cache"),
        (SCRIPT, "public, max-age=31536000, immutable"),
    ] {
        let response = served.get(path).await;
        assert_eq!(
            (response.status(), response.headers()[CACHE_CONTROL].to_str().unwrap()),
            (StatusCode::OK, kept),
            "{path}"
        );
    }
    let packed = served
        .client
        .get(format!("{}{SCRIPT}", served.base))
        .header(ACCEPT_ENCODING, "gzip, br")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()[CONTENT_ENCODING], "br");
    assert_eq!(packed.headers()[CONTENT_TYPE], "text/javascript");
    assert_eq!(packed.text().await.unwrap(), "brotli");
}

#[tokio::test]
async fn only_navigations_get_the_page() {
    let (served, _app) = with_app().await;
    let get = async |path: &str, accept: &str| {
        let request = served.client.get(format!("{}{path}", served.base)).header(ACCEPT, accept);
        request.send().await.unwrap()
    };
    let page = get("/plan", "text/html,application/xhtml+xml").await;
    assert_eq!(
        (page.status(), page.headers()[CACHE_CONTROL].to_str().unwrap()),
        (StatusCode::OK, "no-cache")
    );
    assert_eq!(page.text().await.unwrap(), "<html>");
    for (path, accept) in [
        ("/plan", "*/*"),
        ("/gone-0123456789abcdef.js", "text/html"),
        ("/api/v1/nothing", "text/html"),
        ("/api", "text/html"),
        ("/../Cargo.toml", "text/html"),
        ("/%2e%2e/%2e%2e/etc/passwd.x", "text/html"),
    ] {
        let response = get(path, accept).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let refusal: Refusal = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(refusal.code, RefusalCode::NotFound);
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (served, _app) = with_app().await;
    for path in
        ["/", SCRIPT, "/gone.js", "/healthz", "/api/v1/upstreams", "/api/v1/status", "/api/nothing"]
    {
        let response = served.get(path).await;
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn a_foreign_name_is_turned_away_before_anything_happens() {
    let (served, _app) = with_app().await;
    for path in ["/", "/api/v1/status?platform=tiktok&account=mira"] {
        let request = served
            .client
            .get(format!("{}{path}", served.base))
            .header(HOST, "rebound.example:8377");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert_eq!(response.headers()["x-frame-options"], "DENY");
    }
    assert_eq!(served.fake.count(), 0);
    let local = served
        .client
        .get(format!("{}/healthz", served.base))
        .header(HOST, "localhost:1")
        .send()
        .await
        .unwrap();
    assert_eq!(local.text().await.unwrap(), "ok\n");
}

#[tokio::test]
async fn malformed_requests_say_what_is_wrong() {
    let served = serve(Setup::default()).await;
    let many = format!("platform=tiktok{}", "&account=a".repeat(101));
    let mut answers = String::new();
    for query in [
        "",
        "platform=tiktok",
        "platform=tiktok&account=",
        "platform=tiktok&account=..%2F..%2Fetc",
        "platform=tiktok&account=mira&accounts=tomo",
        "platform=myspace&account=tom",
        "platform=demo&account=mira",
        &many,
    ] {
        let response = served.get(&format!("/api/v1/status?{query}")).await;
        let short: String = query.chars().take(50).collect();
        answers +=
            &format!("{short}\n  {} {}\n", response.status(), response.text().await.unwrap());
    }
    insta::assert_snapshot!(answers);
    assert_eq!(served.fake.count(), 0);
    let post = served
        .client
        .request(Method::POST, format!("{}/api/v1/status", served.base))
        .send()
        .await
        .unwrap();
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn upstreams_are_told_with_their_clock() {
    let served = serve(Setup { rate: "20", ..Setup::default() }).await;
    let mut reply: serde_json::Value =
        serde_json::from_str(&served.get("/api/v1/upstreams").await.text().await.unwrap()).unwrap();
    assert!(reply["clock"]["now"].as_i64().unwrap() >= crate::support::NOON.ms());
    reply["clock"]["now"] = "…".into();
    assert!(reply["clock"]["timeline"].as_str().unwrap().starts_with("sim1767268800000-"));
    reply["clock"]["timeline"] = "…".into();
    insta::assert_json_snapshot!(reply);
}
