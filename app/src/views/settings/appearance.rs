//! Language, theme and zone: they hold on this device.

use leptos::prelude::*;

use crate::preferences::{Preferences, Theme};
use crate::views::Screen;
use crate::words::{Language, keys, settings as say, zone_names};

/// A field with choices.
fn choice(
    id: &'static str,
    label: &'static str,
    options: impl IntoView,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id on:change=move |event| choose(event_target_value(&event))>
                {options}
            </select>
        </div>
    }
}

/// Choices by their values, one of which is chosen.
fn options(choices: Vec<(String, String)>, chosen: String) -> impl IntoView {
    let option = move |(value, text): (String, String)| {
        let selected = value == chosen;
        // A language's own name is in that language.
        let lang = Language::ALL.into_iter().find(|one| one.tag() == value).map(Language::tag);
        view! { <option value=value selected=selected lang=lang>{text}</option> }
    };
    choices.into_iter().map(option).collect_view()
}

/// Every zone as HTML: the browser makes four hundred choices of it in a moment, one by one they
/// would take longer than the rest of the screen.
fn zones(chosen: &str) -> String {
    // Nothing that HTML could take for something else.
    let is_plain = |name: &String| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
    };
    let option = |name: String| {
        let selected = if name == chosen { " selected" } else { "" };
        format!("<option value=\"{name}\"{selected}>{}</option>", name.replace('_', " "))
    };
    zone_names().into_iter().filter(is_plain).map(option).collect()
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
    let zone = zone.unwrap_or_default();
    let zones = zones(&zone);
    let change = move |change: &dyn Fn(&mut Preferences)| preferences.update(|all| change(all));
    view! {
        {choice(
            "set-language",
            say::language(),
            options(
                std::iter::once(followed()).chain(languages).collect(),
                language.map(Language::tag).unwrap_or_default().to_owned(),
            ),
            move |tag| {
                let chosen = Language::ALL.into_iter().find(|one| one.tag() == tag);
                change(&|all| all.language = chosen);
            },
        )}
        {choice(
            "set-theme",
            say::theme(),
            options(themes.to_vec(), theme.word().unwrap_or_default().to_owned()),
            move |word| change(&|all| all.theme = Theme::from_word(Some(&word))),
        )}
        {choice(
            "set-zone",
            say::zone(),
            view! {
                {options(vec![followed()], zone)}
                <optgroup label=say::zone() inner_html=zones></optgroup>
            },
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
