//! Euler Stream's room route, for those with a key.
//!
//! The facts are those of the project's fact sheet; nothing here was tried on Euler Stream itself.

use almanac_wire::Timestamp;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::{API_KEY, query, values};
use crate::site::{JSON, Reply, Subject, TEXT, Words, subjects, told};
use crate::world::{Air, World};

/// A request, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// On no other route.
    account: Option<String>,
    key: bool,
}

impl Ask {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let on_route = method == Method::GET && uri.path() == "/webcast/room_info";
        let fields = query(uri);
        let in_query = values(&fields, "apiKey").pop().is_some_and(|key| key == API_KEY);
        Self {
            account: values(&fields, "uniqueId").pop().filter(|_| on_route),
            key: in_query || headers.get("x-api-key").is_some_and(|key| key == API_KEY),
        }
    }

    pub(crate) const fn hears(&self, kind: Kind) -> bool {
        match kind {
            Kind::NotFoundWave | Kind::Machine | Kind::Unauthorized => self.account.is_some(),
            Kind::Restricted | Kind::AliveLies | Kind::Revoked => false,
            _ => true,
        }
    }
}

pub(crate) fn reply(world: &World, ask: &Ask, at: Timestamp, bend: Option<Kind>) -> Reply {
    let names = ask.account.as_slice();
    let subjects = subjects(world, names, at);
    let shown = subjects.first().filter(|_| bend != Some(Kind::NotFoundWave));
    let (status, content_type, body) = match &ask.account {
        None => (StatusCode::NOT_FOUND, TEXT, "Not Found".to_owned()),
        Some(_) if !ask.key || bend == Some(Kind::Unauthorized) => {
            refusal(StatusCode::UNAUTHORIZED, "Invalid API key")
        }
        Some(_) if bend == Some(Kind::Machine) => {
            refusal(StatusCode::PAYMENT_REQUIRED, "This is a premium feature")
        }
        Some(account) => match shown.and_then(|subject| room(subject, at)) {
            Some(room) => {
                let data = json!({
                    "raw": { "_note": "" }, "unique_id": account, "room_info": room,
                    "user": { "nickname": account, "numeric_uid": "6", "followers": 1000 },
                });
                let body =
                    json!({ "code": 200, "ok": true, "routes_attempted": ["a"], "data": data });
                (StatusCode::OK, JSON, body.to_string())
            }
            None => refusal(StatusCode::NOT_FOUND, "user_not_found"),
        },
    };
    Reply { status, content_type, body, told: told(&subjects, at, bend) }
}

/// Never on air and no such account look the same, as on TikTok.
fn room(subject: &Subject<'_>, at: Timestamp) -> Option<Value> {
    let broadcast = subject.broadcast?;
    let air = broadcast.air(at);
    let status = match air {
        Air::Live => 2,
        Air::Paused => 3,
        Air::Ended => 4,
    };
    Some(json!({
        "status": status,
        "is_live": air != Air::Ended,
        "id": broadcast.room_id,
        "title": broadcast.title,
        "start_time": broadcast.session.start.ms().div_euclid(1000),
        "current_viewers": if air == Air::Ended { 0 } else { broadcast.viewers(at) },
        "total_viewers": broadcast.entered(at),
        "cover_url": "",
    }))
}

fn refusal(status: StatusCode, message: &str) -> Words {
    let body = json!({
        "code": status.as_u16(), "message": message, "ok": false, "routes_attempted": [], "data": null,
    });
    (status, JSON, body.to_string())
}

#[cfg(test)]
#[path = "euler_tests.rs"]
mod tests;
