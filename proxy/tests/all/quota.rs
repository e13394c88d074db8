//! The promise the proxy is for: the upstream never sees more than the quotas allow, with fifty
//! clients at once and the program killed again and again, and yet nothing is refused without need.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use almanac_proxy::Clock;
use almanac_wire::{Refusal, Span, Timestamp};
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

/// What became of one client's question.
#[derive(Clone, Copy, Debug)]
struct Asked {
    sent: Timestamp,
    answered: Timestamp,
    became: Became,
}

#[derive(Clone, Copy, Debug)]
enum Became {
    /// A request to the upstream.
    Request,
    /// A refusal that named this window.
    Refused(u32),
    /// Nobody knows: the program was killed meanwhile.
    Lost,
    /// No program was there.
    Nothing,
}

/// What clients and upstream saw.
struct Seen {
    arrivals: Vec<Timestamp>,
    asked: Vec<Asked>,
    /// When the program was there again after each kill.
    restarts: Vec<Timestamp>,
    clock: Clock,
}

async fn hammer(trial: &Trial) -> Seen {
    let anchors = anchors(trial.rate);
    let clock = clock(anchors);
    let fake = Fake::start(clock.clone()).await;
    let state = tempfile::tempdir().unwrap();
    let url = format!("http://{}", fake.address);
    let line = format!("{},{},{}", anchors.real.ms(), anchors.sim.ms(), anchors.rate);
    let args = ["--upstream", "tiktok", "--tiktok-url", &url, "--clock", &line];

    let mut running: Running = start(state.path(), &args).await;
    let base = Arc::new(RwLock::new(running.base.clone()));
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let enough = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|i| {
            let (base, enough, asked) =
                (Arc::clone(&base), Arc::clone(&enough), Arc::clone(&asked));
            tokio::spawn(ask_until(enough, i, base, clock.clone(), asked))
        })
        .collect();
    let began = clock.now();
    let mut restarts = Vec::new();
    for kill in 1..=trial.kills {
        wait_until(&clock, began + trial.lasts * kill / (trial.kills + 1)).await;
        running.child.kill().await.unwrap();
        // What the dead process had sent is read by now, as it would be from the real network.
        tokio::time::sleep(Duration::from_millis(30)).await;
        running = start(state.path(), &args).await;
        restarts.push(clock.now());
        base.write().unwrap().clone_from(&running.base);
    }
    wait_until(&clock, began + trial.lasts).await;
    // What is under way holds a slot as well: it is waited for, and counted.
    enough.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let asked = asked.lock().unwrap().clone();
    Seen { arrivals: fake.arrivals(), asked, restarts, clock }
}

async fn ask_until(
    enough: Arc<AtomicBool>,
    i: usize,
    base: Arc<RwLock<String>>,
    clock: Clock,
    asked: Arc<Mutex<Vec<Asked>>>,
) {
    let client = client();
    for n in 0_u64.. {
        if enough.load(Ordering::Relaxed) {
            break;
        }
        let base = base.read().unwrap().clone();
        // Another account each time: no cache hides a request.
        let url = format!("{base}/api/v1/status?platform=tiktok&account=a{i}.{n}");
        let sent = clock.now();
        let became = match client.get(url).send().await {
            Ok(answer) if answer.status() == StatusCode::OK => Became::Request,
            Ok(answer) => match answer.text().await.map(|text| serde_json::from_str(&text)) {
                Ok(Ok(Refusal { window_s: Some(window_s), .. })) => Became::Refused(window_s),
                Ok(refusal) => panic!("{refusal:?}"),
                Err(_) => Became::Nothing,
            },
            Err(error) if error.is_connect() => Became::Nothing,
            Err(_) => Became::Lost,
        };
        asked.lock().unwrap().push(Asked { sent, answered: clock.now(), became });
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn wait_until(clock: &Clock, at: Timestamp) {
    while clock.now() < at {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Every refusal names a window that was full: nothing is left unused while somebody asks. A
/// request holds its slot from somewhere after its client asked until a window after somewhere
/// before its client had the answer, so this holds however slow the machine is.
fn assert_no_refusal_without_need(seen: &Seen) {
    // The clocks of two processes, read from the same one.
    let apart = seen.clock.stretch(Duration::from_millis(1));
    let held: Vec<(Timestamp, Timestamp)> = seen
        .asked
        .iter()
        .filter_map(|asked| match asked.became {
            Became::Request => Some((asked.sent, asked.answered)),
            // What was under way counts from the restart: nobody knows when it arrived.
            Became::Lost => {
                let known = seen.restarts.iter().find(|restart| **restart >= asked.sent);
                Some((asked.sent, known.copied().unwrap_or(asked.answered).max(asked.answered)))
            }
            Became::Refused(_) | Became::Nothing => None,
        })
        .collect();
    let mut refusals = 0;
    for asked in &seen.asked {
        let Became::Refused(window_s) = asked.became else { continue };
        refusals += 1;
        let window = Span::from_s(i64::from(window_s));
        let (limit, _) = LIMITS.into_iter().find(|(_, s)| *s == i64::from(window_s)).unwrap();
        let full = held.iter().filter(|(from, settled)| {
            *from <= asked.answered + apart && *settled + window + apart > asked.sent
        });
        assert!(
            full.count() >= limit,
            "refused at {:?} for the window of {window_s} s, which was not full",
            asked.answered
        );
    }
    assert!(refusals > 100, "the clients hardly tried");
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
    let seen = hammer(&Trial { rate: "20000", lasts: Span::DAY * 4, kills: 3 }).await;
    assert_no_refusal_without_need(&seen);
    let count = seen.arrivals.len();
    assert_within_limits(seen.arrivals);
    assert!((20..=4 * 120).contains(&count), "{count} requests in four days of 120");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hours_with_two_kills() {
    // A minute in 0.1 seconds, an hour in 6.
    let seen = hammer(&Trial { rate: "600", lasts: Span::HOUR * 2, kills: 2 }).await;
    assert_no_refusal_without_need(&seen);
    let count = seen.arrivals.len();
    assert_within_limits(seen.arrivals);
    assert!((20..=120).contains(&count), "{count} requests in two hours of 60");
}
