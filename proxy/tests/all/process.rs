//! The program itself: started, stopped, killed.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use almanac_wire::{Outcome, StatusReply, UpstreamsReply};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{Fake, LIVE, Manner, anchors, client, clock, http};

/// A running program. Killed (SIGKILL) when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) base: String,
}

pub(crate) fn command(state: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_almanac-proxy"));
    if !args.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command
        .arg("--state-dir")
        .arg(state)
        .args(args)
        .env("ALMANAC_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub(crate) async fn start(state: &Path, args: &[&str]) -> Running {
    running(command(state, args)).await
}

/// With environment variables.
pub(crate) async fn start_with(state: &Path, args: &[&str], variables: &[(&str, &str)]) -> Running {
    let mut command = command(state, args);
    command.envs(variables.iter().copied());
    running(command).await
}

pub(crate) async fn running(mut command: Command) -> Running {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().expect("an address");
    let base = first.strip_prefix("Almanac is at ").unwrap().trim_end_matches('/').to_owned();
    lines.next_line().await.unwrap().expect("the upstreams");
    Running { child, base }
}

impl Running {
    async fn get(&self, path: &str) -> String {
        client().get(format!("{}{path}", self.base)).send().await.unwrap().text().await.unwrap()
    }

    async fn upstreams(&self) -> UpstreamsReply {
        serde_json::from_str(&self.get("/api/v1/upstreams").await).unwrap()
    }

    /// SIGTERM, and whether it then ended well.
    #[cfg(unix)]
    pub(crate) async fn stop(mut self) -> bool {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        tokio::time::timeout(Duration::from_secs(5), self.child.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_demo_needs_nothing_and_goes_on_where_it_stopped() {
    let state = tempfile::tempdir().unwrap();
    let first = start(state.path(), &[]).await;
    let before = first.upstreams().await;
    assert_eq!(before.clock.rate.to_string(), "5040");
    let suggestions = &before.upstreams[0].suggestions;
    assert_eq!(suggestions.len(), 12);
    let query = format!("/api/v1/status?platform=demo&account={}&account=nobody", suggestions[0]);
    let reply: StatusReply = serde_json::from_str(&first.get(&query).await).unwrap();
    assert!(matches!(reply.results[0].outcome, Outcome::Live { .. } | Outcome::Offline { .. }));
    assert_eq!(reply.results[1].outcome, Outcome::NotFound);
    assert!(first.stop().await);

    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = start(state.path(), &[]).await;
    let after = second.upstreams().await;
    assert_eq!(after.clock.timeline, before.clock.timeline);
    assert!(after.clock.now >= reply.now);
}

#[cfg(unix)]
#[tokio::test]
async fn answers_under_way_go_out_before_it_ends() {
    let state = tempfile::tempdir().unwrap();
    let fake = Fake::start(clock(anchors("1"))).await;
    fake.behave(Manner::Slow(Duration::from_secs(1), http("200 OK", "", LIVE)));
    let url = format!("http://{}", fake.address);
    let running = start(state.path(), &["--upstream", "tiktok", "--tiktok-url", &url]).await;
    let status = format!("{}/api/v1/status?platform=tiktok&account=mira", running.base);
    let answer =
        tokio::spawn(
            async move { client().get(status).send().await.unwrap().text().await.unwrap() },
        );
    while fake.count() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(running.stop().await);
    let reply: StatusReply = serde_json::from_str(&answer.await.unwrap()).unwrap();
    assert!(matches!(reply.results[0].outcome, Outcome::Live { .. }), "{reply:?}");
}

#[tokio::test]
async fn two_on_one_state_folder_would_spend_twice() {
    let state = tempfile::tempdir().unwrap();
    let _first = start(state.path(), &[]).await;
    let second = command(state.path(), &[]).stderr(Stdio::piped()).output().await.unwrap();
    assert!(!second.status.success());
    let complaint = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(complaint.contains("another Almanac proxy is using"), "{complaint}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_log_has_one_line_a_request_and_no_secret() {
    let state = tempfile::tempdir().unwrap();
    let made = command(state.path(), &["--new-token"]).output().await.unwrap();
    let token = String::from_utf8(made.stdout).unwrap().lines().next().unwrap().to_owned();
    let mut command = command(state.path(), &["--log-format", "json"]);
    command.env("ALMANAC_LOG", "debug").stderr(Stdio::piped());
    let mut running = running(command).await;
    let key = std::fs::read_to_string(state.path().join("reader-key")).unwrap();
    let key = key.trim();
    let get = async |path: &str| {
        let request = client().get(format!("{}{path}", running.base)).bearer_auth(&token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(get("/api/v1/upstreams").await, 200);
    assert_eq!(get(&format!("/calendar.ics?key={key}")).await, 404);
    assert_eq!(get("/api/v1/status?platform=demo&account=not-a-secret&key=x").await, 400);
    let mut stderr = running.child.stderr.take().unwrap();
    assert!(running.stop().await);
    let mut log = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stderr, &mut log).await.unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let answered: Vec<_> = lines.filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 3, "{log}");
    assert_eq!(
        (&answered[1]["path"], &answered[1]["status"]),
        (&"/calendar.ics".into(), &404.into())
    );
    for secret in [token.as_str(), key, "not-a-secret"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test]
async fn a_check_of_the_settings_tries_what_a_start_takes_hold_of() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let custom = folder.path().join("custom.toml");
    let section = "[custom.home]\nurl = 'https://home.example/{account}'\nlive_at = '/live'\n";
    std::fs::write(&custom, section).unwrap();
    let check = async |state: &Path, args: &[&str]| {
        let args: Vec<&str> = args.iter().copied().chain(["--check-config"]).collect();
        let output = command(state, &args).output().await.unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
        (output.status.success(), said.concat())
    };

    let (sound, said) = check(&state, &["--custom", custom.to_str().unwrap()]).await;
    assert!(sound && said.contains("[custom.home]; --upstream custom-home would"), "{said}");
    assert!(!state.exists(), "a check leaves nothing behind");

    let nobody = "redis://127.0.0.1:1/0";
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = busy.local_addr().unwrap().to_string();
    let running = start(&state, &[]).await;
    let (sound, said) = check(&state, &["--listen", "127.0.0.1:0"]).await;
    assert!(sound && said.contains("(a proxy runs with it now)"), "{said}");
    let own = running.base.strip_prefix("http://").unwrap();
    let (sound, said) = check(&state, &["--listen", own]).await;
    assert!(sound, "its own address is its own: {said}");
    drop(running);

    let (sound, said) = check(&custom, &["--listen", &taken, "--state", nobody]).await;
    assert!(!sound);
    for word in ["--state-dir", "--listen", "--state,", "127.0.0.1:1 "] {
        assert!(said.contains(word), "no {word} in {said}");
    }
}

#[tokio::test]
async fn metrics_tell_of_requests_and_budgets() {
    let state = tempfile::tempdir().unwrap();
    let running = start(state.path(), &[]).await;
    running.get("/api/v1/status?platform=demo&account=nobody").await;
    let text = running.get("/metrics").await;
    for line in [
        "almanac_requests_total{route=\"/api/v1/status\",status=\"200\"} 1",
        "almanac_results_total{platform=\"demo\",outcome=\"not_found\"} 1",
        "almanac_quota_limit{platform=\"demo\",window_seconds=\"86400\"} 120",
        "almanac_quota_remaining{platform=\"demo\",window_seconds=\"86400\"} 119",
        "almanac_requests_countable{platform=\"demo\"} 1",
        "almanac_snapshot_age_seconds NaN",
        "# TYPE almanac_request_duration_seconds histogram",
    ] {
        assert!(text.lines().any(|one| one == line), "no {line} in\n{text}");
    }
}
