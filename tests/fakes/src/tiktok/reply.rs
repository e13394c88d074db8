//! Answers.

use almanac_wire::Timestamp;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Ask;
use crate::faults::Kind;
use crate::journal::{Answer, Told};
use crate::site::{HTML, JSON, Reply, TEXT};
use crate::world::{Air, Broadcast, Person, World};

/// `statusCode` of the main route.
const USER_NOT_FOUND: u32 = 19_881_007;
const PARAMS_ERROR: u32 = 10_101;
/// Said of restricted broadcasts, and to those whom TikTok mistrusts.
const RESTRICTED: u32 = 4_003_110;
/// What the webcast routes say of rooms and users they do not know. Nobody wrote it down: made up.
const NO_SUCH_ROOM: u32 = 30_003;

/// The true answer at a moment, bent by those faults that are said in TikTok's own words.
pub(crate) fn reply(world: &World, ask: &Ask, at: Timestamp, bend: Option<Kind>) -> Reply {
    let account = ask.account().map(str::to_owned);
    let subject = match ask {
        Ask::Room(id) => world.room(id, at),
        _ => ask.account().and_then(|account| latest(world, account, at)),
    };
    let answer = match (ask, subject) {
        (Ask::Alive(_), _) => Answer::Batch,
        (Ask::UserRoomMalformed | Ask::WebcastMalformed | Ask::Elsewhere, _) => Answer::Refused,
        (_, None) => Answer::NotFound,
        (_, Some((_, broadcast))) if broadcast.air(at) == Air::Ended => Answer::Offline,
        (_, Some(_)) => Answer::Live,
    };
    let told = Told {
        truth_at: at,
        account,
        answer: bend.map_or(answer, Answer::Fault),
        room_id: subject.map(|(_, broadcast)| broadcast.room_id.clone()),
        started_at: subject.map(|(_, broadcast)| broadcast.session.start),
    };
    let shown = subject.filter(|_| bend != Some(Kind::NotFoundWave));
    let restricted = bend == Some(Kind::Restricted);
    let (status, content_type, body) = match ask {
        Ask::UserRoom(_) if restricted => {
            (StatusCode::OK, JSON, restricted_user_room().to_string())
        }
        Ask::UserRoom(_) => (StatusCode::OK, JSON, user_room(shown, at).to_string()),
        Ask::UserRoomMalformed => (StatusCode::OK, JSON, params_error().to_string()),
        Ask::Alive(ids) => {
            let lies = bend == Some(Kind::AliveLies);
            (StatusCode::OK, JSON, alive(world, ids, at, lies).to_string())
        }
        Ask::Room(_) | Ask::RoomOfUser(_) if restricted => {
            (StatusCode::OK, JSON, webcast(&json!({ "prompts": "" }), RESTRICTED, at).to_string())
        }
        Ask::Room(_) | Ask::RoomOfUser(_) => {
            (StatusCode::OK, JSON, room_info(shown, at).to_string())
        }
        Ask::LivePage(_) => (StatusCode::OK, HTML, live_page(shown, at)),
        Ask::WebcastMalformed => (StatusCode::BAD_REQUEST, TEXT, "Bad Request".to_owned()),
        Ask::Elsewhere => (StatusCode::NOT_FOUND, TEXT, "Not Found".to_owned()),
    };
    Reply { status, content_type, body, told }
}

/// Somebody and the broadcast to show of them.
type Subject<'w> = Option<(&'w Person, &'w Broadcast)>;

fn latest<'w>(world: &'w World, account: &str, at: Timestamp) -> Subject<'w> {
    let person = world.person(account)?;
    Some((person, person.latest(at)?))
}

/// `status` on every route.
const fn code(air: Air) -> u32 {
    match air {
        Air::Live => 2,
        Air::Paused => 3,
        Air::Ended => 4,
    }
}

fn unix_s(moment: Timestamp) -> i64 {
    moment.ms().div_euclid(1000)
}

/// Never on air and no such account look the same.
fn user_room(shown: Subject<'_>, at: Timestamp) -> Value {
    match shown {
        Some((person, broadcast)) => {
            json!({ "data": user_info(person, broadcast, at), "message": "", "statusCode": 0 })
        }
        None => json!({ "data": {}, "message": "user_not_found", "statusCode": USER_NOT_FOUND }),
    }
}

fn params_error() -> Value {
    json!({ "data": {}, "message": "params_error", "statusCode": PARAMS_ERROR })
}

/// The code was seen on the webcast routes; here it is put into this route's envelope.
fn restricted_user_room() -> Value {
    json!({ "data": { "prompts": "" }, "message": "", "statusCode": RESTRICTED })
}

/// What the main route and the page both hold. After the end all of the last broadcast stays.
fn user_info(person: &Person, broadcast: &Broadcast, at: Timestamp) -> Value {
    let status = code(broadcast.air(at));
    json!({
        "user": {
            "id": person.user_id,
            "uniqueId": person.account,
            "nickname": nickname(person),
            "secUid": sec_uid(person),
            "secret": false,
            "roomId": broadcast.room_id,
            "status": status,
        },
        "stats": { "followerCount": 1000, "followingCount": 12 },
        "liveRoom": {
            "status": status,
            "title": broadcast.title,
            "startTime": unix_s(broadcast.session.start),
            "streamId": stream_id(broadcast),
            "liveRoomMode": 0,
            "liveSubOnly": 0,
            "paidEvent": { "event_id": 0, "paid_type": 0 },
            "liveRoomStats": {
                "userCount": broadcast.viewers(at),
                "enterCount": broadcast.entered(at),
            },
        },
    })
}

fn nickname(person: &Person) -> String {
    let mut letters = person.account.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn sec_uid(person: &Person) -> String {
    format!("MS4wLjABAAAA{}", person.user_id)
}

/// Another identifier than the room's, as long.
fn stream_id(broadcast: &Broadcast) -> String {
    broadcast.room_id.replacen('7', "8", 1)
}

/// Rooms that never were are left out.
fn alive(world: &World, ids: &[String], at: Timestamp, lies: bool) -> Value {
    let rows: Vec<_> = ids
        .iter()
        .filter_map(|id| {
            let truth = world.room(id, at).map(|(_, broadcast)| broadcast.air(at) != Air::Ended);
            let alive = if lies { true } else { truth? };
            let number = id.parse::<u64>().unwrap_or_default();
            Some(json!({ "alive": alive, "room_id": number, "room_id_str": id }))
        })
        .collect();
    webcast(&Value::Array(rows), 0, at)
}

fn room_info(shown: Subject<'_>, at: Timestamp) -> Value {
    let Some((person, broadcast)) = shown else {
        return webcast(&json!({}), NO_SUCH_ROOM, at);
    };
    let start_s = unix_s(broadcast.session.start);
    let data = json!({
        "id": broadcast.room_id.parse::<u64>().unwrap_or_default(),
        "id_str": broadcast.room_id,
        "status": code(broadcast.air(at)),
        "title": broadcast.title,
        "create_time": start_s,
        "start_time": start_s,
        "user_count": broadcast.viewers(at),
        "like_count": broadcast.entered(at) * 3,
        "stats": { "total_user": broadcast.entered(at), "gift_uv_count": 0, "fan_ticket": 0 },
        "age_restricted": { "restricted": false },
        "owner": {
            "id_str": person.user_id,
            "display_id": person.account,
            "nickname": nickname(person),
            "sec_uid": sec_uid(person),
        },
    });
    webcast(&data, 0, at)
}

fn webcast(data: &Value, status_code: u32, at: Timestamp) -> Value {
    json!({ "data": data, "extra": { "now": at.ms() }, "status_code": status_code })
}

/// Without `LiveRoom` for those never on air. A title cannot close the script it stands in.
fn live_page(shown: Subject<'_>, at: Timestamp) -> String {
    let mut state = json!({ "AppContext": { "appContext": { "appId": 1988 } } });
    if let Some((person, broadcast)) = shown {
        state["LiveRoom"] = json!({ "liveRoomUserInfo": user_info(person, broadcast, at) });
    }
    let state = state.to_string().replace("</", "<\\/");
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>TikTok LIVE</title></head>\
         <body><div id=\"app\"></div>\
         <script id=\"SIGI_STATE\" type=\"application/json\">{state}</script></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use almanac_wire::Span;

    use super::*;
    use crate::site::Site;
    use crate::trace::{Session, Trace};

    const START: Timestamp = Timestamp::from_s(1_780_336_800);

    /// Three broadcasts of an hour, a day apart: the third has a pause.
    fn world() -> World {
        let session = |day: i64| {
            let start = START + Span::DAY * day;
            Session { start, end: start + Span::HOUR }
        };
        World::new(
            Site::Tiktok,
            &Trace::from_iter([("mira".to_owned(), (0..3).map(session).collect())]),
        )
    }

    fn said(ask: &Ask, at: Timestamp) -> Value {
        serde_json::from_str(&reply(&world(), ask, at, None).body).unwrap()
    }

    fn of_mira(at: Timestamp) -> Value {
        said(&Ask::UserRoom("mira".to_owned()), at)
    }

    #[test]
    fn the_main_route_tells_every_state() {
        let third = START + Span::DAY * 2;
        insta::assert_json_snapshot!("user_room_live", of_mira(START + Span::MINUTE * 30));
        insta::assert_json_snapshot!("user_room_paused", of_mira(third + Span::MINUTE * 20));
        insta::assert_json_snapshot!("user_room_ended", of_mira(START + Span::HOUR));
        insta::assert_json_snapshot!("user_room_not_found", of_mira(START - Span::from_ms(1)));
        insta::assert_json_snapshot!(
            "user_room_params_error",
            said(&Ask::UserRoomMalformed, START)
        );
        assert_eq!(said(&Ask::UserRoom("Mira".to_owned()), START)["message"], "user_not_found");
    }

    #[test]
    fn the_webcast_routes_tell_of_rooms() {
        let now = START + Span::DAY + Span::MINUTE;
        let ids: Vec<_> =
            world().people().flat_map(|p| &p.broadcasts).map(|b| b.room_id.clone()).collect();
        let batch = [ids.clone(), vec!["123".to_owned()]].concat();
        insta::assert_json_snapshot!("check_alive", said(&Ask::Alive(batch.clone()), now));
        let lie = reply(&world(), &Ask::Alive(batch), now, Some(Kind::AliveLies)).body;
        assert_eq!(lie.matches("\"alive\":true").count(), 4, "{lie}");
        insta::assert_json_snapshot!(
            "room_info_live",
            said(&Ask::RoomOfUser("mira".to_owned()), now)
        );
        assert_eq!(said(&Ask::Room(ids[0].clone()), now)["data"]["status"], 4);
        assert_eq!(said(&Ask::Room(ids[1].clone()), now)["data"]["status"], 2);
        assert_eq!(said(&Ask::Room(ids[2].clone()), now)["data"], json!({}), "not begun yet");
    }

    #[test]
    fn the_page_holds_the_same_and_no_title_breaks_out_of_it() {
        let world = World::new(Site::Tiktok, &Trace::generate(1, 60, 1, START));
        let mut hostile = 0;
        for broadcast in world.people().flat_map(|person| &person.broadcasts) {
            let ask = Ask::LivePage("gen_aster".to_owned());
            let page = reply(&world, &ask, broadcast.session.start, None).body;
            assert_eq!(page.matches("</script>").count(), 1);
            let state = page.split_once("json\">").unwrap().1.split_once("</script>").unwrap().0;
            let state: Value = serde_json::from_str(state).unwrap();
            let info = &state["LiveRoom"]["liveRoomUserInfo"];
            assert_eq!(info["liveRoom"]["title"], broadcast.title);
            assert_eq!(info["user"]["roomId"], broadcast.room_id);
            hostile += usize::from(broadcast.title.starts_with('<'));
        }
        assert!(hostile > 0, "the test needs a hostile title");
        let nobody = reply(&world, &Ask::LivePage("nobody".to_owned()), START, None).body;
        assert!(nobody.contains("SIGI_STATE") && !nobody.contains("LiveRoom"));
    }

    #[test]
    fn the_record_keeps_the_truth_also_of_a_bent_answer() {
        let ask = Ask::UserRoom("mira".to_owned());
        let wave = reply(&world(), &ask, START, Some(Kind::NotFoundWave));
        assert!(wave.body.contains("user_not_found"));
        assert_eq!(wave.told.answer, Answer::Fault(Kind::NotFoundWave));
        assert_eq!(wave.told.started_at, Some(START));
        let restricted = reply(&world(), &ask, START, Some(Kind::Restricted));
        assert!(restricted.body.contains("4003110") && !restricted.body.contains("liveRoom"));
        assert_eq!(reply(&world(), &ask, START, None).told.answer, Answer::Live);
        assert_eq!(reply(&world(), &ask, START + Span::HOUR, None).told.answer, Answer::Offline);
    }
}
