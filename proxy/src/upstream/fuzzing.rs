//! The readers, one call each, for the fuzzer.

use std::sync::LazyLock;

use almanac_wire::{Outcome, Timestamp};

use super::custom::{CustomPlan, CustomSettings, Rules, Template};
use super::reading::Reply;
use super::{bilibili, chzzk, custom, euler, kick, soop, tiktok, tokens, twitch, youtube};
use crate::history::History;

pub(crate) fn tiktok(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    tiktok::read_reply(reply, now)
}

pub(crate) fn bilibili(reply: &Reply<'_>, uids: &[&str], now: Timestamp) -> Vec<Outcome> {
    bilibili::read_reply(reply, uids, now)
}

pub(crate) fn chzzk(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    chzzk::read_reply(reply, now)
}

pub(crate) fn soop(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    soop::read_reply(reply, now)
}

/// What an answer of Twitch's says, whatever it was asked.
pub(crate) fn twitch(reply: &Reply<'_>, now: Timestamp) -> (Vec<Outcome>, Vec<History>) {
    let mut outcomes = Vec::new();
    match twitch::read_streams(reply, now) {
        Ok(twitch::Streams::Rows(rows)) => outcomes.extend(rows.into_values()),
        Ok(twitch::Streams::Malformed) => assert_eq!(reply.status.as_u16(), 400),
        Err(outcome) => outcomes.push(outcome),
    }
    outcomes.extend(twitch::read_users(reply, now).err());
    let histories = match twitch::read_videos(reply, now) {
        Ok(history) => vec![history],
        Err(outcome) => {
            outcomes.push(outcome);
            Vec::new()
        }
    };
    (outcomes, histories)
}

/// What an answer of Kick's says, whatever it was asked.
pub(crate) fn kick(reply: &Reply<'_>, now: Timestamp) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = match kick::read_live(reply, now) {
        Ok(rows) => rows.into_values().collect(),
        Err(outcome) => vec![outcome],
    };
    match kick::read_channels(reply, now) {
        Ok(channels) => assert!(channels.values().all(|user| *user > 0)),
        Err(outcome) => outcomes.push(outcome),
    }
    outcomes
}

/// What an answer of the Data API says, whatever it was asked.
pub(crate) fn youtube(
    reply: &Reply<'_>,
    channel: &str,
    now: Timestamp,
) -> (Vec<Outcome>, Vec<History>) {
    let mut outcomes = Vec::new();
    let mut histories = Vec::new();
    match youtube::read_videos(reply, now) {
        Ok(videos) => {
            let asked: Vec<String> = videos.keys().cloned().collect();
            let watched = youtube::Watched::default();
            outcomes.push(watched.learn(channel, &asked, &videos));
            // Once more, and without the videos.
            outcomes.push(watched.learn(channel, &asked, &videos));
            drop(watched.worth_asking(channel, asked.clone()));
            outcomes.push(watched.learn(channel, &asked, &std::collections::HashMap::new()));
            histories.push(youtube::past(videos));
        }
        Err(outcome) => outcomes.push(outcome),
    }
    match youtube::read_channels(reply, now) {
        Ok(channels) => assert!(channels.iter().all(|id| almanac_wire::is_channel_id(id))),
        Err(outcome) => outcomes.push(outcome),
    }
    outcomes.extend(youtube::read_uploads(reply, now).err());
    (outcomes, histories)
}

/// A feed names no more than short words.
pub(crate) fn youtube_feed(reply: &Reply<'_>, channel: &str, now: Timestamp) -> Vec<Outcome> {
    match youtube::read_feed(reply, channel, now) {
        Ok(youtube::Feed::Videos(videos)) => {
            assert!(reply.status.is_success() && videos.len() <= 30);
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            assert!(videos.iter().all(|id| id.len() <= 64 && id.bytes().all(legal)));
            Vec::new()
        }
        Ok(youtube::Feed::Failed) => Vec::new(),
        Err(outcome) => vec![outcome],
    }
}

pub(crate) fn euler(reply: &Reply<'_>, now: Timestamp) -> Outcome {
    euler::read_reply(reply, now)
}

pub(crate) fn token(reply: &Reply<'_>, now: Timestamp) -> Option<Outcome> {
    match tokens::read_reply(reply, now) {
        Ok(token) => {
            assert!(reply.status.is_success() && now <= token.until);
            assert!(token.bearer.header().is_sensitive());
            None
        }
        Err(outcome) => Some(outcome),
    }
}

/// Rules that between them use every key of a section.
const RULES: [&str; 4] = [
    "live_at = \"/state\"\nlive_is = [\"on\", 1]\noffline_is = [\"off\", 0]\nmissing_is = \"offline\"\n\
     start_at = \"/stream/since\"\ntitle_at = \"/stream/title\"\nviewers_at = \"/stream/people\"\n\
     room_at = \"/stream/id\"\ntells_last = true\nstart_zone = \"+09:00\"",
    "live_at = \"/broad\"\nlive_if_present = true\nmust_have = [\"/station\"]\nstatus_404 = \"offline\"",
    "live_at = \"/data/0/live\"\nended_at = \"/data/0/end\"\nstart_at = \"/data/0/start\"",
    "live_at = \"\"\nlive_is = false\nmissing_is = \"not_found\"\nstatus_404 = \"unknown\"",
];

/// The rules, and whether to them 404 means offline.
static SETS: LazyLock<Vec<(Rules, bool)>> = LazyLock::new(|| {
    let set = |lines: &str| {
        let section = format!("url = \"https://example.com/{{account}}\"\n{lines}");
        let settings = toml::from_str(&section).expect("a section of our own");
        let rules = Rules::new(&settings).expect("rules of our own");
        (rules, lines.contains("status_404 = \"offline\""))
    };
    RULES.iter().map(|lines| set(lines)).collect()
});

/// What each set of rules makes of it, and whether to them 404 means offline.
pub(crate) fn custom(reply: &Reply<'_>, now: Timestamp) -> Vec<(Outcome, bool)> {
    let is_404 = reply.status.as_u16() == 404;
    SETS.iter()
        .map(|(rules, of_404)| (custom::read_reply(rules, reply, now), is_404 && *of_404))
        .collect()
}

/// The account stays in its place.
pub(crate) fn custom_template(template: &str, account: &str) {
    if let Ok(template) = Template::new(template)
        && let Some(url) = template.url(account)
    {
        assert_eq!(url.origin().ascii_serialization(), template.origin());
        assert!(url.username().is_empty() && url.password().is_none());
        assert!(url.fragment().is_none());
    }
}

pub(crate) fn custom_settings(section: &str) {
    if let Ok(settings) = toml::from_str::<CustomSettings>(section) {
        drop(CustomPlan::new(&settings, |name| Some(name.to_owned())));
    }
}
