//! Chzzk's details of a channel.
//!
//! The facts are those of the project's fact sheet and of replies that people published; nothing
//! here was tried on Chzzk itself.

use almanac_wire::Timestamp;
use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::site::{JSON, Subject, Words, in_korea};
use crate::world::{Broadcast, Person};

pub(crate) fn names(method: &Method, uri: &Uri) -> Option<Vec<String>> {
    let channel = uri.path().strip_prefix("/service/v2/channels/")?.strip_suffix("/live-detail")?;
    (method == Method::GET && !channel.contains('/'))
        .then(|| Some(channel.to_owned()).filter(|c| !c.is_empty()).into_iter().collect())
}

/// An unknown channel and one that was never live look the same.
pub(crate) fn words(subject: Option<&Subject<'_>>, at: Timestamp) -> Words {
    let content = subject.and_then(|subject| {
        Some(content(subject.person?, subject.broadcast?, subject.on_air(at).is_some(), at))
    });
    let body = json!({ "code": 200, "message": null, "content": content });
    (StatusCode::OK, JSON, body.to_string())
}

/// All of the last broadcast stays after its end, the count of viewers too.
fn content(person: &Person, broadcast: &Broadcast, open: bool, at: Timestamp) -> Value {
    let end = broadcast.session.end;
    let state = if open { "STARTED" } else { "ENDED" };
    let media =
        json!([{ "mediaId": "HLS", "protocol": "HLS", "path": "https://media.example/x.m3u8" }]);
    let media = if open { media } else { json!([]) };
    json!({
        "liveId": broadcast.room_id.get(..8).and_then(|id| id.parse::<u64>().ok()),
        "liveTitle": broadcast.title,
        "status": if open { "OPEN" } else { "CLOSE" },
        "concurrentUserCount": broadcast.viewers(at.min(end)),
        "accumulateCount": 0,
        "openDate": in_korea(broadcast.session.start),
        "closeDate": (!open).then(|| in_korea(end)),
        "adult": false,
        "tags": [],
        "liveCategory": "talk",
        "liveCategoryValue": "talk",
        "timeMachineActive": false,
        "channel": { "channelId": person.handle, "channelName": person.account },
        "livePlaybackJson": json!({ "live": { "status": state }, "media": media }).to_string(),
    })
}

pub(crate) fn machine() -> Words {
    let body = json!({ "code": 9004, "message": "서비스 이용이 제한되었습니다.", "content": null });
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

    #[test]
    fn a_channel_is_open_closed_or_nothing() {
        let session = Session { start: START, end: START + Span::HOUR };
        let world =
            World::new(Site::Chzzk, &Trace::from_iter([("mira".to_owned(), vec![session])]));
        let channel = world.people().next().unwrap().handle.clone();
        let said = |channel: &str, at| -> Value {
            let uri = format!("/service/v2/channels/{channel}/live-detail").parse().unwrap();
            let question = Question::read(Site::Chzzk, &Method::GET, &uri, "");
            serde_json::from_str(&question.reply(&world, at, None).body).unwrap()
        };
        assert_eq!(channel.len(), 32);
        insta::assert_json_snapshot!("chzzk_open", said(&channel, START + Span::MINUTE));
        insta::assert_json_snapshot!("chzzk_close", said(&channel, START + Span::HOUR));
        assert_eq!(said(&channel, START - Span::SECOND)["content"], Value::Null);
        assert_eq!(said("f00", START)["content"], Value::Null);
    }
}
