//! Several proxies on one Redis, a real one that the test starts: one budget, and nothing asked while
//! it cannot be counted.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use almanac_proxy::{Clock, Network, StateArgs, TokenHash};
use almanac_wire::{Outcome, RefusalCode, Span, Timestamp, UnknownReason};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::process::{command, running};
use crate::support::{Fake, LIVE, Served, Setup, anchors, clock, http, ok, serve_before};

const TOKEN: &str = "correct-horse-battery-staple";

/// A redis-server of our own on loopback. Killed (SIGKILL) when dropped.
struct Redis {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    /// Whether it writes everything down before it answers.
    durable: bool,
    child: Child,
}

impl Redis {
    /// `None`, loudly, where the program is missing; where it must be there, that is a failure.
    async fn start(durable: bool) -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program =
            std::env::split_paths(&path).map(|dir| dir.join("redis-server")).find(|p| p.is_file());
        let Some(program) = program else {
            assert!(
                std::env::var_os("CI").is_none(),
                "redis-server is missing; `cargo xtask setup` installs it on Debian"
            );
            eprintln!("SKIPPED: redis-server is missing (Debian: apt-get install redis-server)");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let child = spawn(&program, folder.path(), port, durable);
        let redis = Self { program, folder, port, durable, child };
        redis.ready().await;
        Some(redis)
    }

    async fn ready(&self) {
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("redis-server does not answer");
    }

    async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    async fn come_back(&mut self) {
        self.child = spawn(&self.program, self.folder.path(), self.port, self.durable);
        self.ready().await;
    }

    fn state(&self) -> StateArgs {
        let url = format!("redis://127.0.0.1:{}/0", self.port);
        StateArgs { state: Some(url.parse().unwrap()) }
    }
}

fn spawn(program: &Path, folder: &Path, port: u16, durable: bool) -> Child {
    let (append, sync) = if durable { ("yes", "always") } else { ("no", "no") };
    Command::new(program)
        .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", append])
        .args(["--appendfsync", sync, "--port", &port.to_string(), "--dir"])
        .arg(folder)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// So many proxies in front of one fake, on one clock.
async fn replicas(
    redis: &Redis,
    many: usize,
    rate: &str,
    setup: impl Fn() -> Setup,
) -> (Arc<Fake>, Vec<Served>, Clock) {
    let anchors = anchors(rate);
    let clock = clock(anchors);
    let fake = Fake::start(clock.clone()).await;
    let mut all = Vec::new();
    for _ in 0..many {
        let url = format!("http://{}", fake.address);
        all.push(serve_before(setup(), Some(&url), anchors, redis.state()).await);
    }
    // The first start of a Redis is taken for one that forgot.
    settle(&all).await;
    (fake, all, clock)
}

static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Waits until everyone has told what it knows: until requests are counted again.
/// Another account each time: no answer that is kept hides whether they are.
async fn settle(all: &[Served]) {
    for served in all {
        for _ in 0..300 {
            let n = ASKED.fetch_add(1, Ordering::Relaxed);
            let response = served.ask(&[&format!("settling{n}")]).await;
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn hammer(all: &[Served], clock: &Clock, until: Timestamp) -> usize {
    let mut clients = Vec::new();
    for (i, served) in all.iter().enumerate() {
        for j in 0..10 {
            let (client, base, clock) = (served.client.clone(), served.base.clone(), clock.clone());
            clients.push(tokio::spawn(async move {
                let mut unaccountable = 0;
                for n in 0.. {
                    if clock.now() >= until {
                        break;
                    }
                    let url = format!("{base}/api/v1/status?platform=tiktok&account=r{i}.{j}.{n}");
                    let response = client.get(url).send().await.unwrap();
                    unaccountable +=
                        usize::from(response.status() == StatusCode::SERVICE_UNAVAILABLE);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                unaccountable
            }));
        }
    }
    let mut unaccountable = 0;
    for client in clients {
        unaccountable += client.await.unwrap();
    }
    unaccountable
}

fn assert_within(mut arrivals: Vec<Timestamp>, limits: &[(usize, Span)]) {
    arrivals.sort_unstable();
    for (limit, window) in limits {
        for pair in arrivals.windows(limit + 1) {
            assert!(pair[*limit] - pair[0] >= *window, "{} in less than {window}", limit + 1);
        }
    }
}

async fn metrics(served: &Served) -> String {
    served.get("/metrics").await.text().await.unwrap()
}

fn countable(is: u8) -> String {
    format!("almanac_requests_countable{{platform=\"tiktok\"}} {is}\n")
}

const LIMITS: [(usize, Span); 2] = [(10, Span::MINUTE), (60, Span::HOUR)];

fn quotas() -> Setup {
    Setup { quotas: "10/min,60/h", ..Setup::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_never_exceed_one_budget_though_redis_is_killed() {
    let Some(mut redis) = Redis::start(true).await else { return };
    // A minute in 0.1 seconds.
    let (fake, all, clock) = replicas(&redis, 3, "600", quotas).await;
    let began = clock.now();
    hammer(&all, &clock, began + Span::MINUTE * 20).await;
    redis.kill().await;
    let before = fake.count();
    let unaccountable = hammer(&all, &clock, clock.now() + Span::MINUTE * 5).await;
    assert!(unaccountable > 10, "{unaccountable}");
    assert!(fake.count() - before <= 1, "asked while nothing could be counted");
    let (status, refusal) = all[0].refusal(&["mira"]).await;
    assert_eq!(
        (status, refusal.code),
        (StatusCode::SERVICE_UNAVAILABLE, RefusalCode::Unaccountable)
    );
    assert!(refusal.message.contains("Redis at 127.0.0.1"), "{}", refusal.message);
    assert_eq!(refusal.retry_after_s, Some(5));
    assert!(metrics(&all[0]).await.contains(&countable(0)));
    redis.come_back().await;
    hammer(&all, &clock, clock.now() + Span::HOUR + Span::MINUTE * 5).await;
    assert!(metrics(&all[0]).await.contains(&countable(1)));
    let arrivals = fake.arrivals();
    assert!(arrivals.len() > 60, "it recovers: {}", arrivals.len());
    assert_within(arrivals, &LIMITS);
}

#[tokio::test]
async fn the_log_and_a_check_tell_of_a_redis_that_wants_a_password() {
    let Some(redis) = Redis::start(false).await else { return };
    let url = format!("redis://127.0.0.1:{}/0", redis.port);
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut lock = redis::cmd("CONFIG");
    lock.arg("SET").arg("requirepass").arg("almanac");
    lock.query_async::<()>(&mut connection).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let wrong = ["--state", url.as_str(), "--check-config"];
    let checked = command(folder.path(), &wrong).stderr(Stdio::piped()).output().await.unwrap();
    assert!(String::from_utf8_lossy(&checked.stderr).contains("NOAUTH"), "{checked:?}");
    let opened = format!("redis://:almanac@127.0.0.1:{}/0", redis.port);
    let right = ["--state", opened.as_str(), "--check-config"];
    assert!(command(folder.path(), &right).output().await.unwrap().status.success());

    let mut program = command(folder.path(), &wrong[..2]);
    program.stderr(Stdio::piped());
    let mut running = running(program).await;
    let mut log = BufReader::new(running.child.stderr.take().unwrap()).lines();
    let line = tokio::time::timeout(Duration::from_secs(5), log.next_line()).await.unwrap();
    let line = line.unwrap().unwrap();
    assert!(line.contains("nothing is asked") && line.contains("NOAUTH"), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_forgets_is_told_again_before_anything_is_sent() {
    let Some(mut redis) = Redis::start(false).await else { return };
    let (fake, all, _) =
        replicas(&redis, 2, "1", || Setup { quotas: "8/h", ..Setup::default() }).await;
    for (served, handle) in all.iter().zip(["mira", "tomo"]) {
        served.results(&[handle]).await;
    }
    let before = fake.count();
    redis.kill().await;
    redis.come_back().await;
    let (status, refusal) = all[0].refusal(&["nadia"]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refusal.message.contains("forgot"), "{}", refusal.message);
    settle(&all).await;
    for n in 0..20 {
        all[n % 2].ask(&[&format!("x{n}")]).await;
    }
    assert_eq!(fake.count(), 8, "{before} were sent before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_and_breakers_are_shared() {
    let Some(redis) = Redis::start(true).await else { return };
    let (fake, all, _) = replicas(&redis, 2, "1", Setup::default).await;
    fake.behave(ok(LIVE));
    let before = fake.count();
    let first = all[0].results(&["mira"]).await;
    let second = all[1].results(&["mira"]).await;
    assert_eq!(fake.count(), before + 1);
    assert_eq!(first.results, second.results);

    fake.behave(ok("<html>Please wait...</html>"));
    let blocked = all[0].results(&["tomo"]).await.results.remove(0);
    let told = all[1].results(&["nadia"]).await.results.remove(0);
    assert_eq!(blocked.outcome, told.outcome);
    assert!(matches!(
        told.outcome,
        Outcome::Unknown { reason: UnknownReason::Blocked, retry_at: Some(_), .. }
    ));
    assert_eq!(fake.count(), before + 2);
    // A request that was not sent costs nothing.
    let budget = all[1].results(&["leo"]).await.budget;
    assert_eq!(budget[0].limit - budget[0].remaining, u32::try_from(fake.count()).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_upstream_says_is_left_holds_for_all() {
    let Some(redis) = Redis::start(true).await else { return };
    let (fake, all, _) =
        replicas(&redis, 2, "1", || Setup { cache: Span::ZERO, ..Setup::default() }).await;
    let headers = "ratelimit-remaining: 1\r\nratelimit-reset: 300\r\n";
    fake.behave(crate::support::Manner::Answer(http("200 OK", headers, LIVE)));
    let before = fake.count();
    all[0].results(&["mira"]).await;
    fake.behave(ok(LIVE));
    all[1].results(&["tomo"]).await;
    let (status, refusal) = all[0].refusal(&["nadia"]).await;
    assert_eq!((status, refusal.window_s), (StatusCode::TOO_MANY_REQUESTS, None));
    assert!(refusal.message.contains("upstream's own"), "{}", refusal.message);
    assert!((200..=300).contains(&refusal.retry_after_s.unwrap()));
    assert_eq!(fake.count(), before + 2);
}

/// Waits until something holds, as replicas agree only now and then.
async fn soon(holds: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("replicas never agree");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshot_and_reader_key_are_the_same_everywhere() {
    let Some(mut redis) = Redis::start(false).await else { return };
    let token = Some(TokenHash::of(TOKEN).unwrap());
    let network = || Network { token: token.clone(), ..Network::default() };
    let setup = || Setup { network: network(), ..Setup::default() };
    let (_, all, clock) = replicas(&redis, 2, "1", setup).await;
    let key = async |replica: usize, method: Method| {
        let request =
            all[replica].client.request(method, format!("{}/api/v1/reader-key", all[replica].base));
        let reply = request.bearer_auth(TOKEN).send().await.unwrap();
        let text = reply.text().await.unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["key"]
            .as_str()
            .unwrap_or(&text)
            .to_owned()
    };
    let opens = async |replica: usize, key: &str| {
        all[replica].get(&format!("/calendar.ics?key={key}")).await.status()
            != StatusCode::UNAUTHORIZED
    };
    soon(async || key(0, Method::GET).await == key(1, Method::GET).await).await;
    let first = key(0, Method::GET).await;
    assert!(opens(1, &first).await);
    let second = key(1, Method::DELETE).await;
    assert_ne!(first, second);
    soon(async || !opens(0, &first).await && opens(0, &second).await).await;

    let url = format!("{}/api/v1/snapshot", all[0].base);
    let body = crate::forecasts::snapshot(clock.now()).to_string();
    let put = all[0].client.put(url).bearer_auth(TOKEN).header("content-type", "application/json");
    assert_eq!(put.body(body).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let calendar = async |replica: usize| {
        let reply = all[replica].get(&format!("/calendar.ics?key={second}")).await;
        (reply.status(), reply.text().await.unwrap())
    };
    soon(async || calendar(1).await.0 == StatusCode::OK).await;
    assert_eq!(
        calendar(0).await.1,
        calendar(1).await.1,
        "with the same names for the same windows"
    );

    // While the others cannot be told, the old key stays with all.
    redis.kill().await;
    assert!(key(0, Method::DELETE).await.contains("the old one stays"));
    assert!(opens(0, &second).await && opens(1, &second).await);
    // A server that forgot both is told again.
    redis.come_back().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(opens(0, &second).await && opens(1, &second).await);
    assert_eq!(calendar(1).await.0, StatusCode::OK);
}
