//! SOOP's station.
//!
//! The facts are those of the project's fact sheet and of what the known clients read; nothing
//! here was tried on SOOP itself.

use almanac_wire::Timestamp;
use axum::http::{Method, StatusCode, Uri};
use serde_json::json;

use crate::site::{HTML, JSON, Subject, Words, in_korea};

pub(crate) fn names(method: &Method, uri: &Uri) -> Option<Vec<String>> {
    let station = uri.path().strip_prefix("/api/")?.strip_suffix("/station")?;
    (method == Method::GET && !station.contains('/'))
        .then(|| Some(station.to_owned()).filter(|s| !s.is_empty()).into_iter().collect())
}

/// The station tells when its last broadcast began, whether it is on or over.
pub(crate) fn words(subject: Option<&Subject<'_>>, at: Timestamp) -> Words {
    let Some((person, subject)) = subject.and_then(|subject| Some((subject.person?, subject)))
    else {
        let body = json!({ "code": 9000, "message": "존재하지 않는 방송국입니다." });
        return (StatusCode::OK, JSON, body.to_string());
    };
    let broad = subject.on_air(at).map(|broadcast| {
        json!({
            "user_id": person.handle,
            "broad_no": broadcast.room_id.get(..9).and_then(|id| id.parse::<u64>().ok()),
            "broad_title": broadcast.title,
            "current_sum_viewer": broadcast.viewers(at),
            "broad_grade": 0,
            "is_password": false,
        })
    });
    let start = subject.broadcast.map_or_else(
        || "0000-00-00 00:00:00".to_owned(),
        |broadcast| in_korea(broadcast.session.start),
    );
    let body = json!({
        "profile_image": "",
        "station": { "user_id": person.handle, "user_nick": person.account, "broad_start": start },
        "broad": broad,
        "is_owner": false,
        "current_timestamp": in_korea(at),
    });
    (StatusCode::OK, JSON, body.to_string())
}

/// Whoever does not look like a browser gets a page.
pub(crate) fn machine() -> Words {
    (StatusCode::NOT_FOUND, HTML, "<!DOCTYPE html><html><body>404</body></html>".to_owned())
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
    fn a_station_has_a_broadcast_or_none_or_is_not_there() {
        let session = Session { start: START, end: START + Span::HOUR };
        let world = World::new(Site::Soop, &Trace::from_iter([("mira".to_owned(), vec![session])]));
        let said = |station: &str, at| -> Value {
            let uri = format!("/api/{station}/station").parse().unwrap();
            let question = Question::read(Site::Soop, &Method::GET, &uri, "");
            serde_json::from_str(&question.reply(&world, at, None).body).unwrap()
        };
        insta::assert_json_snapshot!("soop_live", said("mira", START + Span::MINUTE));
        let after = said("mira", START + Span::HOUR);
        assert_eq!(after["broad"], Value::Null);
        assert_eq!(after["station"]["broad_start"], "2026-06-02 03:00:00");
        assert_eq!(
            said("mira", START - Span::SECOND)["station"]["broad_start"],
            "0000-00-00 00:00:00"
        );
        assert_eq!(said("tomo", START)["code"], 9000);
    }
}
