//! `GET /api/v1/openapi.json`: the public endpoints, as the code has them.
//!
//! What depends on the settings, or on what the platforms' handles look like, is filled in from
//! the same code that checks it, so that the document says exactly what is accepted.

use std::collections::BTreeSet;
use std::sync::Arc;

use almanac_wire::snapshot::MOST_ACCOUNTS;
use almanac_wire::{AccountId, Platform};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::access::opens_with_key;
use crate::proxy::Proxy;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Almanac proxy",
        description = "Who is live, within the platforms' quotas; and what the Almanac app expects of its accounts. \
            Times are milliseconds since the Unix epoch, UTC, where nothing else is said. Every error is a Refusal.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "platforms", description = "What the platforms say. Costs budget where it is not cached."),
        (name = "forecasts", description = "What the app expects, as it last handed it in. Costs nothing."),
        (name = "proxy", description = "The proxy itself"),
    ),
    paths(
        crate::api::status,
        crate::api::upstreams,
        crate::history::history,
        crate::snapshot::routes::put_snapshot,
        crate::snapshot::routes::get_snapshot,
        crate::snapshot::routes::schedule_patterns,
        crate::snapshot::routes::predictions,
        crate::calendar::calendar,
        crate::badge::badge,
        crate::access::reader_key::routes::get_reader_key,
        crate::access::reader_key::routes::delete_reader_key,
        openapi,
    )
)]
struct Document;

/// This document
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "proxy",
    responses((status = OK, description = "OpenAPI 3.1", body = Value)))]
pub(crate) async fn openapi(State(proxy): State<Arc<Proxy>>) -> Json<Value> {
    let served = proxy.serves().map(|(platform, _)| platform).collect();
    let mut document = document(&served);
    if proxy.asks_for_token() {
        lock(&mut document);
    }
    Json(document)
}

/// Says which secret opens what, on a proxy that asks for one.
fn lock(document: &mut Value) {
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "description": "The access token"},
        "reader_key": {"type": "apiKey", "in": "query", "name": "key", "description": "Opens what costs no budget"},
    });
    let paths = document["paths"].as_object_mut();
    for (path, operations) in paths.into_iter().flatten() {
        let reading = opens_with_key(path);
        for operation in operations.as_object_mut().into_iter().flatten().map(|(_, one)| one) {
            operation["security"] = if reading {
                json!([{"token": []}, {"reader_key": []}])
            } else {
                json!([{"token": []}])
            };
            let refusal = json!({"schema": {"$ref": "#/components/schemas/Refusal"}});
            operation["responses"]["401"] = json!({
                "description": "The access token is missing or another",
                "content": {"application/json": refusal},
            });
        }
    }
}

/// The document of a proxy that serves these platforms.
fn document(served: &BTreeSet<Platform>) -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    let known: BTreeSet<Platform> =
        Platform::ALL.into_iter().chain(served.iter().copied()).collect();
    let words = |platforms: &BTreeSet<Platform>| -> Value {
        json!({"type": "string", "enum": platforms.iter().map(ToString::to_string).collect::<Vec<_>>()})
    };
    let handle = json!({"type": "string", "pattern": whole(&alternatives(served, handles))});
    let id = json!({"type": "string", "pattern": whole(&alternatives(&known, ids))});
    let any = |items: &Value| json!({"type": "array", "items": items, "maxItems": 100});
    let some = json!({"type": "array", "items": handle, "minItems": 1, "maxItems": 100});
    for (path, name, schema) in [
        ("/api/v1/status", "platform", words(served)),
        ("/api/v1/status", "account", some),
        ("/api/v1/history", "platform", words(served)),
        ("/api/v1/history", "account", handle.clone()),
        ("/api/schedule-patterns", "account", any(&id)),
        ("/api/predictions", "account", any(&id)),
        ("/calendar.ics", "account", any(&id)),
        ("/badge/{platform}/{handle}.svg", "platform", words(served)),
        ("/badge/{platform}/{handle}.svg", "handle", handle.clone()),
    ] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten().filter(|one| one["name"] == name) {
            parameter["schema"] = schema.clone();
            if let Some(example) = example(served, path, name) {
                parameter["example"] = example;
            }
        }
    }
    let schemas = &mut document["components"]["schemas"];
    let accounts = &mut schemas["ForecastSnapshot"]["properties"]["accounts"];
    accounts["propertyNames"] = json!({"pattern": id["pattern"]});
    accounts["maxProperties"] = MOST_ACCOUNTS.into();
    let days = &mut schemas["PatternColumns"]["properties"]["most_active_days"];
    days["items"] = json!({"type": "integer", "minimum": 0, "maximum": 6});
    days["uniqueItems"] = true.into();
    document
}

/// An account that there is, where there is one that everyone may ask about.
fn example(served: &BTreeSet<Platform>, path: &str, name: &str) -> Option<Value> {
    served.contains(&Platform::Demo).then_some(())?;
    Some(match (path, name) {
        (_, "platform") => json!("demo"),
        ("/api/v1/status", "account") => json!(["mira.codes", "tomo_sings"]),
        ("/api/v1/history", "account") | (_, "handle") => json!("mira.codes"),
        (_, "account") => json!(["demo:mira.codes"]),
        _ => return None,
    })
}

fn whole(alternatives: &[String]) -> String {
    format!("^(?:{})$", alternatives.join("|"))
}

fn alternatives(
    platforms: &BTreeSet<Platform>,
    of: impl Fn(Platform) -> Option<String>,
) -> Vec<String> {
    // Several platforms may have handles alike.
    let distinct: BTreeSet<String> =
        platforms.iter().filter_map(|platform| of(*platform)).collect();
    distinct.into_iter().collect()
}

fn ids(platform: Platform) -> Option<String> {
    Some(format!("{platform}:{}", handles(platform)?))
}

/// A regular expression of a platform's handles, found by asking what is one.
fn handles(platform: Platform) -> Option<String> {
    let is_handle = |text: &str| AccountId::new(platform, text).is_ok();
    let longest = (1..=100).rev().find(|length| is_handle(&"0".repeat(*length)))?;
    let letters = if is_handle("0a0") { "A-Za-z" } else { "" };
    let punctuation: String = ('!'..='~')
        .filter(|c| c.is_ascii_punctuation() && is_handle(&format!("0{c}0")))
        .map(|c| if r"\-^]".contains(c) { format!(r"\{c}") } else { c.to_string() })
        .collect();
    let not_dots = if is_handle(".") || !is_handle("0.0") { "" } else { r"(?!\.+$)" };
    Some(format!("@?{not_dots}[{letters}0-9{punctuation}]{{1,{longest}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_the_demo() {
        insta::assert_json_snapshot!(document(&BTreeSet::from([Platform::Demo])));
    }

    #[test]
    fn what_is_served_is_what_may_be_asked() {
        let both = document(&BTreeSet::from([Platform::Demo, Platform::Tiktok]));
        let platform = &both["paths"]["/api/v1/status"]["get"]["parameters"][0];
        assert_eq!(platform["schema"]["enum"], json!(["demo", "tiktok"]));
    }

    #[test]
    fn a_locked_proxy_says_what_opens_it() {
        let mut document = document(&BTreeSet::from([Platform::Demo]));
        lock(&mut document);
        let security =
            |path: &str, method: &str| document["paths"][path][method]["security"].clone();
        assert_eq!(security("/api/v1/status", "get"), json!([{"token": []}]));
        assert_eq!(security("/api/v1/snapshot", "put"), json!([{"token": []}]));
        assert_eq!(security("/calendar.ics", "get"), json!([{"token": []}, {"reader_key": []}]));
        let badge = "/badge/{platform}/{handle}.svg";
        assert_eq!(security(badge, "get"), json!([{"token": []}, {"reader_key": []}]));
    }

    #[test]
    fn every_operation_tells_its_errors_and_has_a_name() {
        let document = document(&BTreeSet::from([Platform::Demo]));
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), 10);
        let operations = paths.values().flat_map(|path| path.as_object().unwrap().values());
        for operation in operations {
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()));
            assert!(operation["operationId"].is_string() && operation["tags"].is_array());
        }
    }
}
