//! What answers say beside the answer: an upstream's own quotas, in the headers.
//!
//! Adapters need not know of this: [`listen`] hears every answer that is fetched within it.

use std::cell::RefCell;

use almanac_engine::budget::Word;
use almanac_wire::{Quota, Span, Timestamp};
use reqwest::header::HeaderMap;

use crate::upstream::retry::moment;

/// An upstream that says that nothing is left, but not until when.
const UNSAID: Span = Span::MINUTE;
const LONGEST_WINDOW_S: u32 = 86_400;

tokio::task_local! {
    static HEARD: RefCell<Vec<HeaderMap>>;
}

/// Runs to the end, and hears what is said on the way.
pub(crate) async fn listen<F: Future>(asking: F) -> (F::Output, Vec<HeaderMap>) {
    HEARD
        .scope(RefCell::default(), async {
            let output = asking.await;
            (output, HEARD.with(RefCell::take))
        })
        .await
}

/// An answer came in; whoever listens hears what it says of quotas.
pub(crate) fn heard(headers: &HeaderMap) {
    let of_quotas = |name: &str| name.contains("ratelimit") || name.contains("rate-limit");
    let kept: HeaderMap = headers
        .iter()
        .filter(|(name, _)| of_quotas(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !kept.is_empty() {
        // Nobody may be listening.
        let _ = HEARD.try_with(|heard| heard.borrow_mut().push(kept));
    }
}

/// What headers say of quotas, in any of the spellings in use: `Ratelimit-*` (Twitch),
/// `X-RateLimit-*`, and the IETF's `RateLimit` and `RateLimit-Policy`, of which there are two.
pub(crate) fn words(headers: &HeaderMap, now: Timestamp) -> Vec<Word> {
    let windows: Vec<Window> = ["ratelimit-policy", "ratelimit-limit", "x-ratelimit-limit"]
        .iter()
        .flat_map(|name| all(headers, name))
        .flat_map(|text| items(&text).filter_map(|item| window(&item)).collect::<Vec<_>>())
        .collect();
    let mut words: Vec<Word> = windows.iter().map(|window| window.word(now)).collect();
    for text in all(headers, "ratelimit") {
        let items: Vec<Item> = items(&text).collect();
        let old = |key: &str| items.iter().find_map(|item| item.number(key));
        if let Some(remaining) = old("remaining") {
            words.extend(left(remaining, old("reset").map(|s| after(s, now)), &windows, now));
        }
        for item in &items {
            if let Some(remaining) = item.number("r") {
                let of_same: Vec<Window> =
                    windows.iter().filter(|window| window.name == item.name).cloned().collect();
                words.extend(left(
                    remaining,
                    item.number("t").map(|s| after(s, now)),
                    &of_same,
                    now,
                ));
            }
        }
    }
    for family in ["ratelimit", "x-ratelimit", "x-rate-limit"] {
        let field = |what: &str| all(headers, &format!("{family}-{what}")).next();
        let remaining = field("remaining").and_then(|text| text.trim().parse().ok());
        let reset = field("reset").and_then(|text| moment(text.trim(), now));
        if let Some(remaining) = remaining {
            words.extend(left(remaining, reset, &windows, now));
        }
    }
    words
}

fn left(
    remaining: u32,
    until: Option<Timestamp>,
    windows: &[Window],
    now: Timestamp,
) -> Option<Word> {
    let longest = || windows.iter().map(|window| after(window.s, now)).max();
    let until = until.or_else(longest).or((remaining == 0).then_some(now + UNSAID))?;
    Some(Word::Left { remaining, until })
}

fn after(s: u32, now: Timestamp) -> Timestamp {
    now + Span::from_s(i64::from(s))
}

/// A quota: so many in so many seconds.
#[derive(Clone, Debug)]
struct Window {
    name: String,
    limit: u32,
    s: u32,
}

impl Window {
    fn word(&self, now: Timestamp) -> Word {
        match (self.limit.try_into(), self.s.try_into()) {
            (Ok(limit), Ok(window_s)) => Word::Window(Quota { limit, window_s, zone: None }),
            _ => Word::Left { remaining: 0, until: after(self.s, now) },
        }
    }
}

/// `"burst";q=100;w=60`, or `100;w=60`.
fn window(item: &Item) -> Option<Window> {
    let limit = item.number("q").or_else(|| item.name.parse().ok())?;
    let s = item.number("w").filter(|s| (1..=LONGEST_WINDOW_S).contains(s))?;
    Some(Window { name: item.name.clone(), limit, s })
}

/// One member of a list: a name or a value, and its parameters. `key=value` alone is a parameter
/// without a name.
struct Item {
    name: String,
    parameters: Vec<(String, String)>,
}

impl Item {
    fn number(&self, key: &str) -> Option<u32> {
        let (_, value) = self.parameters.iter().find(|(known, _)| known == key)?;
        value.parse().ok()
    }
}

fn items(text: &str) -> impl Iterator<Item = Item> + '_ {
    unquoted(text, ',').map(|member| {
        let mut name = String::new();
        let mut parameters = Vec::new();
        for part in unquoted(member, ';') {
            match part.split_once('=').filter(|_| !part.starts_with('"')) {
                Some((key, value)) => parameters.push((
                    key.trim().to_ascii_lowercase(),
                    value.trim().trim_matches('"').to_owned(),
                )),
                None => name = part.trim_matches('"').to_owned(),
            }
        }
        Item { name, parameters }
    })
}

/// The parts between separators that stand outside quotes.
fn unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .map(str::trim)
}

fn all(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok().map(str::to_owned))
}

#[cfg(test)]
#[path = "hearing_tests.rs"]
mod tests;
