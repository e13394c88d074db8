//! Language, theme and zone: they hold on this device.

use leptos::prelude::*;

use crate::preferences::{Preferences, Theme};
use crate::views::Screen;
use crate::words::{Language, keys, settings as say, zone_names};

/// A choice among some, with its label; `choices` are value, text, and the language of the text
/// where it is another.
fn choice(
    id: &'static str,
    label: &'static str,
    chosen: String,
    choices: Vec<(String, String)>,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    let option = move |(value, text): (String, String)| {
        let selected = value == chosen;
        // A language's own name is in that language.
        let lang = Language::ALL.into_iter().find(|one| one.tag() == value).map(Language::tag);
        view! { <option value=value selected=selected lang=lang>{text}</option> }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id on:change=move |event| choose(event_target_value(&event))>
                {choices.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

pub(super) fn appearance(screen: Screen) -> impl IntoView {
    let preferences = screen.state.preferences;
    // What is chosen here is shown as it is chosen; nobody else chooses meanwhile.
    let Preferences { language, theme, zone, without_keys } = preferences.get_untracked();
    let followed = || (String::new(), say::as_the_browser().to_owned());
    let languages = Language::ALL.map(|one| (one.tag().to_owned(), one.name().to_owned()));
    let themes = Theme::ALL.map(|one| {
        let text = match one {
            Theme::System => say::theme_system(),
            Theme::Light => say::theme_light(),
            Theme::Dark => say::theme_dark(),
        };
        (one.word().unwrap_or_default().to_owned(), text.to_owned())
    });
    let zones = zone_names().into_iter().map(|name| (name.clone(), name.replace('_', " ")));
    let change = move |change: &dyn Fn(&mut Preferences)| preferences.update(|all| change(all));
    view! {
        {choice(
            "set-language",
            say::language(),
            language.map(Language::tag).unwrap_or_default().to_owned(),
            std::iter::once(followed()).chain(languages).collect(),
            move |tag| {
                let chosen = Language::ALL.into_iter().find(|one| one.tag() == tag);
                change(&|all| all.language = chosen);
            },
        )}
        {choice(
            "set-theme",
            say::theme(),
            theme.word().unwrap_or_default().to_owned(),
            themes.to_vec(),
            move |word| change(&|all| all.theme = Theme::from_word(Some(&word))),
        )}
        {choice(
            "set-zone",
            say::zone(),
            zone.unwrap_or_default(),
            std::iter::once(followed()).chain(zones).collect(),
            move |name| change(&|all| all.zone = Some(name.clone()).filter(|name| !name.is_empty())),
        )}
        <label class="choice">
            <input
                id="set-keys-wanted"
                type="checkbox"
                prop:checked=!without_keys
                on:change=move |event| {
                    let wanted = event_target_checked(&event);
                    change(&|all| all.without_keys = !wanted);
                }
            />
            <span>{keys::wanted()}</span>
        </label>
        <p class="hint">{say::on_this_device()}</p>
    }
}
