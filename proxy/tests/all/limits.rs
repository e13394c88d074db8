//! What clients may not do to a proxy, and what their browsers are told.

use std::time::{Duration, Instant};

use almanac_proxy::Network;
use almanac_wire::{Refusal, RefusalCode};
use reqwest::header::{HOST, ORIGIN};
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Manner, Served, Setup, serve};

async fn with(network: Network) -> Served {
    serve(Setup { network, ..Setup::default() }).await
}

async fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(served.base.strip_prefix("http://").unwrap()).await.unwrap()
}

/// What comes back until the other end hangs up.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn browsers_are_told_to_run_nothing_else() {
    let served = with(Network::default()).await;
    for path in ["/", "/healthz", "/api/v1/upstreams", "/badge/tiktok/mira.svg", "/nothing"] {
        let response = served.get(path).await;
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.split("; ").any(|one| one == part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(header("permissions-policy").contains("camera=()"));
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        let badge = path.starts_with("/badge/");
        let resource = if badge { "cross-origin" } else { "same-origin" };
        assert_eq!(header("cross-origin-resource-policy"), resource, "{path}");
        assert!(response.headers().contains_key("cache-control"), "{path}");
    }
}

#[tokio::test]
async fn only_origins_that_were_named_may_read() {
    let closed = with(Network::default()).await;
    let dash = "https://dash.example.org";
    let get = async |served: &Served, origin: &str, site: &str| {
        let request = served.client.get(format!("{}/api/v1/upstreams", served.base));
        request.header(ORIGIN, origin).header("sec-fetch-site", site).send().await.unwrap()
    };
    let refused = get(&closed, dash, "cross-site").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(!refused.headers().contains_key("access-control-allow-origin"));
    let refusal: Refusal = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(refusal.code, RefusalCode::ForeignOrigin);

    let open = with(Network { origins: vec![dash.parse().unwrap()], ..Network::default() }).await;
    let read = get(&open, dash, "cross-site").await;
    assert_eq!(read.status(), StatusCode::OK);
    assert_eq!(read.headers()["access-control-allow-origin"], dash);
    assert_eq!(
        get(&open, "https://evil.example", "cross-site").await.status(),
        StatusCode::FORBIDDEN
    );
    let preflight = async |method: &str| {
        let request =
            open.client.request(Method::OPTIONS, format!("{}/api/v1/snapshot", open.base));
        let request = request.header(ORIGIN, dash).header("access-control-request-method", method);
        request.send().await.unwrap()
    };
    let methods = preflight("PUT").await.headers()["access-control-allow-methods"].clone();
    assert_eq!(methods, "GET", "others may change nothing");
}

#[tokio::test]
async fn a_page_elsewhere_does_not_spend_the_budget() {
    let served = with(Network::default()).await;
    let path = "/api/v1/status?platform=tiktok&account=mira";
    for site in ["cross-site", "same-site"] {
        let request = served.client.get(format!("{}{path}", served.base));
        let response = request.header("sec-fetch-site", site).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(served.fake.count(), 0);
}

#[tokio::test]
async fn it_answers_to_the_names_it_was_given() {
    let network = Network { hosts: vec!["almanac.example.org".into()], ..Network::default() };
    let served = with(network).await;
    let status = async |host: &str| {
        let request = served.client.get(format!("{}/healthz", served.base)).header(HOST, host);
        request.send().await.unwrap().status()
    };
    assert_eq!(status("almanac.example.org").await, StatusCode::OK);
    assert_eq!(status("rebound.example").await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status("192.168.1.2").await, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn long_addresses_and_heads_are_not_read_to_their_end() {
    let served = with(Network::default()).await;
    let long = format!("/api/v1/status?platform=tiktok&account={}", "a".repeat(20_000));
    assert_eq!(served.get(&long).await.status(), StatusCode::BAD_REQUEST);
    for head in [
        format!("GET /?{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "a".repeat(1_000_000)),
        format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "a".repeat(100_000)),
        format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x: y\r\n".repeat(200)),
    ] {
        let mut stream = connect(&served).await;
        drop(stream.write_all(head.as_bytes()).await);
        let answer = rest(&mut stream).await;
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(matches!(status, "414" | "431" | "closed"), "{answer}");
    }
    assert_eq!(served.get("/healthz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_dawdles_is_let_go() {
    let network = Network { header_timeout: Duration::from_millis(300), ..Network::default() };
    let served = with(network).await;
    let begin = Instant::now();
    let mut silent = connect(&served).await;
    let mut loris = connect(&served).await;
    let mut kept = connect(&served).await;
    loris.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    rest(&mut silent).await;
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    rest(&mut loris).await;
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert!(rest(&mut kept).await.ends_with("ok\n"));
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
}

/// Such a client would hold its connection, and what is ready for it, for ever.
#[tokio::test]
async fn a_client_that_takes_its_answers_a_byte_at_a_time_is_let_go() {
    let network = Network { answer_timeout: Duration::from_millis(500), ..Network::default() };
    let served = with(network).await;
    let address = served.base.strip_prefix("http://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut sipping = socket.connect(address).await.unwrap();
    // More than the system keeps for it on the way.
    let many = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1000);
    let (mut answers, mut requests) = sipping.split();
    let sip = async {
        while answers.read_u8().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let held = async || {
        let text = served.get("/metrics").await.text().await.unwrap();
        let held = text.lines().find_map(|line| line.strip_prefix("almanac_connections "));
        held.unwrap().parse::<u32>().unwrap()
    };
    assert_eq!(held().await, 2, "this one and that which counts them");
    let begin = Instant::now();
    let let_go = async {
        drop(requests.write_all(many.as_bytes()).await);
        while held().await > 1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = let_go => {}
        () = sip => {}
        () = tokio::time::sleep(Duration::from_secs(10)) => panic!("it is still served"),
    }
    assert!(begin.elapsed() >= Duration::from_millis(500), "not before its time");
}

#[tokio::test]
async fn a_request_has_its_time() {
    let network = Network { request_timeout: Duration::from_millis(300), ..Network::default() };
    let served = with(network).await;
    served.fake.behave(Manner::Hang);
    let response = served.ask(&["mira"]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let refusal: Refusal = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(refusal.code, RefusalCode::TookTooLong);

    // A body that never comes.
    let mut stream = connect(&served).await;
    let head = "PUT /api/v1/snapshot HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn there_is_a_cap_on_connections() {
    let network =
        Network { connections: 3, header_timeout: Duration::from_secs(2), ..Network::default() };
    let served = with(network).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(connect(&served).await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut more = connect(&served).await;
    more.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let early = tokio::time::timeout(Duration::from_millis(500), rest(&mut more)).await;
    assert!(early.is_err(), "a fourth was served: {early:?}");
    drop(idle);
    assert!(rest(&mut more).await.ends_with("ok\n"));
}

#[tokio::test]
async fn one_client_does_not_take_the_place_of_others() {
    let network = Network {
        client_rate: 5,
        behind: vec!["127.0.0.1".parse().unwrap()],
        ..Network::default()
    };
    let served = with(network).await;
    let status = async |client: &str| {
        let request = served.client.get(format!("{}/healthz", served.base));
        request.header("x-forwarded-for", client).send().await.unwrap()
    };
    for _ in 0..5 {
        assert_eq!(status("203.0.113.1").await.status(), StatusCode::OK);
    }
    let refused = status("203.0.113.1").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(status("6.6.6.6, 203.0.113.1").await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status("203.0.113.2").await.status(), StatusCode::OK);
}

/// A redirect could lead anywhere: into the network of whoever runs the proxy, for one.
#[tokio::test]
async fn an_upstream_cannot_send_us_elsewhere() {
    let served = with(Network::default()).await;
    let elsewhere =
        crate::support::Fake::start(crate::support::clock(crate::support::anchors("1"))).await;
    let to = format!("location: http://{}/secret\r\n", elsewhere.address);
    served.fake.behave(Manner::Answer(crate::support::http("302 Found", &to, "")));
    served.results(&["mira"]).await;
    assert_eq!((served.fake.count(), elsewhere.count()), (1, 0));
    for handle in
        ["..%2F..%2Fadmin", "a%2Fb", "a%3Fb%3Dc", "a%23b", "%40evil.example", "a%0d%0ab", "a%5Cb"]
    {
        served.get(&format!("/api/v1/status?platform=tiktok&account={handle}")).await;
    }
    for request in served.fake.requests.lock().unwrap().iter() {
        let path = request.split(' ').nth(1).unwrap();
        assert!(path.starts_with("/api-live/user/room"), "{path}");
    }
    assert_eq!(elsewhere.count(), 0);
}
