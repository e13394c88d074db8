//! The readers, one call each, for the fuzzer.

use almanac_wire::{Outcome, Timestamp};

use super::reading::Reply;
use super::{bilibili, chzzk, custom, soop, tiktok};

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

/// Rules that between them use every key of a section.
const RULES: [&str; 4] = [
    "live_at = \"/state\"\nlive_is = [\"on\", 1]\noffline_is = [\"off\", 0]\nmissing_is = \"offline\"\n\
     start_at = \"/stream/since\"\ntitle_at = \"/stream/title\"\nviewers_at = \"/stream/people\"\n\
     room_at = \"/stream/id\"\ntells_last = true\nstart_zone = \"+09:00\"",
    "live_at = \"/broad\"\nlive_if_present = true\nmust_have = [\"/station\"]\nstatus_404 = \"offline\"",
    "live_at = \"/data/0/live\"\nended_at = \"/data/0/end\"\nstart_at = \"/data/0/start\"",
    "live_at = \"\"\nlive_is = false\nmissing_is = \"not_found\"\nstatus_404 = \"unknown\"",
];

/// With each set of rules: what they make of it, and whether to them 404 means offline.
pub(crate) fn custom(reply: &Reply<'_>, now: Timestamp) -> Vec<(Outcome, bool)> {
    RULES
        .iter()
        .map(|lines| {
            let section = format!("url = \"https://example.com/{{account}}\"\n{lines}");
            let of_404 = reply.status.as_u16() == 404 && lines.contains("status_404 = \"offline\"");
            (custom::read_by(&section, reply, now), of_404)
        })
        .collect()
}

pub(crate) fn custom_template(template: &str, account: &str) {
    custom::fill(template, account);
}

pub(crate) fn custom_settings(section: &str) {
    custom::check(section);
}
