//! Platforms of the settings file: from the file to the request, and never elsewhere.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use almanac_wire::{Outcome, Reveals, StatusReply, UnknownReason, UpstreamsReply};

use crate::process::{command, start_with};
use crate::support::{Fake, Manner, anchors, client, clock, http, ok};

const FILE: &str = r#"
[custom.home]
url = "http://ADDRESS/api/{account}/state?as={account}"
live_at = "/online"
start_at = "/since"
title_at = "/title"
headers = { X-Key = { env = "ALMANAC_TEST_KEY", prefix = "Token " }, Accept = "application/json" }
"#;

fn section(folder: &Path, text: &str) -> String {
    let path = folder.join("custom.toml");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn fake() -> std::sync::Arc<Fake> {
    Fake::start(clock(anchors("1"))).await
}

#[tokio::test]
async fn a_platform_is_added_without_touching_code() {
    let fake = fake().await;
    fake.behave(ok(r#"{"online":true,"since":"2026-11-01T00:00:00Z","title":"at <home>"}"#));
    let folder = tempfile::tempdir().unwrap();
    let file = section(folder.path(), &FILE.replace("ADDRESS", &fake.address.to_string()));
    let state = folder.path().join("state");
    let arguments = ["--upstream", "custom-home", "--custom", &file];
    let running = start_with(&state, &arguments, &[("ALMANAC_TEST_KEY", "hush-hush")]).await;
    let get = async |path: &str| {
        client().get(format!("{}{path}", running.base)).send().await.unwrap().text().await.unwrap()
    };
    let upstreams: UpstreamsReply = serde_json::from_str(&get("/api/v1/upstreams").await).unwrap();
    assert_eq!(upstreams.upstreams[0].platform.word(), "custom-home");
    assert_eq!(upstreams.upstreams[0].reveals, Reveals::Start);
    let text = get("/api/v1/status?platform=custom-home&account=Mira.2").await;
    let reply: StatusReply = serde_json::from_str(&text).unwrap();
    let Outcome::Live { broadcast } = &reply.results[0].outcome else { panic!("{text}") };
    assert_eq!(broadcast.title.as_deref(), Some("at <home>"));
    assert_eq!(reply.results[0].account.to_string(), "custom-home:mira.2");
    let request = fake.requests.lock().unwrap()[0].to_ascii_lowercase();
    assert!(request.starts_with("get /api/mira.2/state?as=mira.2 http/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nx-key: token hush-hush\r\n"), "{request}");
    assert!(request.contains("\r\naccept: application/json\r\n"), "{request}");
    assert!(!text.contains("hush"));
}

#[tokio::test]
async fn no_account_and_no_redirect_leads_elsewhere() {
    let (fake, elsewhere) = (fake().await, fake().await);
    let location = format!("location: http://{}/secret\r\n", elsewhere.address);
    fake.behave(Manner::Answer(http("302 Found", &location, "")));
    let folder = tempfile::tempdir().unwrap();
    let file = FILE.replace("ADDRESS", &fake.address.to_string());
    let file = section(folder.path(), &file);
    let state = folder.path().join("state");
    let arguments = ["--upstream", "custom-home", "--custom", &file];
    let running = start_with(&state, &arguments, &[("ALMANAC_TEST_KEY", "hush-hush")]).await;
    let ask = async |account: &str| {
        let path = format!("/api/v1/status?platform=custom-home&account={account}");
        client().get(format!("{}{path}", running.base)).send().await.unwrap()
    };
    for account in ["..", ".", "a%2Fb", "a%3Fb", "a%23b", "a%40b", "%2e%2e", "a%0d%0ab", ""] {
        assert_eq!(ask(account).await.status(), 400, "{account}");
    }
    assert_eq!(fake.count(), 0);
    let reply: StatusReply =
        serde_json::from_str(&ask("mira").await.text().await.unwrap()).unwrap();
    let outcome = &reply.results[0].outcome;
    let blocked = matches!(outcome, Outcome::Unknown { reason: UnknownReason::Blocked, .. });
    assert!(blocked, "{outcome:?}");
    assert_eq!((fake.count(), elsewhere.count()), (1, 0));
}

#[cfg(unix)]
#[tokio::test]
async fn no_secret_reaches_the_log() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Some put their key into the URL.
    let file = FILE.replace("ADDRESS", &free.to_string()).replace("?as", "?key=hush-hush&as");
    let file = section(folder.path(), &file);
    let log = fs::File::create(folder.path().join("log")).unwrap();
    let mut program =
        command(&folder.path().join("state"), &["--upstream", "custom-home", "--custom", &file]);
    program.env("ALMANAC_TEST_KEY", "hush-hush").env("ALMANAC_LOG", "trace").stderr(log);
    let running = crate::process::running(program).await;
    let path = "/api/v1/status?platform=custom-home&account=mira";
    let reply = client().get(format!("{}{path}", running.base)).send().await.unwrap();
    assert!(reply.text().await.unwrap().contains("unreachable"));
    assert!(running.stop().await);
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("no answer from an upstream"), "the log says something: {log}");
    assert!(!log.contains("hush"), "{log}");
}

#[tokio::test]
async fn a_file_that_cannot_be_used_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut complaints = Vec::new();
    let home = "[custom.home]\nurl = \"https://example.com/{account}\"\nlive_at = \"/live\"\n";
    for (upstream, text) in [
        ("custom-home", "custom = 1"),
        ("custom-home", "[custom.home]\nurl = \"https://example.com/{account}\"\n"),
        ("custom-home", &format!("{home}life_is = 1\n")),
        ("custom-home", &home.replace("example.com/{account}", "{account}.example.com/")),
        ("custom-home", &format!("{home}live_is = \"on\"\n")),
        ("custom-home", &format!("{home}headers = {{ X = {{ env = \"ALMANAC_NO_SUCH\" }} }}\n")),
        ("custom-away", home),
        ("custom-home", &home.replace("home", "Home_2")),
    ] {
        let file = section(folder.path(), text);
        let mut program =
            command(&folder.path().join("state"), &["--upstream", upstream, "--custom", &file]);
        let ended = program.stderr(Stdio::piped()).output().await.unwrap();
        assert!(!ended.status.success());
        let complaint = String::from_utf8(ended.stderr).unwrap();
        complaints.push(complaint.replace(&file, "FILE").trim().to_owned());
    }
    insta::assert_snapshot!(complaints.join("\n\n"));
}
