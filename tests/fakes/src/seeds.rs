//! What the fakes say, as seeds for the fuzzer of those who read it.
//!
//! A seed is an answer as text: a status, header fields and the accounts asked about, each on a
//! line of its own, then an empty line and the body.

use almanac_wire::{Span, Timestamp};
use axum::http::Method;

use crate::faults::Kind;
use crate::site::{Question, Site};
use crate::trace::Trace;
use crate::world::World;

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

/// Seeds for every target.
#[must_use]
pub fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Site::ALL.into_iter().flat_map(of_site).collect();
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
    let door = door(site);
    let mut seeds: Vec<Seed> = [
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
    ]
    .into_iter()
    .map(|(name, input)| Seed { door, name: name.to_owned(), input: input.as_bytes().to_vec() })
    .collect();
    for person in world.people() {
        let Some(first) = person.broadcasts.first().map(|broadcast| broadcast.session) else {
            continue;
        };
        let moments = [first.start - Span::HOUR, first.start + Span::MINUTE, first.end];
        for (moment, at) in ["before", "in", "after"].into_iter().zip(moments) {
            for bend in
                [None, Some(Kind::NotFoundWave), Some(Kind::Machine), Some(Kind::Restricted)]
            {
                let question = question(site, &person.handle);
                if bend.is_some_and(|kind| !question.hears(kind)) {
                    continue;
                }
                let reply = question.reply(&world, at, bend);
                let bent = bend.map(|kind| format!("-{kind}")).unwrap_or_default();
                let input = format!(
                    "{}\nasked: {}\n\n{}",
                    reply.status.as_u16(),
                    person.handle,
                    reply.body
                );
                let name = format!("{}-{moment}{bent}", person.account);
                seeds.push(Seed { door, name, input: input.into_bytes() });
            }
        }
    }
    seeds
}

const fn door(site: Site) -> &'static str {
    match site {
        Site::Tiktok => "tiktok",
        Site::Bilibili => "bilibili",
        Site::Chzzk => "chzzk",
        Site::Soop => "soop",
        Site::Plain => "custom",
    }
}

fn question(site: Site, handle: &str) -> Question {
    let uri = match site {
        Site::Tiktok => {
            format!("/api-live/user/room/?aid=1988&sourceType=54&uniqueId={handle}")
        }
        Site::Bilibili => {
            format!("/room/v1/Room/get_status_info_by_uids?uids[]={handle}&uids[]=1")
        }
        Site::Chzzk => format!("/service/v2/channels/{handle}/live-detail"),
        Site::Soop => format!("/api/{handle}/station"),
        Site::Plain => format!("/status/{handle}"),
    };
    uri.parse().map_or(Question::Elsewhere, |uri| Question::read(site, &Method::GET, &uri, ""))
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
