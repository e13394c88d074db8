//! Bilibili's batch route: who of these user numbers is live?
//!
//! The facts are those of the project's fact sheet; nothing here was tried on Bilibili itself.

use almanac_wire::Timestamp;
use axum::http::{Method, StatusCode, Uri};
use serde_json::{Map, Value, json};

use crate::rng::number_of;
use crate::site::{JSON, Subject, Words};
use crate::world::Person;

const ROUTE: &str = "/room/v1/Room/get_status_info_by_uids";

/// `uids[]=1&uids[]=2` by GET, `{"uids":[1,2]}` by POST; `None` on other routes.
pub(crate) fn names(method: &Method, uri: &Uri, body: &str) -> Option<Vec<String>> {
    if uri.path() != ROUTE {
        return None;
    }
    match *method {
        Method::GET => Some(
            parameters(uri)
                .into_iter()
                .filter(|(name, value)| name == "uids[]" && is_number(value))
                .map(|(_, value)| value)
                .collect(),
        ),
        Method::POST => {
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            let uids = body.get("uids").and_then(Value::as_array);
            Some(uids.into_iter().flatten().filter_map(uid).collect())
        }
        _ => None,
    }
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    axum::extract::Query::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

fn uid(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_u64().map(|uid| uid.to_string()),
        Value::String(text) if is_number(text) => Some(text.clone()),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whoever is not there is left out; with nobody there, the object becomes a list.
pub(crate) fn words(subjects: &[Subject<'_>], at: Timestamp) -> Words {
    let rows: Map<_, _> = subjects
        .iter()
        .filter_map(|subject| Some((subject.handle.to_owned(), row(subject.person?, subject, at))))
        .collect();
    let data = if rows.is_empty() { json!([]) } else { Value::Object(rows) };
    let body = json!({ "code": 0, "msg": "success", "message": "success", "data": data });
    (StatusCode::OK, JSON, body.to_string())
}

/// Every other one who is away shows a rerun; the start of what is over is forgotten.
fn row(person: &Person, subject: &Subject<'_>, at: Timestamp) -> Value {
    let on_air = subject.on_air(at);
    let away = if number_of(&person.account, 7).is_multiple_of(2) { 2 } else { 0 };
    json!({
        "title": subject.broadcast.map_or("", |broadcast| broadcast.title),
        "room_id": number_of(&person.account, 8) % 100_000_000,
        "uid": subject.handle.parse::<u64>().unwrap_or_default(),
        "online": on_air.map_or(0, |broadcast| broadcast.viewers(at) * 37),
        "live_time": on_air.map_or(0, |broadcast| broadcast.session.start.ms().div_euclid(1000)),
        "live_status": on_air.map_or(away, |_| 1),
        "short_id": 0,
        "uname": person.account,
        "area_v2_name": "虚拟主播",
    })
}

/// Taken for a machine.
pub(crate) fn machine() -> Words {
    let body = json!({ "code": -412, "message": "请求被拦截", "ttl": 1, "data": null });
    (StatusCode::OK, JSON, body.to_string())
}

pub(crate) fn malformed() -> Words {
    let body =
        json!({ "code": 1, "msg": "invalid params", "message": "invalid params", "data": [] });
    (StatusCode::OK, JSON, body.to_string())
}

#[cfg(test)]
mod tests {
    use almanac_wire::Span;

    use super::*;
    use crate::site::{Question, Site};
    use crate::trace::{Session, Trace};
    use crate::world::World;

    const START: Timestamp = Timestamp::from_s(1_780_336_800);

    fn said(world: &World, uri: &str, at: Timestamp) -> Value {
        let question = Question::read(Site::Bilibili, &Method::GET, &uri.parse().unwrap(), "");
        serde_json::from_str(&question.reply(world, at, None).body).unwrap()
    }

    #[test]
    fn rows_are_live_off_rerun_or_left_out() {
        let session = Session { start: START, end: START + Span::HOUR };
        let people = ["mira", "tomo"].map(|name| (name.to_owned(), vec![session]));
        let world = World::new(Site::Bilibili, &Trace::from_iter(people));
        let uids: Vec<_> = world.people().map(|person| person.handle.clone()).collect();
        let uri = format!("{ROUTE}?uids[]={}&uids[]=1&uids[]={}", uids[0], uids[1]);
        insta::assert_json_snapshot!("bilibili_live", said(&world, &uri, START + Span::MINUTE));
        let after = said(&world, &uri, START + Span::HOUR);
        let status = |uid: &str| after["data"][uid]["live_status"].as_u64().unwrap();
        assert_eq!([status(&uids[0]), status(&uids[1])], [0, 2], "one of each");
        assert_eq!(after["data"][&uids[0]]["live_time"], 0);
        assert_eq!(said(&world, &format!("{ROUTE}?uids[]=1"), START)["data"], json!([]));
        assert_eq!(said(&world, ROUTE, START)["code"], 1);
    }

    #[test]
    fn both_ways_to_ask_are_understood() {
        let get = format!("{ROUTE}?uids%5B%5D=1&uids[]=22").parse().unwrap();
        assert_eq!(names(&Method::GET, &get, ""), Some(vec!["1".to_owned(), "22".to_owned()]));
        let post = ROUTE.parse().unwrap();
        let asked = names(&Method::POST, &post, "{\"uids\":[1,\"22\",-3,\"x\"]}");
        assert_eq!(asked, Some(vec!["1".to_owned(), "22".to_owned()]));
        assert_eq!(names(&Method::POST, &post, "uids=1"), Some(vec![]));
        assert_eq!(names(&Method::GET, &"/".parse().unwrap(), ""), None);
    }
}
