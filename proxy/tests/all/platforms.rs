//! Every platform against its fake: the truth around every edge, and every fault.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use almanac_fakes::{API_KEY, CLIENT_ID, CLIENT_SECRET, Config, Fake, Fault, Kind, Site, Trace};
use almanac_proxy::{
    Application, Credentials, CustomPlan, Network, Proxy, Secret, Settings, StateArgs, TimeSource,
    make_app, wall,
};
use almanac_wire::{CustomName, Outcome, Platform, Span, StatusReply, Timestamp};
use reqwest::Client;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::client;

/// 2026-06-01 00:00:00 UTC.
const FROM: Timestamp = Timestamp::from_s(1_780_272_000);

/// A fake and a proxy in front of it, on one clock.
pub(crate) struct Pair {
    pub(crate) fake: Fake,
    pub(crate) base: String,
    pub(crate) platform: Platform,
    client: Client,
    _folder: TempDir,
}

fn name() -> CustomName {
    CustomName::new("home").unwrap()
}

fn platform(site: Site) -> Platform {
    match site {
        Site::Tiktok => Platform::Tiktok,
        Site::Bilibili => Platform::Bilibili,
        Site::Chzzk => Platform::Chzzk,
        Site::Soop => Platform::Soop,
        Site::Twitch => Platform::Twitch,
        Site::Kick => Platform::Kick,
        Site::Youtube => Platform::Youtube,
        Site::Euler => Platform::Euler,
        Site::Plain => Platform::Custom(name()),
    }
}

/// What the fakes know their asker by.
fn credentials() -> Credentials {
    let secret = |text| Secret::new(text).unwrap();
    let application = || Application { id: secret(CLIENT_ID), secret: secret(CLIENT_SECRET) };
    Credentials {
        applications: [Platform::Twitch, Platform::Kick].map(|on| (on, application())).into(),
        keys: [Platform::Youtube, Platform::Euler].map(|on| (on, secret(API_KEY))).into(),
    }
}

/// Whether a site wants to know who asks, and what it takes before it answers.
const fn is_keyed(site: Site) -> bool {
    match site {
        Site::Twitch | Site::Kick | Site::Youtube | Site::Euler => true,
        Site::Tiktok | Site::Bilibili | Site::Chzzk | Site::Soop | Site::Plain => false,
    }
}

/// What somebody would write to follow streams on the fake's own small API.
fn plan(url: &str) -> CustomPlan {
    let section = format!(
        "url = \"{url}/status/{{account}}\"\nlive_at = \"/state\"\nlive_is = \"on\"\noffline_is = \"off\"\n\
         start_at = \"/stream/since\"\ntitle_at = \"/stream/title\"\nviewers_at = \"/stream/people\"\n\
         room_at = \"/stream/id\"\ntells_last = true\n"
    );
    CustomPlan::new(&toml::from_str(&section).unwrap(), |_| None).unwrap()
}

impl Pair {
    /// Both at a moment, at the world's pace.
    pub(crate) async fn at(site: Site, trace: Trace, sim: Timestamp, quotas: &str) -> Self {
        Self::patient(site, trace, sim, quotas, Duration::from_secs(20), 15).await
    }

    /// With a proxy that waits this long for an answer, and remembers it for so many seconds.
    pub(crate) async fn patient(
        site: Site,
        trace: Trace,
        sim: Timestamp,
        quotas: &str,
        patience: Duration,
        cache_s: i64,
    ) -> Self {
        let anchors = almanac_proxy::Anchors { real: wall(), sim, rate: "1".parse().unwrap() };
        let clock = format!("{},{},1", anchors.real.ms(), sim.ms()).parse().unwrap();
        let fake = Fake::start(Config { site, ..Config::new(trace, clock) }).await.unwrap();
        let url = fake.url().parse::<reqwest::Url>().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let platform = platform(site);
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            app: None,
            state_dir: folder.path().join("state"),
            shared: StateArgs::default(),
            upstreams: BTreeMap::from([(platform, quotas.parse().unwrap())]),
            urls: BTreeMap::from([(platform, url)]),
            custom: BTreeMap::from([(name(), plan(&fake.url()))]),
            credentials: credentials(),
            upstream_timeout: patience,
            cache: Span::from_s(cache_s),
            time: TimeSource::MadeUp(anchors),
            network: Network::default(),
        };
        let proxy = Arc::new(Proxy::open(&settings).unwrap());
        let listener = TcpListener::bind(settings.listen).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, make_app(proxy)).await });
        Self { fake, base, platform, client: client(), _folder: folder }
    }

    pub(crate) async fn ask(&self, handles: &[String]) -> StatusReply {
        let query = format!("platform={}&account={}", self.platform, handles.join("&account="));
        let response = self.client.get(format!("{}/api/v1/status?{query}", self.base)).send();
        let text = response.await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

pub(crate) fn trace() -> Trace {
    Trace::generate(4, 6, 1, FROM)
}

/// Somebody's second broadcast: there is one before it.
pub(crate) fn second(trace: &Trace) -> almanac_fakes::Session {
    trace.iter().next().unwrap().1[1]
}

#[tokio::test]
async fn every_platform_tells_the_truth_around_every_edge() {
    let session = second(&trace());
    for site in Site::ALL {
        for at in [
            FROM - Span::HOUR,
            session.start - Span::MINUTE,
            session.start + Span::SECOND,
            session.end - Span::MINUTE,
            session.end + Span::SECOND,
        ] {
            let pair = Pair::at(site, trace(), at, "100/min").await;
            let accounts: Vec<String> = trace().iter().map(|(name, _)| name.to_owned()).collect();
            let handles: Vec<_> = accounts.iter().map(|a| pair.fake.handle(a).unwrap()).collect();
            let reply = pair.ask(&handles).await;
            for ((account, handle), result) in accounts.iter().zip(&handles).zip(&reply.results) {
                assert_eq!(result.account.handle(), handle);
                let latest = pair.fake.latest(account, at);
                check(site, &result.outcome, latest.as_ref(), result.answered_at);
            }
        }
    }
}

fn check(site: Site, outcome: &Outcome, latest: Option<&almanac_fakes::Broadcast>, at: Timestamp) {
    let live = latest.filter(|latest| latest.session.covers(at));
    match (outcome, live) {
        (Outcome::Live { broadcast }, Some(truth)) => {
            let to_the_second = truth.session.start.ms() / 1000 * 1000;
            assert_eq!(broadcast.started_at.map(Timestamp::ms), Some(to_the_second), "{site:?}");
            let title = broadcast.title.as_deref().unwrap_or_default();
            assert_eq!(title, truth.title.trim(), "{site:?}");
            assert_eq!(broadcast.viewers.is_some(), site != Site::Bilibili);
            assert_eq!(broadcast.room_id.is_some(), site != Site::Bilibili);
        }
        (Outcome::Offline { last_broadcast }, None) => {
            let told = last_broadcast.as_ref().and_then(|last| last.started_at);
            let forgets = [Site::Bilibili, Site::Twitch, Site::Kick, Site::Euler].contains(&site);
            let truth = latest.filter(|_| !forgets);
            let truth = truth.map(|truth| truth.session.start.ms() / 1000 * 1000);
            assert_eq!(told.map(Timestamp::ms), truth, "{site:?}");
        }
        // Never live and no such account look the same there.
        (Outcome::NotFound, None) => {
            assert!(
                latest.is_none() && matches!(site, Site::Tiktok | Site::Chzzk | Site::Euler),
                "{site:?}"
            );
        }
        _ => panic!("{site:?}: {outcome:?}, but {latest:?}"),
    }
}

#[tokio::test]
async fn strangers_are_not_found_anywhere() {
    for site in Site::ALL {
        let pair = Pair::at(site, trace(), FROM, "100/min").await;
        let reply = pair.ask(&["999".to_owned()]).await;
        assert_eq!(reply.results[0].outcome, Outcome::NotFound, "{site:?}");
    }
}

const KINDS: [Kind; 14] = [
    Kind::Waf,
    Kind::Empty,
    Kind::Forbidden,
    Kind::RateLimited,
    Kind::ServerError,
    Kind::Timeout,
    Kind::Truncated,
    Kind::CutOff,
    Kind::Huge,
    Kind::NotFoundWave,
    Kind::Restricted,
    Kind::AliveLies,
    Kind::Machine,
    Kind::Unauthorized,
];

/// Of somebody who is live: so nothing but an honest answer may say otherwise.
#[tokio::test]
async fn every_fault_is_told_as_what_it_is() {
    let at = second(&trace()).start + Span::MINUTE;
    let account = trace().iter().next().unwrap().0.to_owned();
    let mut told = Map::new();
    for site in Site::ALL {
        let mut of_site = Map::new();
        for kind in KINDS {
            let patience = Duration::from_millis(if kind == Kind::Timeout { 300 } else { 20_000 });
            let pair = Pair::patient(site, trace(), at, "100/min", patience, 0).await;
            let handles = [pair.fake.handle(&account).unwrap()];
            if is_keyed(site) {
                // Tokens and numbers are fetched, so that the fault meets the question itself.
                let first = &pair.ask(&handles).await.results[0];
                assert!(matches!(first.outcome, Outcome::Live { .. }), "{site:?} {first:?}");
            }
            let before = u64::try_from(pair.fake.requests(0).len()).unwrap();
            // Where only the live are listed, a list that stays empty is believed in the end.
            let once = kind == Kind::NotFoundWave && matches!(site, Site::Twitch | Site::Kick);
            let nth = once.then_some(before);
            let fault = Fault { retry_after_s: Some(90), nth, ..Fault::always(kind) };
            pair.fake.set_faults(vec![fault]);
            let reply = pair.ask(&handles).await;
            let result = &reply.results[0];
            assert!(!matches!(result.outcome, Outcome::Offline { .. }), "{site:?} {kind}");
            let requests = pair.fake.requests(before).len();
            if !is_keyed(site) {
                assert_eq!(requests, 1, "one request, whatever comes back");
            }
            let words = match &result.outcome {
                Outcome::Live { .. } => json!("live"),
                Outcome::Unknown { reason, retry_at, detail } => {
                    let wait = retry_at.map(|at| at - result.answered_at + Span::from_ms(500));
                    // Until an hour of the day, a wait depends on how long all this takes.
                    let wait_s = wait.map(|wait| match wait.ms().div_euclid(1000) {
                        long @ 3601.. => long / 900 * 900,
                        short => short,
                    });
                    json!([reason, wait_s, detail])
                }
                other => json!(format!("{other:?}")),
            };
            let words = if requests == 1 {
                words
            } else {
                json!({ format!("{requests} requests"): words })
            };
            of_site.insert(kind.to_string(), words);
        }
        told.insert(format!("{site:?}").to_lowercase(), Value::Object(of_site));
    }
    insta::assert_json_snapshot!(told);
}

#[tokio::test]
async fn a_batch_costs_one_request_however_many_ask_at_once() {
    let trace = Trace::generate(120, 2, 1, FROM);
    let accounts: Vec<String> = trace.iter().map(|(name, _)| name.to_owned()).collect();
    let pair = Pair::at(Site::Bilibili, trace, FROM + Span::HOUR * 20, "9/min").await;
    let handles: Vec<_> = accounts.iter().map(|a| pair.fake.handle(a).unwrap()).collect();
    let reply = pair.ask(&handles[..100]).await;
    assert_eq!(reply.results.len(), 100);
    assert_eq!(pair.fake.requests(0).len(), 2, "fifty in each");
    assert_eq!(reply.budget[0].remaining, 7);
    let lives = reply.results.iter().filter(|r| matches!(r.outcome, Outcome::Live { .. })).count();
    assert!(lives > 5, "{lives}");
    for (account, result) in accounts.iter().zip(&reply.results) {
        let latest = pair.fake.latest(account, result.answered_at);
        check(Site::Bilibili, &result.outcome, latest.as_ref(), result.answered_at);
    }

    // Forty known, twenty not; asked by several at once, some twice over.
    let mixed = &handles[60..];
    let twice: Vec<_> = handles[100..].iter().chain(&handles[100..]).cloned().collect();
    let (a, b, c) = tokio::join!(pair.ask(mixed), pair.ask(mixed), pair.ask(&twice));
    assert_eq!(pair.fake.requests(0).len(), 3);
    assert_eq!(a.results, b.results);
    assert_eq!(&a.results[40..], &c.results[..20]);
    assert_eq!(&c.results[..20], &c.results[20..]);
}

#[tokio::test]
async fn a_batch_that_cannot_be_afforded_is_refused_whole() {
    let trace = Trace::generate(80, 2, 1, FROM);
    let accounts: Vec<String> = trace.iter().map(|(name, _)| name.to_owned()).collect();
    let pair = Pair::at(Site::Bilibili, trace, FROM, "1/min").await;
    let handles: Vec<_> = accounts.iter().map(|a| pair.fake.handle(a).unwrap()).collect();
    let reply = pair.ask(&handles).await;
    assert_eq!(pair.fake.requests(0).len(), 1);
    let over = |outcome: &Outcome| {
        matches!(outcome, Outcome::Unknown { reason: almanac_wire::UnknownReason::OverBudget, .. })
    };
    assert_eq!(reply.results.iter().filter(|result| over(&result.outcome)).count(), 30);
    assert!(reply.results[..50].iter().all(|result| !over(&result.outcome)));
}

#[tokio::test]
async fn a_block_of_one_batch_saves_the_next_request() {
    let trace = Trace::generate(80, 2, 1, FROM);
    let accounts: Vec<String> = trace.iter().map(|(name, _)| name.to_owned()).collect();
    let pair = Pair::at(Site::Bilibili, trace, FROM, "100/min").await;
    pair.fake.set_faults(vec![Fault::always(Kind::Machine)]);
    let handles: Vec<_> = accounts.iter().map(|a| pair.fake.handle(a).unwrap()).collect();
    let reply = pair.ask(&handles).await;
    assert_eq!(pair.fake.requests(0).len(), 1);
    assert!(reply.results.iter().all(|result| result.outcome == reply.results[0].outcome));
    pair.fake.set_faults(vec![]);
    pair.ask(&handles).await;
    assert_eq!(pair.fake.requests(0).len(), 1, "not before it is time");
}
