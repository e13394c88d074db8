//! The program itself: started, stopped, killed.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use almanac_wire::{Outcome, StatusReply, UpstreamsReply};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::client;

/// A running program. Killed (SIGKILL) when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) base: String,
}

pub(crate) fn command(state: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_almanac-proxy"));
    command
        .args(["--listen", "127.0.0.1:0", "--state-dir"])
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
    async fn stop(mut self) -> bool {
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

#[tokio::test]
async fn two_on_one_state_folder_would_spend_twice() {
    let state = tempfile::tempdir().unwrap();
    let _first = start(state.path(), &[]).await;
    let second = command(state.path(), &[]).stderr(Stdio::piped()).output().await.unwrap();
    assert!(!second.status.success());
    let complaint = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(complaint.contains("another Almanac proxy is using"), "{complaint}");
}
