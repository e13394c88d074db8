//! YouTube's feeds and its Data API: which videos a channel has, and which of them are live.
//!
//! The facts are those of the project's fact sheet; nothing here was tried on YouTube itself.

mod shelf;

use almanac_wire::Timestamp;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::{API_KEY, query, rfc3339, values};
use crate::site::{HTML, JSON, Reply, Subject, TEXT, Words, subjects, told};
use crate::world::{Person, World};
use shelf::{Video, shelf};
pub(crate) use shelf::{channel_id, latest};

const XML: &str = "text/xml; charset=UTF-8";
/// Videos in a feed.
const IN_FEED: usize = 15;

/// A request, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    what: What,
    key: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// Of a channel.
    Feed(String),
    /// By a handle, or by an id.
    Channels(String),
    /// A list, and how much of it.
    Uploads(String, usize),
    Videos(Vec<String>),
    Elsewhere,
}

impl Ask {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let fields = query(uri);
        let given = |name: &str| values(&fields, name).pop();
        let what = match uri.path() {
            _ if method != Method::GET => What::Elsewhere,
            "/feeds/videos.xml" => What::Feed(given("channel_id").unwrap_or_default()),
            "/youtube/v3/channels" => {
                let by = given("forHandle").or_else(|| given("id")).unwrap_or_default();
                What::Channels(by.trim_start_matches('@').to_owned())
            }
            "/youtube/v3/playlistItems" => {
                let most = given("maxResults").and_then(|most| most.parse().ok()).unwrap_or(5);
                What::Uploads(given("playlistId").unwrap_or_default(), most)
            }
            "/youtube/v3/videos" => {
                let ids = given("id").unwrap_or_default();
                What::Videos(ids.split(',').map(str::to_owned).collect())
            }
            _ => What::Elsewhere,
        };
        let in_header = headers.get("x-goog-api-key").is_some_and(|key| key == API_KEY);
        Self { what, key: in_header || given("key").is_some_and(|key| key == API_KEY) }
    }

    pub(crate) const fn hears(&self, kind: Kind) -> bool {
        match kind {
            // Feeds that cannot be found, of channels that there are.
            Kind::NotFoundWave => matches!(self.what, What::Feed(_)),
            Kind::Machine | Kind::Unauthorized => {
                !matches!(self.what, What::Feed(_) | What::Elsewhere)
            }
            Kind::Restricted | Kind::AliveLies | Kind::Revoked => false,
            _ => true,
        }
    }
}

pub(crate) fn reply(world: &World, ask: &Ask, at: Timestamp, bend: Option<Kind>) -> Reply {
    let by_channel = |id: &str| world.people().find(|person| channel_id(person) == id);
    let person = match &ask.what {
        What::Feed(id) => by_channel(id),
        What::Channels(by) => world.person_called(by).or_else(|| by_channel(by)),
        What::Uploads(list, _) => {
            by_channel(&format!("UC{}", list.strip_prefix("UU").unwrap_or_default()))
        }
        What::Videos(_) | What::Elsewhere => None,
    };
    let name: Vec<String> = person.into_iter().map(|person| person.handle.clone()).collect();
    let subjects: Vec<Subject<'_>> = subjects(world, &name, at);
    let (status, content_type, body) = match &ask.what {
        What::Feed(_) if bend == Some(Kind::NotFoundWave) => no_feed(),
        What::Feed(_) => person.map_or_else(no_feed, |person| feed(person, at)),
        What::Elsewhere => (StatusCode::NOT_FOUND, TEXT, "Not Found".to_owned()),
        _ if !ask.key || bend == Some(Kind::Unauthorized) => refusal(
            StatusCode::BAD_REQUEST,
            "badRequest",
            "API key not valid. Please pass a valid API key.",
        ),
        _ if bend == Some(Kind::Machine) => refusal(
            StatusCode::FORBIDDEN,
            "quotaExceeded",
            "The request cannot be completed because you have exceeded your quota.",
        ),
        What::Channels(_) => {
            list("youtube#channelListResponse", person.into_iter().map(channel).collect())
        }
        What::Uploads(_, most) => match person {
            Some(person) => {
                let uploads = shelf(person, at).into_iter().filter(|video| video.published <= at);
                list(
                    "youtube#playlistItemListResponse",
                    uploads.take(*most).map(|v| upload(&v)).collect(),
                )
            }
            None => {
                refusal(StatusCode::NOT_FOUND, "playlistNotFound", "The playlist cannot be found.")
            }
        },
        What::Videos(ids) if ids.len() > 50 => {
            refusal(StatusCode::BAD_REQUEST, "invalidFilters", "Too many ids.")
        }
        What::Videos(ids) => {
            let all: Vec<Video> = world.people().flat_map(|person| shelf(person, at)).collect();
            let found = ids.iter().filter_map(|id| all.iter().find(|video| video.id == *id));
            list("youtube#videoListResponse", found.map(|video| details(video, at)).collect())
        }
    };
    Reply { status, content_type, body, told: told(&subjects, at, bend) }
}

fn feed(person: &Person, at: Timestamp) -> Words {
    let channel = channel_id(person);
    let entries = shelf(person, at).into_iter().take(IN_FEED).map(|video| {
        format!(
            " <entry>\n  <id>yt:video:{id}</id>\n  <yt:videoId>{id}</yt:videoId>\n  <yt:channelId>{channel}</yt:channelId>\n  \
             <title>{title}</title>\n  <link rel=\"alternate\" href=\"https://www.youtube.com/watch?v={id}\"/>\n  \
             <published>{at}</published>\n  <updated>{at}</updated>\n </entry>\n",
            id = video.id,
            title = escaped(video.title),
            at = rfc3339(video.published),
        )
    });
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns:yt=\"http://www.youtube.com/xml/schemas/2015\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns=\"http://www.w3.org/2005/Atom\">\n \
         <id>yt:channel:{short}</id>\n <yt:channelId>{short}</yt:channelId>\n <title>{name}</title>\n{entries}</feed>\n",
        short = channel.get(2..).unwrap_or_default(),
        name = person.account,
        entries = entries.collect::<String>(),
    );
    (StatusCode::OK, XML, body)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn no_feed() -> Words {
    (StatusCode::NOT_FOUND, HTML, "<html><title>Error 404 (Not Found)!!1</title></html>".to_owned())
}

fn channel(person: &Person) -> Value {
    let id = channel_id(person);
    json!({
        "kind": "youtube#channel",
        "contentDetails": { "relatedPlaylists": { "uploads": id.replacen("UC", "UU", 1) } },
        "id": id,
    })
}

fn upload(video: &Video) -> Value {
    json!({
        "kind": "youtube#playlistItem",
        "contentDetails": { "videoId": video.id, "videoPublishedAt": rfc3339(video.published) },
    })
}

fn details(video: &Video, at: Timestamp) -> Value {
    let live = video.session.map(|session| {
        let mut live = json!({ "scheduledStartTime": rfc3339(session.start) });
        if session.start <= at {
            live["actualStartTime"] = json!(rfc3339(session.start));
        }
        if session.end <= at {
            live["actualEndTime"] = json!(rfc3339(session.end));
        }
        if session.covers(at) {
            live["concurrentViewers"] = json!(video.viewers.to_string());
        }
        live
    });
    let content = match video.session {
        Some(session) if session.covers(at) => "live",
        Some(session) if at < session.start => "upcoming",
        Some(_) | None => "none",
    };
    let mut item = json!({
        "kind": "youtube#video",
        "id": video.id,
        "snippet": {
            "channelId": video.channel,
            "title": video.title,
            "description": "a long description, which nobody asked for",
            "liveBroadcastContent": content,
        },
    });
    if let Some(live) = live {
        item["liveStreamingDetails"] = live;
    }
    item
}

fn list(kind: &str, items: Vec<Value>) -> Words {
    let body = json!({
        "kind": kind,
        "pageInfo": { "totalResults": items.len(), "resultsPerPage": items.len() },
        "items": items,
    });
    (StatusCode::OK, JSON, body.to_string())
}

fn refusal(status: StatusCode, reason: &str, message: &str) -> Words {
    let error = json!({ "message": message, "domain": "youtube", "reason": reason });
    let body = json!({
        "error": { "code": status.as_u16(), "message": message, "errors": [error] },
    });
    (status, JSON, body.to_string())
}

#[cfg(test)]
#[path = "youtube_tests.rs"]
mod tests;
