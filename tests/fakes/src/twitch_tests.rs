use almanac_wire::Span;

use super::*;
use crate::keys::headers;
use crate::site::{Question, Site};
use crate::trace::{Session, Trace};

const START: Timestamp = Timestamp::from_s(1_780_336_800);

fn world() -> World {
    let session = Session { start: START, end: START + Span::HOUR };
    World::new(Site::Twitch, &Trace::from_iter([("mira".to_owned(), vec![session])]))
}

fn said(uri: &str, at: Timestamp, bend: Option<Kind>) -> (u16, Value) {
    let uri = uri.parse().unwrap();
    let question = Question::read_with(Site::Twitch, &Method::GET, &uri, &headers(at), "");
    let reply = question.reply(&world(), at, bend);
    (reply.status.as_u16(), serde_json::from_str(&reply.body).unwrap())
}

#[test]
fn only_those_who_are_live_are_listed() {
    let uri = "/helix/streams?user_login=mira&user_login=tomo&first=100";
    let (status, live) = said(uri, START + Span::MINUTE, None);
    assert_eq!(status, 200);
    insta::assert_json_snapshot!("twitch_streams", live);
    assert_eq!(said(uri, START + Span::HOUR, None).1["data"], json!([]));
    assert_eq!(said(uri, START, Some(Kind::NotFoundWave)).1["data"], json!([]));
    insta::assert_json_snapshot!(
        "twitch_users",
        said("/helix/users?login=mira&login=tomo", START, None).1
    );
    let id = number(world().people().next().unwrap());
    let videos = said(&format!("/helix/videos?user_id={id}"), START + Span::HOUR * 2, None).1;
    insta::assert_json_snapshot!("twitch_videos", videos);
}

#[test]
fn one_illegal_login_spoils_the_batch() {
    let (status, words) = said("/helix/streams?user_login=mira&user_login=_x", START, None);
    assert_eq!((status, &words["message"]), (400, &json!("Malformed query params.")));
    let many = format!("/helix/streams?user_login=a{}", "&user_login=a".repeat(100));
    assert_eq!(said(&many, START, None).0, 400);
}

#[test]
fn nobody_is_told_anything_without_a_token() {
    let uri: Uri = "/helix/streams?user_login=mira".parse().unwrap();
    let asked = |headers: &HeaderMap, at| {
        let question = Question::read_with(Site::Twitch, &Method::GET, &uri, headers, "");
        question.reply(&world(), at, None).status.as_u16()
    };
    assert_eq!(asked(&HeaderMap::new(), START), 401);
    assert_eq!(asked(&headers(START), START), 200);
    assert_eq!(asked(&headers(START), START + Span::DAY), 401, "too old");
    let form = format!("client_id={CLIENT_ID}&client_secret=wrong&grant_type=client_credentials");
    let token = |form: &str| {
        let uri = "/oauth2/token".parse().unwrap();
        let question =
            Question::read_with(Site::Twitch, &Method::POST, &uri, &HeaderMap::new(), form);
        question.reply(&world(), START, None).status.as_u16()
    };
    assert_eq!(token(&form), 403);
    assert_eq!(token(&form.replace("wrong", crate::keys::CLIENT_SECRET)), 200);
    assert_eq!(token(""), 400);
}
