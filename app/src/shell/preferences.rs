//! Keeps what is preferred on this device, and sees to it that the page follows.

use leptos::prelude::*;

use super::browser::{keep, kept, zone, zone_named};
use super::language;
use crate::preferences::{Preferences, Theme};
use crate::state::State;

const THEME: &str = "almanac-theme";
const ZONE: &str = "almanac-zone";
const WITHOUT_KEYS: &str = "almanac-without-keys";
/// The paper of each theme, for the browser's own frame around the page.
const PAPERS: [(Theme, &str, &str); 2] =
    [(Theme::Light, "light", "#f7f4ec"), (Theme::Dark, "dark", "#10141d")];

pub(super) fn load() -> Preferences {
    Preferences {
        language: language::chosen(),
        theme: Theme::from_word(kept(THEME).as_deref()),
        zone: kept(ZONE),
        without_keys: kept(WITHOUT_KEYS).is_some(),
    }
}

pub(super) fn save(preferences: &Preferences) {
    language::choose(preferences.language);
    keep(THEME, preferences.theme.word());
    keep(ZONE, preferences.zone.as_deref());
    keep(WITHOUT_KEYS, preferences.without_keys.then_some("1"));
}

/// Sets the theme and the zone; what is drawn follows.
pub(super) fn apply(preferences: &Preferences, state: State) {
    show(preferences.theme);
    let now = state.now.get_untracked();
    let named = preferences.zone.as_deref().and_then(|name| zone_named(name, now));
    state.set_zone(named.unwrap_or_else(|| zone(now)));
}

fn show(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    // They fail only for names that are none.
    let _ = match theme.word() {
        Some(word) => root.set_attribute("data-theme", word),
        None => root.remove_attribute("data-theme"),
    };
    for (_, word, paper) in PAPERS {
        let shown = PAPERS.iter().find(|(one, ..)| *one == theme);
        let paper = shown.map_or(paper, |(.., paper)| paper);
        let selector = format!("meta[name=theme-color][media*={word}]");
        if let Ok(Some(meta)) = document().query_selector(&selector) {
            let _ = meta.set_attribute("content", paper);
        }
    }
}
