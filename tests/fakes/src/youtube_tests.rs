use almanac_wire::Span;

use super::*;
use crate::keys::headers;
use crate::site::{Question, Site};
use crate::trace::{Session, Trace};

const START: Timestamp = Timestamp::from_s(1_780_336_800);

fn world() -> World {
    let day = |nth: i64| {
        let start = START + Span::DAY * nth;
        Session { start, end: start + Span::HOUR * 2 }
    };
    World::new(Site::Youtube, &Trace::from_iter([("mira".to_owned(), vec![day(0), day(1)])]))
}

fn said(uri: &str, at: Timestamp, bend: Option<Kind>) -> (u16, String) {
    let uri = uri.parse().unwrap();
    let question = Question::read_with(Site::Youtube, &Method::GET, &uri, &headers(at), "");
    let reply = question.reply(&world(), at, bend);
    (reply.status.as_u16(), reply.body)
}

fn json_of(uri: &str, at: Timestamp) -> Value {
    serde_json::from_str(&said(uri, at, None).1).unwrap()
}

#[test]
fn a_handle_leads_to_a_channel_a_channel_to_videos_and_these_are_live_or_not() {
    let at = START + Span::DAY + Span::HOUR;
    let channels = json_of("/youtube/v3/channels?forHandle=@mira", at);
    let id = channels["items"][0]["id"].as_str().unwrap();
    assert_eq!(id, channel_id(world().people().next().unwrap()));
    let (status, feed) = said(&format!("/feeds/videos.xml?channel_id={id}"), at, None);
    assert_eq!((status, feed.matches("<yt:videoId>").count()), (200, 4));
    insta::assert_snapshot!("youtube_feed", feed);
    let list =
        json_of(&format!("/youtube/v3/playlistItems?playlistId=UU{}&maxResults=50", &id[2..]), at);
    let ids: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["contentDetails"]["videoId"].as_str().unwrap())
        .collect();
    assert!(ids.iter().all(|id| feed.contains(id)), "both name the same");
    insta::assert_json_snapshot!(
        "youtube_videos",
        json_of(&format!("/youtube/v3/videos?id={},gone", ids.join(",")), at)
    );
}

#[test]
fn what_is_planned_is_announced() {
    let at = START - Span::HOUR;
    let id = latest(world().people().next().unwrap(), at);
    let planned = json_of(&format!("/youtube/v3/videos?id={id}"), at);
    assert_eq!(planned["items"][0]["snippet"]["liveBroadcastContent"], "upcoming");
}

#[test]
fn feeds_fail_and_quotas_end() {
    let id = channel_id(world().people().next().unwrap());
    let feed = format!("/feeds/videos.xml?channel_id={id}");
    assert_eq!(said(&feed, START, Some(Kind::NotFoundWave)).0, 404);
    assert_eq!(said("/feeds/videos.xml?channel_id=UCx", START, None).0, 404, "both look the same");
    let (status, words) = said("/youtube/v3/videos?id=x", START, Some(Kind::Machine));
    assert!(status == 403 && words.contains("quotaExceeded"));
    let gone = said("/youtube/v3/playlistItems?playlistId=UUx", START, None);
    assert!(gone.0 == 404 && gone.1.contains("playlistNotFound"));
}
