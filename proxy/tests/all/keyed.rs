//! The platforms that want to know who asks: tokens, numbers, batches, and what each has been wrong
//! about.

use std::fs;
use std::time::Duration;

use almanac_fakes::{API_KEY, CLIENT_ID, CLIENT_SECRET, Fault, Kind, Site, Trace};
use almanac_wire::{HistoryReply, HowKnown, Outcome, Span, Timestamp, UnknownReason};

use crate::platforms::{Pair, second, trace};
use crate::process::{command, running};
use crate::support::client;

/// 2026-06-01 00:00:00 UTC.
const FROM: Timestamp = Timestamp::from_s(1_780_272_000);
const PATIENCE: Duration = Duration::from_secs(20);

/// Without a memory for answers, so that each question is asked.
async fn pair(site: Site, trace: Trace, at: Timestamp) -> Pair {
    Pair::patient(site, trace, at, "100/min", PATIENCE, 0).await
}

fn handles(pair: &Pair, trace: &Trace) -> Vec<String> {
    trace.iter().map(|(name, _)| pair.fake.handle(name).unwrap()).collect()
}

fn paths(pair: &Pair, since: usize) -> Vec<String> {
    let since = u64::try_from(since).unwrap();
    pair.fake.requests(since).into_iter().map(|record| record.path).collect()
}

fn count(pair: &Pair) -> usize {
    pair.fake.requests(0).len()
}

const fn is_live(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Live { .. })
}

#[tokio::test]
async fn a_token_is_fetched_once_and_once_more_when_it_is_refused() {
    for (site, token, list) in [
        (Site::Twitch, "/oauth2/token", "/helix/streams"),
        (Site::Kick, "/oauth/token", "/public/v1/users/livestreams"),
    ] {
        let at = second(&trace()).start + Span::MINUTE;
        let pair = pair(site, trace(), at).await;
        let live = handles(&pair, &trace())[..1].to_vec();
        // Many at once: whoever needs a token while it is on its way waits for it.
        let _ = tokio::join!(pair.ask(&live), pair.ask(&live), pair.ask(&live));
        let tokens = |since| paths(&pair, since).iter().filter(|path| *path == token).count();
        assert_eq!(tokens(0), 1, "{site:?}");

        let before = count(&pair);
        pair.fake.set_faults(vec![Fault { from: pair.fake.now(), ..Fault::always(Kind::Revoked) }]);
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(is_live(&pair.ask(&live).await.results[0].outcome), "{site:?}");
        assert_eq!(paths(&pair, before), [list, token, list], "{site:?}");

        pair.fake.set_faults(vec![Fault::always(Kind::Unauthorized)]);
        let before = count(&pair);
        let refused = &pair.ask(&live).await.results[0].outcome;
        let blocked = matches!(refused, Outcome::Unknown { reason: UnknownReason::Blocked, .. });
        assert!(blocked, "{site:?} {refused:?}");
        assert_eq!(paths(&pair, before), [list, token, list], "no third time");
    }
}

#[tokio::test]
async fn every_request_is_counted_those_for_tokens_and_numbers_too() {
    for (site, quotas, allowed) in [(Site::Twitch, "2/min", 2), (Site::Kick, "2/min", 2)] {
        let at = second(&trace()).start - Span::MINUTE;
        let pair = Pair::patient(site, trace(), at, quotas, PATIENCE, 0).await;
        let one = handles(&pair, &trace())[..1].to_vec();
        let reply = pair.ask(&one).await;
        assert_eq!(count(&pair), allowed, "{site:?}: {:?}", paths(&pair, 0));
        assert_eq!(reply.budget[0].remaining, 0);
        let over = matches!(
            reply.results[0].outcome,
            Outcome::Unknown { reason: UnknownReason::OverBudget, .. }
        );
        assert!(over, "{site:?} {:?}", reply.results[0].outcome);
    }
}

#[tokio::test]
async fn a_hundred_are_one_request_once_they_are_known() {
    let crowd = Trace::generate(100, 2, 1, FROM);
    for (site, first, then) in [
        // A token, the list, who the others are.
        (Site::Twitch, 3, 1),
        // A token, four times twenty-five slugs, the list.
        (Site::Kick, 6, 1),
    ] {
        let pair = pair(site, crowd.clone(), FROM + Span::HOUR * 20).await;
        let handles = handles(&pair, &crowd);
        for requests in [first, then, then] {
            let before = count(&pair);
            let reply = pair.ask(&handles).await;
            assert_eq!(count(&pair) - before, requests, "{site:?} {:?}", paths(&pair, before));
            let live = reply.results.iter().filter(|result| is_live(&result.outcome)).count();
            assert!((20..90).contains(&live), "{site:?} {live}: more than one page has by default");
            for ((account, _), result) in crowd.iter().zip(&reply.results) {
                let latest = pair.fake.latest(account, result.answered_at);
                let truly = latest.is_some_and(|one| one.session.covers(result.answered_at));
                assert_eq!(is_live(&result.outcome), truly, "{site:?} {account}");
            }
        }
    }
}

#[tokio::test]
async fn one_name_that_twitch_does_not_take_spoils_no_batch() {
    let crowd = Trace::generate(30, 2, 1, FROM);
    let pair = pair(Site::Twitch, crowd.clone(), FROM + Span::HOUR * 20).await;
    let mut handles = handles(&pair, &crowd);
    handles.insert(17, "_nobody".to_owned());
    let first = pair.ask(&handles).await;
    assert_eq!(first.results[17].outcome, Outcome::NotFound);
    assert!(first.results.iter().any(|result| is_live(&result.outcome)));
    let unknown = |outcome: &Outcome| matches!(outcome, Outcome::Unknown { .. });
    assert!(!first.results.iter().any(|result| unknown(&result.outcome)), "{first:?}");
    assert!(count(&pair) < 20, "{}", count(&pair));
    let before = count(&pair);
    let second = pair.ask(&handles).await;
    assert_eq!(paths(&pair, before), ["/helix/streams"], "it is remembered");
    assert_eq!(second.results[17].outcome, Outcome::NotFound);

    // When even the canary is refused, it is not the names.
    pair.fake.set_faults(vec![Fault::always(Kind::Machine)]);
    let before = count(&pair);
    let third = pair.ask(&handles[..10]).await;
    assert!(third.results.iter().all(|result| unknown(&result.outcome)));
    assert_eq!(paths(&pair, before), ["/helix/streams", "/helix/streams"]);
}

#[tokio::test]
async fn an_end_is_asked_for_twice() {
    for site in [Site::Twitch, Site::Kick] {
        let session = second(&trace());
        let pair = pair(site, trace(), session.end - Span::from_ms(1500)).await;
        let one = handles(&pair, &trace())[..1].to_vec();
        assert!(is_live(&pair.ask(&one).await.results[0].outcome));
        let before = count(&pair);
        let nth = Some(u64::try_from(before).unwrap());
        pair.fake.set_faults(vec![Fault { nth, ..Fault::always(Kind::NotFoundWave) }]);
        assert!(is_live(&pair.ask(&one).await.results[0].outcome), "{site:?}: one empty list");
        assert_eq!(count(&pair) - before, 2);
        tokio::time::sleep(Duration::from_millis(1600)).await;
        let before = count(&pair);
        let over = Outcome::Offline { last_broadcast: None };
        assert_eq!(pair.ask(&one).await.results[0].outcome, over, "{site:?}");
        // Twitch has to be asked, once, whether there is such a login.
        let users = usize::from(site == Site::Twitch);
        assert_eq!(count(&pair) - before, 2 + users, "twice, and then believed");
        assert_eq!(pair.ask(&one).await.results[0].outcome, over);
        assert_eq!(count(&pair) - before, 3 + users, "and after that not any more");
    }
}

#[tokio::test]
async fn youtube_spends_units_on_what_may_be_live_alone() {
    let session = second(&trace());
    let pair = pair(Site::Youtube, trace(), session.start - Span::from_s(3600 * 7)).await;
    let all = handles(&pair, &trace());
    let api = |since| paths(&pair, since).into_iter().filter(|path| path.contains("/v3/")).count();
    let first = pair.ask(&all).await;
    assert_eq!(api(0), all.len() + 1, "each handle once, and their videos together");
    let told = |outcome: &Outcome| matches!(outcome, Outcome::Offline { last_broadcast: Some(_) });
    assert!(first.results.iter().any(|result| told(&result.outcome)), "{first:?}");
    let before = count(&pair);
    let again = pair.ask(&all).await;
    assert!(api(before) <= 1, "nothing but what is planned or on: {:?}", paths(&pair, before));
    let outcomes = |reply: &almanac_wire::StatusReply| -> Vec<bool> {
        reply.results.iter().map(|result| is_live(&result.outcome)).collect()
    };
    assert_eq!(outcomes(&first), outcomes(&again));
}

#[tokio::test]
async fn a_wave_of_missing_feeds_costs_a_unit_each_and_no_broadcast() {
    let at = second(&trace()).start + Span::MINUTE;
    let pair = pair(Site::Youtube, trace(), at).await;
    pair.fake.set_faults(vec![Fault::always(Kind::NotFoundWave)]);
    let one = handles(&pair, &trace())[..1].to_vec();
    assert!(is_live(&pair.ask(&one).await.results[0].outcome));
    let asked = [
        "/youtube/v3/channels",
        "/feeds/videos.xml",
        "/youtube/v3/playlistItems",
        "/youtube/v3/videos",
    ];
    assert_eq!(paths(&pair, 0), asked);
    let before = count(&pair);
    assert!(is_live(&pair.ask(&one).await.results[0].outcome));
    assert_eq!(
        paths(&pair, before),
        ["/youtube/v3/videos"],
        "while one is live, the feed can wait"
    );
}

#[tokio::test]
async fn the_past_is_asked_for_once() {
    let session = second(&trace());
    for (site, known, requests) in [
        // A token, who it is, what recordings there are.
        (Site::Twitch, HowKnown::Recording, 3),
        // Which channel, its uploads, what they are.
        (Site::Youtube, HowKnown::Broadcast, 3),
    ] {
        let at = session.end + Span::HOUR;
        let pair = pair(site, trace(), at).await;
        let handle = handles(&pair, &trace()).remove(0);
        let url =
            format!("{}/api/v1/history?platform={}&account={handle}", pair.base, pair.platform);
        let get = async || client().get(&url).send().await.unwrap().text().await.unwrap();
        let (text, other, _) = tokio::join!(get(), get(), get());
        let reply: HistoryReply = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        let starts: Vec<i64> = reply.sessions.iter().map(|one| one.start.ms() / 1000).collect();
        let truth = trace();
        let (_, sessions) = truth.iter().next().unwrap();
        let over = sessions.iter().filter(|one| one.end <= at).rev();
        assert_eq!(starts, over.map(|one| one.start.ms() / 1000).collect::<Vec<_>>(), "{site:?}");
        assert!(reply.sessions.iter().all(|one| one.known == known && one.end.is_some()));
        assert!(other.contains("\"sessions\""));
        assert_eq!(count(&pair), requests, "{site:?} {:?}", paths(&pair, 0));
        get().await;
        assert_eq!(count(&pair), requests, "it is remembered");
        let nobody = client().get(url.replace(&handle, "nobody999")).send().await.unwrap();
        assert_eq!(nobody.status(), 404, "{site:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_credential_reaches_the_log_an_answer_or_a_complaint() {
    let at = second(&trace()).start + Span::MINUTE;
    for (site, word) in [
        (Site::Twitch, "twitch"),
        (Site::Kick, "kick"),
        (Site::Youtube, "youtube"),
        (Site::Euler, "euler"),
    ] {
        let pair = pair(site, trace(), at).await;
        let folder = tempfile::tempdir().unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let url = format!("{word}={}", pair.fake.url());
        let mut program =
            command(&folder.path().join("state"), &["--upstream", word, "--url", &url]);
        let upper = word.to_ascii_uppercase();
        program
            .env(format!("ALMANAC_{upper}_CLIENT_ID"), CLIENT_ID)
            .env(format!("ALMANAC_{upper}_CLIENT_SECRET"), CLIENT_SECRET)
            .env(format!("ALMANAC_{upper}_API_KEY"), API_KEY)
            .env("ALMANAC_CACHE", "0s")
            .env("ALMANAC_LOG", "trace")
            .stderr(log);
        let running = running(program).await;
        let handle = handles(&pair, &trace()).remove(0);
        let mut told = String::new();
        // The fake's clock stands elsewhere, so what comes out does not matter: that it is asked does.
        for fault in [None, Some(Kind::Unauthorized), Some(Kind::CutOff), Some(Kind::Machine)] {
            pair.fake.set_faults(fault.map(Fault::always).into_iter().collect::<Vec<_>>());
            let url = format!("{}/api/v1/status?platform={word}&account={handle}", running.base);
            told += &client().get(url).send().await.unwrap().text().await.unwrap();
        }
        assert!(running.stop().await);
        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(!told.is_empty() && !log.is_empty() && count(&pair) > 1);
        assert!(!log.contains("hush") && !told.contains("hush"), "{word}: {log}\n{told}");
    }
}

#[tokio::test]
async fn a_platform_without_what_it_needs_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for (word, variable) in [
        ("twitch", "ALMANAC_TWITCH_CLIENT_ID"),
        ("kick", "ALMANAC_KICK_CLIENT_SECRET"),
        ("youtube", "ALMANAC_YOUTUBE_API_KEY"),
        ("euler", "ALMANAC_EULER_API_KEY"),
    ] {
        let mut program = command(&folder.path().join("state"), &["--upstream", word]);
        let ended = program.stderr(std::process::Stdio::piped()).output().await.unwrap();
        let complaint = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success() && complaint.contains(variable), "{complaint}");
    }
}
