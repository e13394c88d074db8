//! Kick's public API: who of these users is live, and which channel is whose.
//!
//! The facts are those of the project's fact sheet; nothing here was tried on Kick itself.

use almanac_wire::Timestamp;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::{is_good, query, rfc3339, token_of, token_words, values};
use crate::rng::number_of;
use crate::site::{JSON, Reply, Subject, TEXT, Words, subjects, told};
use crate::world::{Person, World};

/// Slugs beyond which it shows half of those who are live as offline.
const TRUE_UP_TO: usize = 25;
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// A request, understood, and when its token was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    what: What,
    pub(crate) token: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// By a form.
    Token(String),
    /// Users' numbers.
    Live(Vec<String>),
    /// Slugs.
    Channels(Vec<String>),
    Elsewhere,
}

impl Ask {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: &str) -> Self {
        let fields = query(uri);
        let what = match (method, uri.path()) {
            (&Method::POST, "/oauth/token") => What::Token(body.to_owned()),
            (&Method::GET, "/public/v1/users/livestreams") => {
                What::Live(values(&fields, "user_id"))
            }
            (&Method::GET, "/public/v1/channels") => What::Channels(values(&fields, "slug")),
            _ => What::Elsewhere,
        };
        Self { what, token: token_of(headers) }
    }

    /// Faults of words are heard where there are such words.
    pub(crate) const fn hears(&self, kind: Kind) -> bool {
        match kind {
            Kind::NotFoundWave => matches!(self.what, What::Live(_)),
            Kind::Machine | Kind::Unauthorized | Kind::Revoked => {
                !matches!(self.what, What::Token(_) | What::Elsewhere)
            }
            Kind::Restricted | Kind::AliveLies => false,
            _ => true,
        }
    }
}

pub(crate) fn reply(world: &World, ask: &Ask, at: Timestamp, bend: Option<Kind>) -> Reply {
    let slugs: Vec<String> = match &ask.what {
        What::Channels(slugs) => slugs.clone(),
        What::Live(numbers) => numbers
            .iter()
            .map(|number| {
                let person = world.people().find(|one| user(one).to_string() == *number);
                person.map_or_else(|| number.clone(), |person| person.handle.clone())
            })
            .collect(),
        What::Token(_) | What::Elsewhere => Vec::new(),
    };
    let subjects = subjects(world, &slugs, at);
    let (status, content_type, body) = match &ask.what {
        What::Token(form) => token_words(form, at),
        What::Elsewhere => (StatusCode::NOT_FOUND, TEXT, "404 page not found".to_owned()),
        _ if !is_good(ask.token, at, bend) => {
            let body = json!({ "data": {}, "message": "Unauthorized" });
            (StatusCode::UNAUTHORIZED, JSON, body.to_string())
        }
        _ if bend == Some(Kind::Machine) => {
            let body = json!({ "error": "Request blocked by security policy." });
            (StatusCode::FORBIDDEN, JSON, body.to_string())
        }
        What::Live(numbers) if numbers.len() > 100 => too_many(),
        What::Channels(slugs) if slugs.len() > 50 => too_many(),
        What::Live(_) if bend == Some(Kind::NotFoundWave) => list(Vec::new()),
        What::Live(_) => list(subjects.iter().filter_map(|one| stream(one, at)).collect()),
        What::Channels(slugs) => {
            let crowded = slugs.len() > TRUE_UP_TO;
            list(subjects.iter().filter_map(|one| channel(one, at, crowded)).collect())
        }
    };
    Reply { status, content_type, body, told: told(&subjects, at, bend) }
}

/// Nine digits, of which the first is 6.
pub(crate) fn user(person: &Person) -> u64 {
    600_000_000 + number_of(&person.account, 9) % 100_000_000
}

fn stream(subject: &Subject<'_>, at: Timestamp) -> Option<Value> {
    let (person, broadcast) = (subject.person?, subject.on_air(at)?);
    Some(json!({
        "id": broadcast.room_id,
        "broadcaster_user": { "id": user(person), "username": person.account, "profile_picture": "" },
        "channel": { "slug": person.handle },
        "title": broadcast.title,
        "started_at": rfc3339(broadcast.session.start),
        "viewer_count": broadcast.viewers(at),
        "language_code": "en",
        "tags": [],
        "category": { "id": 15, "name": "Just Chatting" },
    }))
}

fn channel(subject: &Subject<'_>, at: Timestamp, crowded: bool) -> Option<Value> {
    let person = subject.person?;
    let forgotten = crowded && number_of(&person.account, 10).is_multiple_of(2);
    let on_air = subject.on_air(at).filter(|_| !forgotten);
    Some(json!({
        "broadcaster_user_id": user(person),
        "slug": person.handle,
        "channel_description": "",
        "banner_picture": "",
        "stream_title": on_air.map_or("", |broadcast| broadcast.title),
        "category": { "id": 15, "name": "Just Chatting", "thumbnail": "" },
        "stream": {
            "is_live": on_air.is_some(),
            "is_mature": false,
            "language": "en",
            "start_time": on_air.map_or_else(|| NO_TIME.to_owned(), |one| rfc3339(one.session.start)),
            "viewer_count": on_air.map_or(0, |broadcast| broadcast.viewers(at)),
            "thumbnail": "",
            "key": "",
            "url": "",
        },
    }))
}

fn list(rows: Vec<Value>) -> Words {
    (StatusCode::OK, JSON, json!({ "data": rows, "message": "OK" }).to_string())
}

fn too_many() -> Words {
    let body = json!({ "data": {}, "message": "Invalid request" });
    (StatusCode::BAD_REQUEST, JSON, body.to_string())
}

#[cfg(test)]
#[path = "kick_tests.rs"]
mod tests;
