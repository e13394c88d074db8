//! Nobody's routes: a small status API such as a person may run, for platforms that are defined
//! in the settings file alone.

use almanac_wire::Timestamp;
use axum::http::{Method, StatusCode, Uri};
use serde_json::json;

use crate::site::{HTML, JSON, Subject, TEXT, Words};

pub(crate) fn names(method: &Method, uri: &Uri) -> Option<Vec<String>> {
    let name = uri.path().strip_prefix("/status/")?;
    (method == Method::GET && !name.contains('/'))
        .then(|| Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().collect())
}

pub(crate) fn words(subject: Option<&Subject<'_>>, at: Timestamp) -> Words {
    let Some((person, subject)) = subject.and_then(|subject| Some((subject.person?, subject)))
    else {
        return (StatusCode::NOT_FOUND, TEXT, "no such stream".to_owned());
    };
    let on_air = subject.on_air(at);
    let start = subject.broadcast.and_then(|broadcast| {
        chrono::DateTime::from_timestamp_millis(broadcast.session.start.ms())
    });
    let body = json!({
        "name": person.account,
        "state": if on_air.is_some() { "on" } else { "off" },
        "stream": {
            "since": start.map(|start| start.to_rfc3339()),
            "title": subject.broadcast.map(|broadcast| broadcast.title),
            "id": subject.broadcast.map(|broadcast| &broadcast.room_id),
            "people": on_air.map(|broadcast| broadcast.viewers(at)),
        },
    });
    (StatusCode::OK, JSON, body.to_string())
}

pub(crate) fn machine() -> Words {
    (StatusCode::UNAUTHORIZED, HTML, "<p>who are you?</p>".to_owned())
}

#[cfg(test)]
mod tests {
    use almanac_wire::Span;
    use serde_json::Value;

    use super::*;
    use crate::site::{Question, Site};
    use crate::trace::{Session, Trace};
    use crate::world::World;

    const START: Timestamp = Timestamp::from_s(1_780_336_800);

    #[test]
    fn a_stream_is_on_or_off_or_not_there() {
        let session = Session { start: START, end: START + Span::HOUR };
        let world =
            World::new(Site::Plain, &Trace::from_iter([("mira".to_owned(), vec![session])]));
        let reply = |name: &str, at| {
            let uri = format!("/status/{name}").parse().unwrap();
            Question::read(Site::Plain, &Method::GET, &uri, "").reply(&world, at, None)
        };
        let said = |at| -> Value { serde_json::from_str(&reply("mira", at).body).unwrap() };
        insta::assert_json_snapshot!("plain_on", said(START + Span::MINUTE));
        assert_eq!(said(START + Span::HOUR)["state"], "off");
        assert_eq!(reply("tomo", START).status, StatusCode::NOT_FOUND);
    }
}
