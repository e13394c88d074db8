//! The snapshot of the app, and everything that is drawn from it, through the real routes.

use almanac_wire::{Refusal, RefusalCode, Span, Timestamp};
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::process::start;
use crate::support::{NOON, Served, Setup, client, serve};

fn window(from: Timestamp, minutes: i64, probability: f64) -> Value {
    json!({"from": from.ms(), "length": Span::MINUTE.ms() * minutes, "probability": probability})
}

pub(crate) fn snapshot(made_at: Timestamp) -> Value {
    let evening = made_at + Span::MINUTE * 400;
    json!({
        "made_at": made_at.ms(),
        "zone": {"name": "Europe/Berlin", "offset_s": 3600},
        "accounts": {
            "demo:mira.codes": {
                "standing": "offline",
                "checked_at": made_at.ms(),
                "next_check": (made_at + Span::HOUR).ms(),
                "pattern": {
                    "avg_start_hour": 19.5, "avg_end_hour": 22.1, "avg_duration_hours": 2.6,
                    "most_active_days": [1, 2, 3], "consistency_score": 0.91,
                    "last_updated": made_at.ms(), "data_points": 27, "confidence_level": 0.87
                },
                "chances": {
                    "live_now": 0.01, "live_within_hour": 0.2,
                    "starts_within_hour": 0.19, "starts_within_day": 0.93
                },
                "next_window": window(evening, 30, 0.5),
                "windows": [window(evening + Span::DAY, 50, 0.7), window(evening, 50, 0.8217)]
            },
            "demo:nadia.live": {
                "standing": "live",
                "chances": {
                    "live_now": 0.97, "live_within_hour": 0.98,
                    "starts_within_hour": 0.01, "starts_within_day": 0.4
                }
            },
            "tiktok:new_one": {"standing": "unknown"}
        }
    })
}

async fn put(served: &Served, body: &Value) -> Response {
    let request = served.client.put(format!("{}/api/v1/snapshot", served.base));
    let request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
    request.send().await.unwrap()
}

/// A proxy on a still clock at noon, with a snapshot of so long ago.
async fn with_snapshot(ago: Span) -> Served {
    let served = serve(Setup { rate: "0.001", ..Setup::default() }).await;
    let answer = put(&served, &snapshot(NOON - ago)).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{}", answer.text().await.unwrap());
    served
}

async fn text(served: &Served, path: &str) -> String {
    let response = served.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.text().await.unwrap()
}

async fn value(served: &Served, path: &str) -> Value {
    serde_json::from_str(&text(served, path).await).unwrap()
}

async fn refusal(response: Response) -> (StatusCode, RefusalCode, String) {
    let status = response.status();
    let refusal: Refusal = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, refusal.code, refusal.message)
}

const SHOWN: [&str; 5] = [
    "/api/v1/snapshot",
    "/api/schedule-patterns",
    "/api/predictions",
    "/calendar.ics",
    "/badge/demo/mira.codes.svg",
];

#[tokio::test]
async fn before_the_first_snapshot_everything_says_so() {
    let served = serve(Setup::default()).await;
    for path in SHOWN {
        let (status, code, message) = refusal(served.get(path).await).await;
        assert_eq!((status, code), (StatusCode::NOT_FOUND, RefusalCode::NoSnapshot), "{path}");
        assert!(message.contains("PUT /api/v1/snapshot"), "{message}");
    }
}

#[tokio::test]
async fn the_roadmaps_endpoints_answer_as_it_shapes_them() {
    let served = with_snapshot(Span::ZERO).await;
    insta::assert_json_snapshot!("predictions", value(&served, "/api/predictions").await);
    insta::assert_json_snapshot!("patterns", value(&served, "/api/schedule-patterns").await);
    let one = value(&served, "/api/predictions?account=tiktok:new_one&account=demo:gone").await;
    assert_eq!(one.as_array().unwrap().len(), 1);
    let whole = value(&served, "/api/v1/snapshot").await;
    assert_eq!(
        (&whole["stale"], &whole["snapshot"]["made_at"]),
        (&json!(false), &json!(NOON.ms()))
    );
}

#[tokio::test]
async fn the_calendar_holds_the_windows() {
    let served = with_snapshot(Span::ZERO).await;
    insta::assert_snapshot!("calendar", text(&served, "/calendar.ics").await);
    let none = text(&served, "/calendar.ics?account=demo:nadia.live").await;
    assert!(!none.contains("BEGIN:VEVENT") && none.ends_with("END:VCALENDAR\r\n"), "{none}");
}

#[tokio::test]
async fn badges_are_pictures() {
    let served = with_snapshot(Span::ZERO).await;
    let response = served.get("/badge/demo/mira.codes.svg").await;
    assert_eq!(response.headers()[CONTENT_TYPE], "image/svg+xml");
    insta::assert_snapshot!("badge", response.text().await.unwrap());
    for (path, words) in [
        ("/badge/demo/nadia.live.svg", "nadia.live: live<"),
        ("/badge/tiktok/new_one.svg", "new_one: unknown<"),
        ("/badge/tiktok/never.heard.of.svg", "never.heard.of: unknown<"),
    ] {
        let drawn = text(&served, path).await;
        assert!(drawn.contains(&format!("<title>{words}")), "{drawn}");
    }
    for (path, code) in [
        ("/badge/myspace/tom.svg", RefusalCode::UnknownPlatform),
        ("/badge/demo/%3Cscript%3E.svg", RefusalCode::BadRequest),
        ("/badge/demo/mira.codes.png", RefusalCode::NotFound),
    ] {
        assert_eq!(refusal(served.get(path).await).await.1, code, "{path}");
    }
}

#[tokio::test]
async fn what_is_stale_says_so_everywhere() {
    let served = with_snapshot(Span::HOUR * 3).await;
    for path in SHOWN {
        let response = served.get(path).await;
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("almanac-snapshot-stale"), "true", "{path}");
        assert_eq!(header("almanac-snapshot-age"), (3 * 3600).to_string(), "{path}");
        assert_eq!(header("almanac-snapshot-zone"), "Europe/Berlin", "{path}");
    }
    let all_stale =
        |value: &Value| value.as_array().unwrap().iter().all(|one| one["stale"] == true);
    assert!(all_stale(&value(&served, "/api/predictions").await));
    assert!(all_stale(&value(&served, "/api/schedule-patterns").await));
    assert_eq!(value(&served, "/api/v1/snapshot").await["stale"], true);
    assert!(
        text(&served, "/calendar.ics")
            .await
            .contains("Out of date: predicted on 2026-01-01 09:00 UTC")
    );
    assert!(text(&served, "/badge/demo/nadia.live.svg").await.contains("was live · 3 h old"));
}

#[tokio::test]
async fn who_has_it_is_not_sent_it_again() {
    let served = with_snapshot(Span::ZERO).await;
    for path in SHOWN {
        let first = served.get(path).await;
        assert_eq!(first.headers()[CACHE_CONTROL], "no-cache");
        let again = async |tag: &str| {
            let request = served.client.get(format!("{}{path}", served.base));
            request.header(IF_NONE_MATCH, tag).send().await.unwrap()
        };
        let tag = first.headers()[ETAG].to_str().unwrap();
        let same = again(tag).await;
        assert_eq!(
            (same.status(), same.headers()[ETAG].to_str().unwrap()),
            (StatusCode::NOT_MODIFIED, tag),
            "{path}"
        );
        assert_eq!(same.headers()["almanac-snapshot-stale"], "false");
        assert_eq!(again("\"other\"").await.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn only_snapshots_are_taken() {
    let served = with_snapshot(Span::ZERO).await;
    let older = put(&served, &snapshot(NOON - Span::SECOND)).await;
    assert_eq!(refusal(older).await.1, RefusalCode::Conflict);
    let ahead = put(&served, &snapshot(NOON + Span::HOUR)).await;
    assert_eq!(refusal(ahead).await.0, StatusCode::CONFLICT);
    let mut extra = snapshot(NOON);
    extra["accounts"]["demo:mira.codes"]["extra"] = json!(1);
    let (status, _, message) = refusal(put(&served, &extra).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(message.contains("unknown field `extra`"), "{message}");
    let url = format!("{}/api/v1/snapshot", served.base);
    let plain = served.client.put(&url).header(CONTENT_TYPE, "text/plain").body("{}");
    assert_eq!(plain.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let huge = served.client.put(&url).header(CONTENT_TYPE, "application/json");
    let huge = huge.body(vec![b' '; (16 << 20) + 1]).send().await.unwrap();
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(value(&served, "/api/v1/snapshot").await["snapshot"]["made_at"], NOON.ms());
    for path in
        ["/api/predictions?accounts=demo:mira", "/calendar.ics?account=mira", "/api/v1/snapshot?x"]
    {
        assert_eq!(served.get(path).await.status(), StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn a_killed_proxy_comes_back_with_its_snapshot() {
    let state = tempfile::tempdir().unwrap();
    let slow = ["--demo-speed", "1"];
    let first = start(state.path(), &slow).await;
    let now = almanac_proxy::wall();
    let body = snapshot(now - Span::SECOND).to_string();
    let request = client().put(format!("{}/api/v1/snapshot", first.base));
    let answer = request.header(CONTENT_TYPE, "application/json").body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let calendar = async |base: &str| {
        client().get(format!("{base}/calendar.ics")).send().await.unwrap().text().await.unwrap()
    };
    let before = calendar(&first.base).await;
    let mut first = first;
    first.child.kill().await.unwrap();
    let second = start(state.path(), &slow).await;
    assert_eq!(calendar(&second.base).await, before);
}

#[tokio::test]
async fn the_document_names_what_there_is() {
    let served = serve(Setup::default()).await;
    let document = value(&served, "/api/v1/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let enumerated = &document["paths"]["/api/v1/status"]["get"]["parameters"][0]["schema"]["enum"];
    assert_eq!(enumerated, &json!(["tiktok"]), "what this proxy serves");
    for path in document["paths"].as_object().unwrap().keys() {
        let asked = path.replace("{platform}", "demo").replace("{handle}", "mira");
        let response = served.get(&asked).await;
        if response.status() != StatusCode::OK {
            assert_ne!(refusal(response).await.1, RefusalCode::NotFound, "{path}");
        }
    }
}
