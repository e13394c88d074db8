//! Many clients, one upstream: what one request learned serves all, and nothing is lost count of.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use almanac_proxy::Clock;
use almanac_wire::{Outcome, RefusalCode, Span, StatusReply, UnknownReason};

use crate::process::start;
use crate::support::{Fake, LIVE, Manner, OFFLINE, Served, Setup, client, http, ok, serve};
use reqwest::StatusCode;

fn slow(body: &str) -> Manner {
    Manner::Slow(Duration::from_millis(200), http("200 OK", "", body))
}

fn reason(outcome: &Outcome) -> UnknownReason {
    match outcome {
        Outcome::Unknown { reason, .. } => *reason,
        Outcome::Live { .. } | Outcome::Offline { .. } | Outcome::NotFound => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn fifty_who_ask_the_same_cost_one_request() {
    let served = serve(Setup::default()).await;
    served.fake.behave(slow(LIVE));
    let asking = (0..50).map(|_| served.results(&["mira"]));
    let replies = join_all(asking).await;
    assert_eq!(served.fake.count(), 1);
    let times: BTreeSet<_> =
        replies.iter().map(|r| (r.results[0].asked_at, r.results[0].answered_at)).collect();
    assert_eq!(times.len(), 1);
    served.results(&["mira", "@MIRA", "mira"]).await;
    assert_eq!(served.fake.count(), 1);
    served.results(&["tomo"]).await;
    assert_eq!(served.fake.count(), 2);
}

#[tokio::test]
async fn an_answer_serves_only_for_its_time() {
    let served = serve(Setup { cache: Span::from_ms(300), ..Setup::default() }).await;
    served.results(&["mira"]).await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    served.results(&["mira"]).await;
    assert_eq!(served.fake.count(), 2);
}

#[tokio::test]
async fn failures_serve_for_a_while_too() {
    let served = serve(Setup::default()).await;
    served.fake.behave(Manner::Answer(http("500 Internal Server Error", "", "")));
    for _ in 0..5 {
        assert_eq!(
            reason(&served.results(&["mira"]).await.results[0].outcome),
            UnknownReason::UpstreamFailed
        );
    }
    assert_eq!(served.fake.count(), 1);
}

#[tokio::test]
async fn a_block_page_stops_all_requests_until_its_time() {
    // Ten minutes pass in half a second.
    let served = serve(Setup { rate: "1200", cache: Span::ZERO, ..Setup::default() }).await;
    served.fake.behave(ok("<html>Please wait...</html>"));
    let first = served.results(&["mira"]).await.results.remove(0);
    for handle in ["tomo", "nadia", "mira"] {
        let next = served.results(&[handle]).await.results.remove(0);
        assert_eq!(next.outcome, first.outcome);
        assert_eq!((next.asked_at, next.answered_at), (first.asked_at, first.answered_at));
    }
    assert_eq!(served.fake.count(), 1);
    served.fake.behave(ok(OFFLINE));
    tokio::time::sleep(Duration::from_millis(550)).await;
    let after = served.results(&["tomo"]).await;
    assert!(matches!(after.results[0].outcome, Outcome::Offline { .. }));
    assert_eq!(served.fake.count(), 2);
}

#[tokio::test]
async fn a_block_page_holds_over_a_kill() {
    let fake = Fake::start(Clock::world()).await;
    fake.behave(ok("<html>Please wait...</html>"));
    let state = tempfile::tempdir().unwrap();
    let url = format!("http://{}", fake.address);
    let args = ["--upstream", "tiktok", "--tiktok-url", &url];
    let mut told = Vec::new();
    for handle in ["mira", "tomo"] {
        let mut running = start(state.path(), &args).await;
        let url = format!("{}/api/v1/status?platform=tiktok&account={handle}", running.base);
        let text = client().get(url).send().await.unwrap().text().await.unwrap();
        let reply: StatusReply = serde_json::from_str(&text).unwrap();
        told.push(reply.results[0].outcome.clone());
        running.child.kill().await.unwrap();
    }
    assert_eq!(reason(&told[1]), UnknownReason::Blocked);
    assert_eq!(told[0], told[1]);
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn what_the_upstream_says_is_left_is_heeded() {
    let served = serve(Setup::default()).await;
    let headers = "x-ratelimit-remaining: 1\r\nx-ratelimit-reset: 120\r\n";
    served.fake.behave(Manner::Answer(http("200 OK", headers, LIVE)));
    served.results(&["mira"]).await;
    served.fake.behave(ok(LIVE));
    served.results(&["tomo"]).await;
    let (status, refusal) = served.refusal(&["nadia"]).await;
    assert_eq!((status, refusal.code), (StatusCode::TOO_MANY_REQUESTS, RefusalCode::OverBudget));
    assert!(refusal.message.contains("the upstream's own quota"), "{}", refusal.message);
    assert!((110..=120).contains(&refusal.retry_after_s.unwrap()));
    assert_eq!(served.fake.count(), 2);
}

#[tokio::test]
async fn those_who_come_together_are_spread_and_one_alone_is_not() {
    let served = serve(Setup::default()).await;
    let alone = Instant::now();
    served.results(&["mira"]).await;
    assert!(alone.elapsed() < Duration::from_millis(300), "{:?}", alone.elapsed());
    let handles: Vec<String> = (0..4).map(|n| format!("together{n}")).collect();
    join_all(handles.iter().map(|handle| served.results(std::slice::from_ref(handle)))).await;
    let arrivals = served.fake.arrivals();
    assert_eq!(arrivals.len(), 5);
    // Six seconds for each would use the quota evenly; a tenth of it, give or take half, is kept.
    for pair in arrivals.windows(2) {
        assert!(pair[1] - pair[0] >= Span::from_ms(250), "{:?}", pair[1] - pair[0]);
    }
}

#[tokio::test]
async fn one_failure_of_the_upstream_answers_for_the_rest_of_a_request() {
    let served = serve(Setup { timeout: Duration::from_millis(200), ..Setup::default() }).await;
    served.results(&["tomo"]).await;
    served.fake.behave(Manner::Hang);
    let reply = served.results(&["mira", "nadia", "tomo", "leo"]).await;
    assert_eq!(served.fake.count(), 2);
    for i in [0, 1, 3] {
        assert_eq!(reason(&reply.results[i].outcome), UnknownReason::Timeout);
    }
    assert!(matches!(reply.results[2].outcome, Outcome::Offline { .. }));
    assert_eq!(reply.results[3].account.handle(), "leo");
}

#[tokio::test]
async fn what_the_budget_does_not_cover_is_said_so() {
    let served = serve(Setup { quotas: "2/day", ..Setup::default() }).await;
    let reply = served.results(&["mira", "tomo", "nadia"]).await;
    assert!(matches!(reply.results[1].outcome, Outcome::Offline { .. }));
    assert_eq!(reason(&reply.results[2].outcome), UnknownReason::OverBudget);
    assert_eq!(reply.budget[0].remaining, 0);
    let Outcome::Unknown { retry_at: Some(retry_at), .. } = reply.results[2].outcome else {
        panic!()
    };
    assert!(retry_at - reply.now > Span::HOUR * 23);

    let response = served.ask(&["leo", "sam"]).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let retry_after: u32 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let (_, refusal) = served.refusal(&["leo"]).await;
    assert_eq!((refusal.code, refusal.window_s), (RefusalCode::OverBudget, Some(86_400)));
    assert!((86_000..=86_400).contains(&retry_after));
    assert!(refusal.retry_after_s.unwrap().abs_diff(retry_after) <= 2);
    assert_eq!(
        served.results(&["mira", "leo"]).await.results.len(),
        2,
        "what is cached is still told"
    );
    assert_eq!(served.fake.count(), 2);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_leave_its_request_open() {
    let served = serve(Setup { quotas: "1/s", cache: Span::ZERO, ..Setup::default() }).await;
    served.fake.behave(slow(OFFLINE));
    let gone = tokio::time::timeout(Duration::from_millis(80), served.ask(&["mira"])).await;
    assert!(gone.is_err());
    while served.fake.count() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    while served.ask(&["tomo"]).await.status() == StatusCode::TOO_MANY_REQUESTS {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(served.fake.count(), 2);
}

#[tokio::test]
async fn a_request_is_written_down_before_it_is_sent() {
    let served = serve(Setup::default()).await;
    served.fake.behave(Manner::Hang);
    let asking = tokio::time::timeout(Duration::from_millis(300), served.ask(&["mira"])).await;
    assert!(asking.is_err());
    assert_eq!(served.fake.count(), 1);
    let journal = journal(&served);
    assert!(journal.contains("reserve") && !journal.contains("settle"), "{journal}");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_sent() {
    let served = serve(Setup { cache: Span::ZERO, ..Setup::default() }).await;
    served.results(&["mira"]).await;
    let aside = served.state.with_extension("aside");
    fs::rename(&served.state, &aside).unwrap();
    fs::write(&served.state, "in the way").unwrap();
    for _ in 0..12 {
        let (status, refusal) = served.refusal(&["tomo"]).await;
        assert_eq!(
            (status, refusal.code),
            (StatusCode::SERVICE_UNAVAILABLE, RefusalCode::Unaccountable)
        );
        assert!(refusal.message.contains("cannot be counted"), "{}", refusal.message);
    }
    assert_eq!(served.fake.count(), 1);
    fs::remove_file(&served.state).unwrap();
    fs::rename(&aside, &served.state).unwrap();
    let reply = served.results(&["tomo"]).await;
    assert_eq!(reply.budget[0].remaining, 8, "refusals cost nothing");
    assert_eq!(served.fake.count(), 2);
    assert_eq!(journal(&served).lines().filter(|line| line.contains("reserve")).count(), 2);
}

fn journal(served: &Served) -> String {
    let mut files = fs::read_dir(&served.state).unwrap().map(|entry| entry.unwrap().path());
    let journal = files.find(|path| path.extension().is_some_and(|e| e == "journal")).unwrap();
    fs::read_to_string(journal).unwrap()
}

async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, output) in &mut futures {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    futures.into_iter().map(|(_, output)| output.unwrap()).collect()
}
