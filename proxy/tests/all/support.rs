//! A small fake upstream, and proxies in front of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use almanac_proxy::{
    Anchors, Clock, Credentials, Network, Proxy, Settings, StateArgs, TimeSource, make_app, wall,
};
use almanac_wire::{Platform, Refusal, Span, StatusReply, Timestamp};
use reqwest::{Client, Response, StatusCode};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How the fake answers.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// With this, whole.
    Answer(String),
    /// With this, after a while.
    Slow(Duration, String),
    /// Never.
    Hang,
    /// With this, and then it hangs up, whatever was promised.
    HangUp(String),
    /// With fifty million bytes.
    Huge,
}

/// An upstream that counts.
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    manner: Mutex<Manner>,
    clock: Clock,
    arrivals: Mutex<Vec<Timestamp>>,
    pub(crate) requests: Mutex<Vec<String>>,
    pub(crate) sent: AtomicUsize,
}

pub(crate) fn http(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn ok(body: &str) -> Manner {
    Manner::Answer(http("200 OK", "content-type: application/json\r\n", body))
}

pub(crate) const OFFLINE: &str = r#"{"statusCode":0,"data":{"user":{"roomId":"7300000000000000001","status":4},"liveRoom":{"status":4,"title":"late night code","startTime":1767229200,"liveRoomStats":{"userCount":321}}}}"#;
pub(crate) const LIVE: &str = r#"{"statusCode":0,"data":{"user":{"roomId":"7300000000000000001","status":2},"liveRoom":{"status":2,"title":"late night code","startTime":1767229200,"liveRoomStats":{"userCount":321}}}}"#;

impl Fake {
    pub(crate) async fn start(clock: Clock) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            manner: Mutex::new(ok(OFFLINE)),
            clock,
            arrivals: Mutex::default(),
            requests: Mutex::default(),
            sent: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&fake);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(Arc::clone(&serving).answer(stream));
            }
        });
        fake
    }

    pub(crate) fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(crate) fn count(&self) -> usize {
        self.arrivals.lock().unwrap().len()
    }

    pub(crate) fn arrivals(&self) -> Vec<Timestamp> {
        self.arrivals.lock().unwrap().clone()
    }

    async fn answer(self: Arc<Self>, mut stream: TcpStream) {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => request.push(byte),
                Err(_) => return,
            }
        }
        self.arrivals.lock().unwrap().push(self.clock.now());
        self.requests.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
        let manner = self.manner.lock().unwrap().clone();
        match manner {
            Manner::Answer(answer) | Manner::HangUp(answer) => {
                drop(stream.write_all(answer.as_bytes()).await);
            }
            Manner::Slow(wait, answer) => {
                tokio::time::sleep(wait).await;
                drop(stream.write_all(answer.as_bytes()).await);
            }
            Manner::Hang => std::future::pending().await,
            Manner::Huge => {
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
                drop(stream.write_all(head.as_bytes()).await);
                for _ in 0..50_000 {
                    if stream.write_all(&[b'['; 1000]).await.is_err() {
                        return;
                    }
                    self.sent.fetch_add(1000, Ordering::Relaxed);
                }
            }
        }
        drop(stream.shutdown().await);
    }
}

/// 2026-01-01 12:00:00 UTC.
pub(crate) const NOON: Timestamp = Timestamp::from_s(1_767_268_800);

/// A time line that is at noon now.
pub(crate) fn anchors(rate: &str) -> Anchors {
    Anchors { real: wall(), sim: NOON, rate: rate.parse().unwrap() }
}

pub(crate) fn clock(anchors: Anchors) -> Clock {
    Clock::made_up(anchors, anchors.name())
}

/// A proxy in front of a fake, in this process.
pub(crate) struct Served {
    pub(crate) fake: Arc<Fake>,
    pub(crate) base: String,
    pub(crate) state: PathBuf,
    pub(crate) client: Client,
    _folder: TempDir,
}

pub(crate) struct Setup {
    pub(crate) quotas: &'static str,
    pub(crate) rate: &'static str,
    pub(crate) cache: Span,
    pub(crate) timeout: Duration,
    pub(crate) app: Option<PathBuf>,
    pub(crate) network: Network,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            quotas: "10/min,60/h,120/day",
            rate: "1",
            cache: Span::from_s(15),
            timeout: Duration::from_secs(5),
            app: None,
            network: Network::default(),
        }
    }
}

pub(crate) fn client() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) async fn serve(setup: Setup) -> Served {
    let anchors = anchors(setup.rate);
    serve_before(setup, None, anchors, StateArgs::default()).await
}

/// With another upstream than the fake.
pub(crate) async fn serve_at(setup: Setup, tiktok_url: &str) -> Served {
    let anchors = anchors(setup.rate);
    serve_before(setup, Some(tiktok_url), anchors, StateArgs::default()).await
}

/// On a clock that others go by too, and perhaps with what replicas share.
pub(crate) async fn serve_before(
    setup: Setup,
    tiktok_url: Option<&str>,
    anchors: Anchors,
    shared: StateArgs,
) -> Served {
    let fake = Fake::start(clock(anchors)).await;
    let tiktok_url = tiktok_url.map_or_else(|| format!("http://{}", fake.address), str::to_owned);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        app: setup.app,
        state_dir: state.clone(),
        shared,
        upstreams: BTreeMap::from([(Platform::Tiktok, setup.quotas.parse().unwrap())]),
        urls: BTreeMap::from([(Platform::Tiktok, tiktok_url.parse().unwrap())]),
        custom: BTreeMap::new(),
        credentials: Credentials::default(),
        upstream_timeout: setup.timeout,
        cache: setup.cache,
        time: TimeSource::MadeUp(anchors),
        network: setup.network,
    };
    let proxy = Arc::new(Proxy::open(&settings).unwrap());
    let running = Arc::clone(&proxy);
    tokio::spawn(async move { running.run().await });
    let listener = TcpListener::bind(settings.listen).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let never = std::future::pending();
        let app = make_app(Arc::clone(&proxy));
        almanac_proxy::serve(listener, app, &settings.network, &proxy, never).await.unwrap();
    });
    Served { fake, base, state, client: client(), _folder: folder }
}

impl Served {
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    pub(crate) async fn ask(&self, accounts: &[impl AsRef<str>]) -> Response {
        let accounts: Vec<&str> = accounts.iter().map(AsRef::as_ref).collect();
        self.get(&format!("/api/v1/status?platform=tiktok&account={}", accounts.join("&account=")))
            .await
    }

    pub(crate) async fn results(&self, accounts: &[impl AsRef<str>]) -> StatusReply {
        let response = self.ask(accounts).await;
        assert_eq!(response.status(), StatusCode::OK);
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub(crate) async fn refusal(&self, accounts: &[&str]) -> (StatusCode, Refusal) {
        let response = self.ask(accounts).await;
        let status = response.status();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }
}
