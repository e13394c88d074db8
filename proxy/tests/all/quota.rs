//! The promise the proxy is for: the upstream never sees more than the quotas allow, with fifty
//! clients at once and the program killed again and again, and still sees nearly all of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use almanac_wire::{Span, Timestamp};
use reqwest::StatusCode;

use crate::process::{Running, start};
use crate::support::{Fake, anchors, client, clock};

const CLIENTS: usize = 50;
const LIMITS: [(usize, i64); 3] = [(10, 60), (60, 3600), (120, 86_400)];

struct Trial {
    rate: &'static str,
    /// In the time line's time.
    lasts: Span,
    kills: i64,
}

/// When requests arrived at the upstream.
async fn hammer(trial: &Trial) -> Vec<Timestamp> {
    let anchors = anchors(trial.rate);
    let clock = clock(anchors);
    let fake = Fake::start(clock.clone()).await;
    let state = tempfile::tempdir().unwrap();
    let url = format!("http://{}", fake.address);
    let line = format!("{},{},{}", anchors.real.ms(), anchors.sim.ms(), anchors.rate);
    let args = ["--upstream", "tiktok", "--tiktok-url", &url, "--clock", &line];

    let mut running: Running = start(state.path(), &args).await;
    let base = Arc::new(RwLock::new(running.base.clone()));
    let refusals = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|i| tokio::spawn(ask_for_ever(i, Arc::clone(&base), Arc::clone(&refusals))))
        .collect();
    let began = clock.now();
    for kill in 1..=trial.kills {
        wait_until(&clock, began + trial.lasts * kill / (trial.kills + 1)).await;
        running.child.kill().await.unwrap();
        // What the dead process had sent is read by now, as it would be from the real network.
        tokio::time::sleep(Duration::from_millis(30)).await;
        running = start(state.path(), &args).await;
        base.write().unwrap().clone_from(&running.base);
    }
    wait_until(&clock, began + trial.lasts).await;
    clients.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(refusals.load(Ordering::Relaxed) > 100, "the clients hardly tried");
    fake.arrivals()
}

async fn ask_for_ever(i: usize, base: Arc<RwLock<String>>, refusals: Arc<AtomicUsize>) {
    let client = client();
    for n in 0_u64.. {
        let base = base.read().unwrap().clone();
        // Another account each time: no cache hides a request.
        let url = format!("{base}/api/v1/status?platform=tiktok&account=a{i}.{n}");
        let answer = client.get(url).send().await;
        if answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS) {
            refusals.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn wait_until(clock: &almanac_proxy::Clock, at: Timestamp) {
    while clock.now() < at {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn assert_within_limits(mut arrivals: Vec<Timestamp>) {
    arrivals.sort_unstable();
    for (limit, window_s) in LIMITS {
        for pair in arrivals.windows(limit + 1) {
            let apart = pair[limit] - pair[0];
            assert!(
                apart >= Span::from_s(window_s),
                "{} in {apart}, limit {limit} in {window_s} s",
                limit + 1
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_days_with_three_kills() {
    // A day in 4.3 seconds.
    let arrivals = hammer(&Trial { rate: "20000", lasts: Span::DAY * 4, kills: 3 }).await;
    let count = arrivals.len();
    assert_within_limits(arrivals);
    assert!(
        (4 * 120 * 95 / 100..=4 * 120).contains(&count),
        "{count} requests in four days of 120"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hours_with_two_kills() {
    // A minute in 0.1 seconds, an hour in 6.
    let arrivals = hammer(&Trial { rate: "600", lasts: Span::HOUR * 2, kills: 2 }).await;
    let count = arrivals.len();
    assert_within_limits(arrivals);
    assert!((110..=120).contains(&count), "{count} requests in two hours of 60");
}
