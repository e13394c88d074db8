//! The server: it counts, looks up the truth, and answers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use almanac_wire::Timestamp;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::breakage::deliver;
use crate::clock::Clock;
use crate::control;
use crate::faults::Faults;
use crate::journal::{Busiest, Journal, Record};
use crate::site::{Question, Site};
use crate::trace::Trace;
use crate::world::{Broadcast, World};

/// What a fake is made of.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whose routes it has.
    pub site: Site,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who is on air when.
    pub trace: Trace,
    /// What time it is.
    pub clock: Clock,
    /// How it misbehaves at first.
    pub faults: Faults,
}

impl Config {
    /// Well-behaved, with TikTok's routes, on a free port of this machine.
    #[must_use]
    pub fn new(trace: Trace, clock: Clock) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { site: Site::Tiktok, listen, trace, clock, faults: Faults::default() }
    }
}

/// A running fake. It stops when dropped.
pub struct Fake {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Told, or dropped, when the fake goes.
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Fake {
    /// Begins to listen and to answer.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            site: config.site,
            world: World::new(config.site, &config.trace),
            clock: config.clock,
            faults: Mutex::new(config.faults),
            journal: Mutex::default(),
        });
        let app = Router::new()
            .nest("/_fake", control::routes())
            .fallback(upstream)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            // It never fails: axum keeps accepting until told to stop.
            let _ = axum::serve(listener, app).with_graceful_shutdown(stopped).await;
        });
        Ok(Self { address, shared, stop, serving })
    }

    /// Stops, and waits until nobody can connect any more and those connected are served: a second
    /// at most, so that a `timeout` fault does not hold it up.
    pub async fn stop(self) {
        // Whoever does not listen has stopped already.
        let _ = self.stop.send(());
        let _ = timeout(Duration::from_secs(1), self.serving).await;
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What its clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Replaces its faults.
    pub fn set_faults(&self, faults: impl Into<Faults>) {
        self.shared.set_faults(faults.into());
    }

    /// Every request since the one of a number (from 0).
    #[must_use]
    pub fn requests(&self, since: u64) -> Vec<Record> {
        self.shared.journal().since(since).cloned().collect()
    }

    /// The most requests that ever fell in any half-open window of a length.
    #[must_use]
    pub fn busiest(&self, window_s: u32) -> Busiest {
        self.shared.journal().busiest(window_s)
    }

    /// What the site calls somebody whom the trace calls `account`.
    #[must_use]
    pub fn handle(&self, account: &str) -> Option<String> {
        Some(self.shared.world.person(account)?.handle.clone())
    }

    /// The broadcast of an account that is on at a moment, or else the one before.
    #[must_use]
    pub fn latest(&self, account: &str, at: Timestamp) -> Option<Broadcast> {
        self.shared.world.person(account)?.latest(at).cloned()
    }
}

/// What all requests share.
pub(crate) struct Shared {
    site: Site,
    world: World,
    clock: Clock,
    faults: Mutex<Faults>,
    journal: Mutex<Journal>,
}

impl Shared {
    pub(crate) const fn world(&self) -> &World {
        &self.world
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        held(&self.journal)
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        *held(&self.faults) = faults;
    }
}

/// A holder that panicked left nothing half-done here.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The longest form read; a batch of a few thousand rooms fits.
const LONGEST_FORM: usize = 1 << 20;

/// Everything outside `/_fake/` is a request to the site.
async fn upstream(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (at, nth) = {
        let mut journal = shared.journal();
        let at = shared.now();
        (at, journal.arrived(at, request.uri().path()))
    };
    let (parts, body) = request.into_parts();
    let form = to_bytes(body, LONGEST_FORM).await.unwrap_or_default();
    let body = String::from_utf8_lossy(&form);
    let question =
        Question::read_with(shared.site, &parts.method, &parts.uri, &parts.headers, &body);
    let fault = held(&shared.faults).meeting(at, nth, &question).cloned();
    let bend = fault.as_ref().map(|fault| fault.kind);
    let reply = question.reply(&shared.world, shared.now(), bend);
    shared.journal().told(nth, reply.told.clone());
    let response = deliver(reply, fault.as_ref(), nth).await;
    let mut journal = shared.journal();
    journal.done(nth, shared.now());
    response
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use almanac_wire::Span;
    use serde_json::Value;

    use super::*;
    use crate::faults::{Fault, Kind};
    use crate::journal::Answer;

    const FROM: Timestamp = Timestamp::from_s(1_780_272_000);
    const ASTER: &str = "/api-live/user/room/?aid=1988&sourceType=54&uniqueId=gen_aster";

    /// A fake of five accounts, stopped in the middle of the first broadcast of `gen_aster`.
    async fn fake() -> Fake {
        let trace = Trace::generate(5, 10, 1, FROM);
        let first = trace.iter().next().unwrap().1[0];
        let clock = Clock::stopped_at(first.start + Span::MINUTE);
        Fake::start(Config::new(trace, clock)).await.unwrap()
    }

    /// The raw answer, read until the connection closes.
    async fn exchange(fake: &Fake, method: &str, path: &str, body: &str) -> Vec<u8> {
        let address = fake.address;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: fake\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            answer
        })
        .await
        .unwrap()
    }

    async fn get(fake: &Fake, path: &str) -> (String, String) {
        let answer = String::from_utf8(exchange(fake, "GET", path, "").await).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    async fn get_json(fake: &Fake, path: &str) -> Value {
        serde_json::from_str(&get(fake, path).await.1).unwrap()
    }

    #[tokio::test]
    async fn what_is_asked_is_answered_and_recorded() {
        let fake = fake().await;
        let told = get_json(&fake, ASTER).await;
        assert_eq!(told["data"]["liveRoom"]["status"], 2);
        get(&fake, "/favicon.ico").await;
        let records = get_json(&fake, "/_fake/requests?since=0").await;
        assert_eq!(records.as_array().map(Vec::len), Some(2), "/_fake is not counted");
        assert_eq!(records[0]["account"], "gen_aster");
        assert_eq!(records[0]["answer"], "live");
        assert_eq!(records[0]["room_id"], told["data"]["user"]["roomId"]);
        assert_eq!(records[0]["at"], fake.now().ms());
        assert_eq!(records[1]["answer"], "refused");
        assert_eq!(get_json(&fake, "/_fake/windows?window_s=1").await[0]["requests"], 2);
        assert_eq!(get_json(&fake, "/_fake/now").await["now"], fake.now().ms());
        let trace = get_json(&fake, "/_fake/trace").await;
        assert_eq!(trace[0]["account"], "gen_aster");
        assert_eq!(trace[0]["sessions"][0]["room_id"], records[0]["room_id"]);
        assert!(get(&fake, "/_fake/windows?window_s=x").await.0.starts_with("http/1.1 400"));
        assert!(get(&fake, "/_fake/nothing").await.0.starts_with("http/1.1 404"));
        assert_eq!(fake.requests(0).len(), 2);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn answers_were_true_between_arrival_and_answer() {
        let trace = Trace::generate(5, 10, 1, FROM);
        let fast = format!("{},{},1000000", Clock::world().now().ms(), FROM.ms());
        let fake = Fake::start(Config::new(trace, fast.parse().unwrap())).await.unwrap();
        for _ in 0..4 {
            tokio::join!(get(&fake, ASTER), get(&fake, ASTER), get(&fake, ASTER));
        }
        let records = fake.requests(0);
        assert_eq!(records.len(), 12);
        assert!(records.is_sorted_by_key(|record| record.at));
        for record in &records {
            let told = record.told.as_ref().unwrap();
            assert!(record.at <= told.truth_at && Some(told.truth_at) <= record.done);
            let latest = fake.latest("gen_aster", told.truth_at);
            assert_eq!(told.room_id, latest.as_ref().map(|broadcast| broadcast.room_id.clone()));
            let live = latest.is_some_and(|broadcast| broadcast.session.covers(told.truth_at));
            assert_eq!(told.answer == Answer::Live, live);
        }
    }

    #[tokio::test]
    async fn faults_reach_the_wire() {
        let fake = fake().await;
        let whole = get(&fake, ASTER).await.1;
        let broken = async |kind| {
            fake.set_faults(vec![Fault { retry_after_s: Some(90), ..Fault::always(kind) }]);
            get(&fake, ASTER).await
        };
        let (head, page) = broken(Kind::Waf).await;
        assert!(head.starts_with("http/1.1 200") && head.contains("x-tt-system-error: 3"));
        assert!(page.contains("Please wait...") && (1500..5000).contains(&page.len()));
        assert!(broken(Kind::Empty).await.1.is_empty());
        assert!(broken(Kind::Forbidden).await.0.starts_with("http/1.1 403"));
        let (head, _) = broken(Kind::RateLimited).await;
        assert!(head.starts_with("http/1.1 429") && head.contains("retry-after: 90"), "{head}");
        let mut failures = Vec::new();
        for _ in 0..3 {
            failures.push(broken(Kind::ServerError).await.0[9..12].to_owned());
        }
        failures.sort();
        assert_eq!(failures, ["500", "502", "503"]);
        let (head, half) = broken(Kind::Truncated).await;
        assert!(whole.starts_with(&half) && half.len() == whole.len() / 2);
        assert!(head.contains(&format!("content-length: {}", half.len())), "nothing shows it");
        let (head, half) = broken(Kind::CutOff).await;
        assert!(whole.starts_with(&half) && half.len() < whole.len());
        assert!(head.contains(&format!("content-length: {}", whole.len())), "{head}");
        assert_eq!(broken(Kind::NotFoundWave).await.1.matches("user_not_found").count(), 1);
        assert!(broken(Kind::Restricted).await.1.contains("4003110"));
        assert_eq!(broken(Kind::AliveLies).await.1, whole, "it concerns the batch check alone");
        let huge = broken(Kind::Huge).await.1;
        assert!(huge.len() > 50_000_000);
        assert!(serde_json::from_str::<Value>(&huge).is_ok_and(|huge| huge["statusCode"] == 0));
        let last = fake.requests(0).pop().and_then(|record| record.told);
        assert_eq!(last.map(|told| told.answer), Some(Answer::Fault(Kind::Huge)));
    }

    #[tokio::test]
    async fn faults_are_replaced_at_run_time() {
        let fake = fake().await;
        let put = async |body: &str| {
            let answer = exchange(&fake, "PUT", "/_fake/faults", body).await;
            String::from_utf8(answer).unwrap()[9..12].to_owned()
        };
        assert_eq!(put(r#"[{"kind":"forbidden"}]"#).await, "204");
        assert!(get(&fake, ASTER).await.0.starts_with("http/1.1 403"));
        assert_eq!(put(r#"[{"kind":"unknown"}]"#).await, "400");
        assert!(get(&fake, ASTER).await.0.starts_with("http/1.1 403"), "the old ones stay");
        assert_eq!(put("[]").await, "204");
        assert!(get(&fake, ASTER).await.0.starts_with("http/1.1 200"));
    }

    #[tokio::test]
    async fn a_stopped_fake_is_gone() {
        let fake = fake().await;
        let address = fake.address;
        get(&fake, ASTER).await;
        fake.stop().await;
        assert!(TcpStream::connect(address).is_err());
    }

    #[tokio::test]
    async fn the_batch_check_takes_a_form() {
        let fake = fake().await;
        let room_id = fake.latest("gen_aster", fake.now()).unwrap().room_id;
        let answer = exchange(
            &fake,
            "POST",
            "/webcast/room/check_alive/",
            &format!("room_ids={room_id}%2C1"),
        )
        .await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(answer.matches("room_id_str").count(), 1);
        assert!(answer.contains(&room_id) && answer.contains("\"alive\":true"));
    }
}
