//! Past broadcasts.

use almanac_wire::{HistoryReply, Refusal, RefusalCode, UpstreamsReply};
use reqwest::StatusCode;

use crate::process::start;
use crate::support::{Setup, client, serve};

async fn get(url: String) -> (StatusCode, String) {
    let response = client().get(url).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_demo_tells_its_past_and_it_costs_what_it_costs() {
    let state = tempfile::tempdir().unwrap();
    let proxy = start(state.path(), &["--quota", "demo=3/day", "--demo-speed", "1"]).await;
    let ask = async |account: &str| {
        get(format!("{}/api/v1/history?platform=demo&account={account}", proxy.base)).await
    };
    let (status, text) = ask("mira.codes").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let reply: HistoryReply = serde_json::from_str(&text).unwrap();
    assert!((30..=60).contains(&reply.sessions.len()), "{}", reply.sessions.len());
    assert_eq!(reply.account.to_string(), "demo:mira.codes");
    assert!(
        reply
            .sessions
            .iter()
            .all(|one| one.end.is_some_and(|end| one.start < end && end <= reply.now))
    );
    assert_eq!(reply.budget[0].remaining, 2);

    let (status, text) = ask("nobody").await;
    let refusal: Refusal = serde_json::from_str(&text).unwrap();
    assert_eq!((status, refusal.code), (StatusCode::NOT_FOUND, RefusalCode::NoSuchAccount));
    ask("nobody2").await;
    let (status, _) = ask("mira.codes").await;
    assert_eq!(status, StatusCode::OK, "it is remembered, and costs nothing");
    let (status, text) = ask("nobody3").await;
    let refusal: Refusal = serde_json::from_str(&text).unwrap();
    assert_eq!((status, refusal.code), (StatusCode::TOO_MANY_REQUESTS, RefusalCode::OverBudget));
    assert!(refusal.retry_after_s.is_some_and(|wait| wait > 80_000), "{refusal:?}");
}

#[tokio::test]
async fn a_platform_that_lists_nothing_says_so_and_is_not_asked() {
    let served = serve(Setup::default()).await;
    let url = format!("{}/api/v1/history?platform=tiktok&account=mira", served.base);
    let (status, text) = get(url).await;
    let refusal: Refusal = serde_json::from_str(&text).unwrap();
    assert_eq!((status, refusal.code), (StatusCode::NOT_FOUND, RefusalCode::NoHistory));
    assert_eq!(refusal.message, "tiktok does not list past broadcasts");
    assert_eq!(served.fake.count(), 0);
    for query in [
        "",
        "platform=tiktok",
        "account=mira",
        "platform=tiktok&account=a&account=b",
        "platform=demo&account=mira",
    ] {
        let (status, _) = get(format!("{}/api/v1/history?{query}", served.base)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
    let (_, text) = get(format!("{}/api/v1/upstreams", served.base)).await;
    serde_json::from_str::<UpstreamsReply>(&text).unwrap();
}
