//! Keys that lead somewhere at once, and the sheet that lists them.
//!
//! Letters alone disturb people who speak to their computer or touch keys by accident (WCAG 2.1.4),
//! so that they can be switched off.

use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::window_event_listener};
use wasm_bindgen::JsCast;

use super::Screen;
use super::places::LINKED;
use crate::phrases::screen_name;
use crate::reactive::flag;
use crate::widgets::dialog::dialog;
use crate::words::keys as say;

/// The key that was pressed, where it is one of ours: alone, outside fields and dialogs, and not
/// switched off.
pub(super) fn pressed(screen: Screen, event: &ev::KeyboardEvent) -> Option<String> {
    let alone = !(event.ctrl_key() || event.meta_key() || event.alt_key());
    let wanted = screen.state.preferences.with_untracked(|all| !all.without_keys);
    (alone && wanted && !takes_letters(event.target()) && !dialog_open()).then(|| event.key())
}

fn takes_letters(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| {
        element.closest("input, textarea, select, [contenteditable]").is_ok_and(|one| one.is_some())
    })
}

fn dialog_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|one| one.is_some())
}

/// `?` opens the sheet, a number the screen at that place of the bar.
pub(super) fn listen(screen: Screen) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let Some(key) = pressed(screen, &event) else { return };
        let place = key.parse::<usize>().ok().and_then(|n| LINKED.get(n.checked_sub(1)?));
        if let Some(place) = place {
            event.prevent_default();
            // It fails only where the page is not shown at all.
            let _ = window().location().set_hash(&place.href());
        } else if key == "?" {
            event.prevent_default();
            screen.keys.set(true);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Lists the keys.
#[component]
pub(super) fn Keys(screen: Screen) -> impl IntoView {
    let preferences = screen.state.preferences;
    let row = |key: String, does: String| {
        view! {
            <div>
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
            </div>
        }
    };
    let numbers = LINKED.iter().enumerate();
    let places = numbers.map(|(i, place)| row((i + 1).to_string(), screen_name(place)));
    let off = flag(move || preferences.with(|all| all.without_keys));
    let toggle = move |event| {
        let wanted = event_target_checked(&event);
        preferences.update(|all| all.without_keys = !wanted);
    };
    let content = view! {
        <dl class="keys">
            {row("a".to_owned(), say::add_accounts().to_owned())}
            {row("/".to_owned(), say::search().to_owned())}
            {places.collect_view()}
            {row("Esc".to_owned(), say::closes().to_owned())}
            {row("?".to_owned(), say::this_sheet().to_owned())}
        </dl>
        <label class="choice">
            <input
                id="set-keys"
                type="checkbox"
                prop:checked=flag(move || !off.get())
                on:change=toggle
            />
            <span>{say::wanted()}</span>
        </label>
        <div class="tools">
            <button type="button" on:click=move |_| screen.keys.set(false)>
                {say::close()}
            </button>
        </div>
    };
    dialog(screen.keys, Signal::stored(say::title().to_owned()), "keys-title", content)
}
