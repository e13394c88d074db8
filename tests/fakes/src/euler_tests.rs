use almanac_wire::Span;

use super::*;
use crate::keys::headers;
use crate::site::{Question, Site};
use crate::trace::{Session, Trace};

const START: Timestamp = Timestamp::from_s(1_780_336_800);

#[test]
fn a_room_is_live_or_over_or_unknown() {
    let session = Session { start: START, end: START + Span::HOUR };
    let world = World::new(Site::Euler, &Trace::from_iter([("mira".to_owned(), vec![session])]));
    let said = |uri: &str, at, headers: &HeaderMap| {
        let uri = uri.parse().unwrap();
        let reply = Question::read_with(Site::Euler, &Method::GET, &uri, headers, "")
            .reply(&world, at, None);
        (reply.status.as_u16(), serde_json::from_str::<Value>(&reply.body).unwrap())
    };
    let mira = "/webcast/room_info?uniqueId=mira";
    insta::assert_json_snapshot!("euler_live", said(mira, START + Span::MINUTE, &headers(START)).1);
    let over = said(mira, START + Span::HOUR, &headers(START)).1;
    assert_eq!(over["data"]["room_info"]["is_live"], false);
    assert_eq!(said(mira, START - Span::HOUR, &headers(START)).0, 404, "never live");
    assert_eq!(said("/webcast/room_info?uniqueId=tomo", START, &headers(START)).0, 404);
    assert_eq!(said(mira, START, &HeaderMap::new()).0, 401);
}
