use almanac_wire::Span;

use super::*;
use crate::keys::headers;
use crate::site::{Question, Site};
use crate::trace::Session;

const START: Timestamp = Timestamp::from_s(1_780_336_800);

fn world(many: usize) -> World {
    let session = Session { start: START, end: START + Span::HOUR };
    let person = |nth| (format!("mira{nth}"), vec![session]);
    World::new(Site::Kick, &(0..many).map(person).collect())
}

fn said(world: &World, uri: &str, at: Timestamp) -> Value {
    let uri = uri.parse().unwrap();
    let question = Question::read_with(Site::Kick, &Method::GET, &uri, &headers(at), "");
    serde_json::from_str(&question.reply(world, at, None).body).unwrap()
}

#[test]
fn only_those_who_are_live_are_listed() {
    let world = world(1);
    let uri = format!(
        "/public/v1/users/livestreams?user_id={}&user_id=5",
        user(world.people().next().unwrap())
    );
    insta::assert_json_snapshot!("kick_live", said(&world, &uri, START + Span::MINUTE));
    assert_eq!(said(&world, &uri, START + Span::HOUR)["data"], json!([]));
    let channels = said(&world, "/public/v1/channels?slug=mira0&slug=nobody", START + Span::HOUR);
    insta::assert_json_snapshot!("kick_channels_offline", channels);
}

#[test]
fn so_many_slugs_show_half_of_the_live_as_offline() {
    let world = world(40);
    let query: String = world.people().map(|person| format!("&slug={}", person.handle)).collect();
    let all = said(&world, &format!("/public/v1/channels?{query}"), START);
    let live = |row: &&Value| row["stream"]["is_live"] == true;
    let live = all["data"].as_array().unwrap().iter().filter(live).count();
    assert!((10..30).contains(&live), "{live} of 40");
    let few = said(&world, "/public/v1/channels?slug=mira1&slug=mira2&slug=mira3", START);
    assert!(few["data"].as_array().unwrap().iter().all(|row| row["stream"]["is_live"] == true));
}
