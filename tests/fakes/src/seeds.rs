//! What the fakes say, as seeds for the fuzzer of those who read it.
//!
//! A seed is an answer as text: a status, header fields and the accounts asked about, each on a
//! line of its own, then an empty line and the body.

use almanac_wire::{Span, Timestamp};
use axum::http::Method;

use crate::faults::Kind;
use crate::site::{Question, Site};
use crate::trace::Trace;
use crate::world::{Person, World};
use crate::youtube::channel_id;
use crate::{keys, kick, twitch, youtube};

/// A beginning for the fuzzer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The fuzz target that it is for.
    pub door: &'static str,
    /// Its name among that target's seeds.
    pub name: String,
    /// What the target reads.
    pub input: Vec<u8>,
}

/// 2026-06-01 00:00:00 UTC.
const FROM: Timestamp = Timestamp::from_s(1_780_272_000);

/// What all sites' refusals have in common.
const REFUSALS: &[(&str, &str)] = &[
    ("empty", "200\n\n"),
    ("page", "200\n\n<!DOCTYPE html><title>Please wait...</title>"),
    ("forbidden", "403\nretry-after: 3600\n\n"),
    (
        "limited",
        "429\nretry-after: Mon, 01 Jun 2026 12:05:00 GMT\nx-ratelimit-reset: 1780315300\n\n{}",
    ),
    ("failed", "503\nratelimit-reset: 1.5\n\n"),
    ("moved", "302\nlocation: https://example.com/\n\n"),
    ("cut", "200\ncut off\n\n{\"a\":"),
];

/// What is said of tokens.
const TOKENS: &[(&str, &str)] = &[
    ("token", "200\n\n{\"access_token\":\"abc\",\"expires_in\":5011271,\"token_type\":\"bearer\"}"),
    ("stranger", "400\n\n{\"status\":400,\"message\":\"invalid client\"}"),
    ("secret", "403\n\n{\"status\":403,\"message\":\"invalid client secret\"}"),
];

/// Answers that are bent in the site's own words.
const BENDS: [Option<Kind>; 5] = [
    None,
    Some(Kind::NotFoundWave),
    Some(Kind::Machine),
    Some(Kind::Restricted),
    Some(Kind::Unauthorized),
];

fn written(door: &'static str, inputs: &[(&str, &str)]) -> Vec<Seed> {
    let seed = |(name, input): &(&str, &str)| Seed {
        door,
        name: (*name).to_owned(),
        input: input.as_bytes().to_vec(),
    };
    inputs.iter().map(seed).collect()
}

/// Seeds for every target.
#[must_use]
pub fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Site::ALL.into_iter().flat_map(of_site).collect();
    seeds.extend([TOKENS, REFUSALS].into_iter().flat_map(|inputs| written("token", inputs)));
    for (door, inputs) in [("custom_settings", SECTIONS), ("custom_template", TEMPLATES)] {
        seeds.extend(inputs.iter().enumerate().map(|(nth, input)| Seed {
            door,
            name: nth.to_string(),
            input: input.as_bytes().to_vec(),
        }));
    }
    seeds
}

/// Somebody before, in and after a broadcast, by all of the site's own words, and the refusals that
/// all sites share.
fn of_site(site: Site) -> Vec<Seed> {
    let world = World::new(site, &Trace::generate(3, 10, 1, FROM));
    let mut seeds: Vec<Seed> = Vec::new();
    for door in doors(site) {
        seeds.extend(written(door, REFUSALS));
    }
    for person in world.people() {
        let Some(first) = person.broadcasts.first().map(|broadcast| broadcast.session) else {
            continue;
        };
        let moments = [first.start - Span::HOUR, first.start + Span::MINUTE, first.end];
        for (moment, at) in ["before", "in", "after"].into_iter().zip(moments) {
            for (nth, (door, question)) in questions(site, person, at).iter().enumerate() {
                for bend in BENDS {
                    if bend.is_some_and(|kind| !question.hears(kind)) {
                        continue;
                    }
                    let reply = question.reply(&world, at, bend);
                    let bent = bend.map(|kind| format!("-{kind}")).unwrap_or_default();
                    let youtube = site == Site::Youtube;
                    let asked = if youtube { channel_id(person) } else { person.handle.clone() };
                    let input =
                        format!("{}\nasked: {asked}\n\n{}", reply.status.as_u16(), reply.body);
                    let name = format!("{}-{moment}-{nth}{bent}", person.account);
                    seeds.push(Seed { door, name, input: input.into_bytes() });
                }
            }
        }
    }
    seeds
}

/// The doors of a site's answers.
const fn doors(site: Site) -> &'static [&'static str] {
    match site {
        Site::Tiktok => &["tiktok"],
        Site::Bilibili => &["bilibili"],
        Site::Chzzk => &["chzzk"],
        Site::Soop => &["soop"],
        Site::Plain => &["custom"],
        Site::Twitch => &["twitch"],
        Site::Kick => &["kick"],
        Site::Youtube => &["youtube", "youtube_feed"],
        Site::Euler => &["euler"],
    }
}

/// The door of each question that is put to a site about somebody.
fn questions(site: Site, person: &Person, at: Timestamp) -> Vec<(&'static str, Question)> {
    let handle = &person.handle;
    let channel = channel_id(person);
    let asked: &[(&str, String)] = &match site {
        Site::Tiktok => {
            vec![(
                "tiktok",
                format!("/api-live/user/room/?aid=1988&sourceType=54&uniqueId={handle}"),
            )]
        }
        Site::Bilibili => vec![(
            "bilibili",
            format!("/room/v1/Room/get_status_info_by_uids?uids[]={handle}&uids[]=1"),
        )],
        Site::Chzzk => vec![("chzzk", format!("/service/v2/channels/{handle}/live-detail"))],
        Site::Soop => vec![("soop", format!("/api/{handle}/station"))],
        Site::Plain => vec![("custom", format!("/status/{handle}"))],
        Site::Twitch => vec![
            ("twitch", format!("/helix/streams?user_login={handle}")),
            ("twitch", format!("/helix/users?login={handle}")),
            ("twitch", format!("/helix/videos?user_id={}", twitch::number(person))),
        ],
        Site::Kick => vec![
            ("kick", format!("/public/v1/users/livestreams?user_id={}", kick::user(person))),
            ("kick", format!("/public/v1/channels?slug={handle}")),
        ],
        Site::Youtube => vec![
            ("youtube_feed", format!("/feeds/videos.xml?channel_id={channel}")),
            ("youtube", format!("/youtube/v3/channels?forHandle={handle}")),
            (
                "youtube",
                format!(
                    "/youtube/v3/playlistItems?playlistId=UU{}",
                    channel.get(2..).unwrap_or_default()
                ),
            ),
            ("youtube", format!("/youtube/v3/videos?id={}", youtube::latest(person, at))),
        ],
        Site::Euler => vec![("euler", format!("/webcast/room_info?uniqueId={handle}"))],
    };
    let headers = keys::headers(at);
    let question = |uri: &str| {
        uri.parse().map_or(Question::Elsewhere, |uri| {
            Question::read_with(site, &Method::GET, &uri, &headers, "")
        })
    };
    asked.iter().map(|(door, uri)| (*door, question(uri))).collect()
}

const SECTIONS: &[&str] = &[
    "url = \"https://example.com/{account}\"\nlive_at = \"/live\"\n",
    "url = \"https://example.com/?a={account}\"\nlive_at = \"/s/0\"\nlive_is = [1, \"on\"]\noffline_is = 0\n\
     missing_is = \"offline\"\nstatus_404 = \"unknown\"\nstart_zone = \"-03:30\"\n[headers]\nA = { env = \"B\", prefix = \"C \" }\nD = \"e\"\n",
    "url = \"http://[::1]:8/{account}\"\nlive_at = \"\"\n\
     live_if_present = true\nmust_have = [\"/a~1b\"]\nended_at = \"/c~0d\"\ntells_last = true\n",
    "url = \"https://{account}/\"\nlive_at = \"x\"\n",
];

const TEMPLATES: &[&str] = &[
    "https://example.com/a/{account}/b?c=d\nmira",
    "https://example.com/a/{account}/b\n..",
    "http://[::1]:8080/?u={account}&v={account}\na b&c=d#e",
    "https://{account}.example.com/\nevil.example",
    "https://me:secret@example.com/{account}#x\n%2e%2e",
];
