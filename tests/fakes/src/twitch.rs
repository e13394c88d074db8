//! Twitch's Helix: who of these logins is live, who there is, and what recordings are left. Also on
//! the paths of Twitch's own mock server, where clients look for one.
//!
//! The facts are those of the project's fact sheet; nothing here was tried on Twitch itself.

use almanac_wire::Timestamp;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::{CLIENT_ID, is_good, query, rfc3339, token_of, token_words, values};
use crate::site::{JSON, Reply, Subject, TEXT, Words, subjects, told};
use crate::world::{Broadcast, Person, World};

/// A request, understood, and when its token was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    what: What,
    pub(crate) token: Option<Timestamp>,
    client: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// By a form.
    Token(String),
    Streams {
        logins: Vec<String>,
        first: usize,
    },
    Users(Vec<String>),
    /// Of somebody's number.
    Videos(String),
    Elsewhere,
}

impl Ask {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: &str) -> Self {
        let fields = query(uri);
        let path = uri.path();
        let helix = path.strip_prefix("/helix/").or_else(|| path.strip_prefix("/mock/"));
        let what = match (method, helix) {
            (&Method::POST, None) if matches!(path, "/oauth2/token" | "/auth/token") => {
                // The mock server takes it in the query as well.
                What::Token(
                    if body.is_empty() { uri.query().unwrap_or_default() } else { body }.to_owned(),
                )
            }
            (&Method::GET, Some("streams")) => What::Streams {
                logins: values(&fields, "user_login"),
                first: values(&fields, "first").first().and_then(|n| n.parse().ok()).unwrap_or(20),
            },
            (&Method::GET, Some("users")) => What::Users(values(&fields, "login")),
            (&Method::GET, Some("videos")) => {
                What::Videos(values(&fields, "user_id").pop().unwrap_or_default())
            }
            _ => What::Elsewhere,
        };
        let client = headers.get("client-id").is_some_and(|id| id == CLIENT_ID);
        Self { what, token: token_of(headers), client }
    }

    /// Faults of words are heard where there are such words.
    pub(crate) const fn hears(&self, kind: Kind) -> bool {
        match kind {
            Kind::NotFoundWave => matches!(self.what, What::Streams { .. }),
            Kind::Machine | Kind::Unauthorized | Kind::Revoked => {
                !matches!(self.what, What::Token(_) | What::Elsewhere)
            }
            Kind::Restricted | Kind::AliveLies => false,
            _ => true,
        }
    }
}

pub(crate) fn reply(world: &World, ask: &Ask, at: Timestamp, bend: Option<Kind>) -> Reply {
    let names: &[String] = match &ask.what {
        What::Streams { logins, .. } | What::Users(logins) => logins,
        What::Token(_) | What::Videos(_) | What::Elsewhere => &[],
    };
    let subjects = subjects(world, names, at);
    let (status, content_type, body) = match &ask.what {
        What::Token(form) => token_words(form, at),
        What::Elsewhere => (StatusCode::NOT_FOUND, TEXT, "Not Found".to_owned()),
        _ if !ask.client || !is_good(ask.token, at, bend) => {
            error(StatusCode::UNAUTHORIZED, "Invalid OAuth token")
        }
        _ if bend == Some(Kind::Machine) => malformed(),
        What::Streams { logins, .. } | What::Users(logins) if logins.len() > 100 => error(
            StatusCode::BAD_REQUEST,
            "The parameter \"user_login\" was malformed: the value must be less than or equal to 100",
        ),
        What::Streams { logins, .. } | What::Users(logins)
            if !logins.iter().all(|l| is_login(l)) =>
        {
            malformed()
        }
        What::Streams { .. } if bend == Some(Kind::NotFoundWave) => list(Vec::new()),
        What::Streams { first, .. } => {
            list(subjects.iter().filter_map(|one| stream(one, at)).take(*first).collect())
        }
        What::Users(_) => list(subjects.iter().filter_map(|one| one.person).map(user).collect()),
        What::Videos(id) => {
            let person = world.people().find(|person| number(person) == *id);
            let begun = person.into_iter().flat_map(|person| {
                let begun = person.broadcasts.iter().rev();
                begun.filter(|one| one.session.start <= at).map(|one| video(person, one, at))
            });
            list(begun.take(100).collect())
        }
    };
    Reply { status, content_type, body, told: told(&subjects, at, bend) }
}

/// It refuses whole batches for one that is none; those with a line in front, say.
fn is_login(login: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=25).contains(&login.len()) && login.bytes().all(legal) && !login.starts_with('_')
}

/// What it knows somebody by.
pub(crate) fn number(person: &Person) -> String {
    person.user_id.chars().take(9).collect()
}

fn stream(subject: &Subject<'_>, at: Timestamp) -> Option<Value> {
    let (person, broadcast) = (subject.person?, subject.on_air(at)?);
    Some(json!({
        "id": broadcast.room_id,
        "user_id": number(person),
        "user_login": person.handle,
        "user_name": person.handle.to_uppercase(),
        "game_id": "509658",
        "game_name": "Just Chatting",
        "type": "live",
        "title": broadcast.title,
        "tags": ["English"],
        "tag_ids": [],
        "viewer_count": broadcast.viewers(at),
        "started_at": rfc3339(broadcast.session.start),
        "language": "en",
        "thumbnail_url": "",
        "is_mature": false,
    }))
}

fn user(person: &Person) -> Value {
    json!({
        "id": number(person),
        "login": person.handle,
        "display_name": person.handle.to_uppercase(),
        "type": "",
        "broadcaster_type": "partner",
        "description": "",
        "profile_image_url": "",
        "offline_image_url": "",
        "created_at": "2016-12-14T20:32:28Z",
    })
}

/// The recording of what is on grows with it.
fn video(person: &Person, broadcast: &Broadcast, at: Timestamp) -> Value {
    let seconds = (broadcast.session.end.min(at) - broadcast.session.start).ms() / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let duration = match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{}s", seconds % 60),
        _ => format!("{hours}h{minutes}m{}s", seconds % 60),
    };
    let start = rfc3339(broadcast.session.start);
    json!({
        "id": broadcast.room_id.chars().take(10).collect::<String>(),
        "stream_id": broadcast.room_id,
        "user_id": number(person),
        "user_login": person.handle,
        "user_name": person.handle.to_uppercase(),
        "title": broadcast.title,
        "description": "",
        "created_at": start,
        "published_at": start,
        "url": format!("https://www.twitch.tv/videos/{}", broadcast.room_id),
        "thumbnail_url": "",
        "viewable": "public",
        "view_count": 5,
        "language": "en",
        "type": "archive",
        "duration": duration,
        "muted_segments": null,
    })
}

fn list(rows: Vec<Value>) -> Words {
    let body = json!({ "data": rows, "pagination": {} });
    (StatusCode::OK, JSON, body.to_string())
}

fn malformed() -> Words {
    error(StatusCode::BAD_REQUEST, "Malformed query params.")
}

fn error(status: StatusCode, message: &str) -> Words {
    let error = status.canonical_reason().unwrap_or_default();
    let body = json!({ "error": error, "status": status.as_u16(), "message": message });
    (status, JSON, body.to_string())
}

#[cfg(test)]
#[path = "twitch_tests.rs"]
mod tests;
