//! The readers, one call each, for the fuzzer.

use std::sync::LazyLock;

use almanac_wire::{Outcome, Timestamp};

use super::custom::{CustomPlan, CustomSettings, Rules, Template};
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
