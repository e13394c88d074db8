use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use almanac_wire::Platform;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::clock::Clock;
use crate::upstream::testing::because;
use crate::upstream::{Paying, Secret};

/// Nothing has to be paid for: feeds cost no unit.
struct Empty;

impl Purse for Empty {
    fn another(&self) -> Paying<'_> {
        panic!("a feed was paid for")
    }
}

/// Feeds of nothing, each after so long; counts them.
async fn slow_feeds(each: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let counting = Arc::clone(&counting);
            tokio::spawn(async move {
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<feed></feed>";
                while let Ok(1..) = stream.read(&mut [0; 4096]).await {
                    counting.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(each).await;
                    drop(stream.write_all(answer.as_bytes()).await);
                }
            });
        }
    });
    (base, asked)
}

#[tokio::test]
async fn slow_feeds_are_not_waited_for_one_after_the_other_for_ever() {
    let (base, asked) = slow_feeds(Duration::from_millis(120)).await;
    let base: reqwest::Url = base.parse().unwrap();
    let key = Secret::new("key").unwrap();
    let timeout = Duration::from_secs(5);
    let mut youtube = Youtube::new(base.clone(), base, &key, timeout, Clock::world()).unwrap();
    assert_eq!(youtube.longest_look, Duration::from_secs(25));
    youtube.longest_look = Duration::from_millis(300);
    let channels = (0..50).map(|n| format!("UC{n:022}"));
    let accounts: Vec<AccountId> =
        channels.map(|id| AccountId::new(Platform::Youtube, &id).unwrap()).collect();

    let outcomes = youtube.check(&accounts, &Empty).await;

    assert_eq!(outcomes.len(), 50);
    let known = outcomes
        .iter()
        .take_while(|outcome| **outcome == Outcome::Offline { last_broadcast: None })
        .count();
    assert!((1..=4).contains(&known), "{known} feeds were read in 300 ms");
    assert_eq!(asked.load(Ordering::Relaxed), known);
    for outcome in &outcomes[known..] {
        assert_eq!(because(outcome), UnknownReason::Timeout, "unknown is never offline");
    }
}
