//! Deletes everything, once a person has typed that it is meant.

use leptos::prelude::*;

use crate::preferences::Preferences;
use crate::reactive::{flag, text as text_signal};
use crate::route::Route;
use crate::views::Screen;
use crate::words::settings as say;

pub(super) fn danger(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let typed = RwSignal::new(String::new());
    let meant = move || {
        typed.with(|typed| typed.trim().to_lowercase() == say::delete_word().to_lowercase())
    };
    let erase = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if untrack(meant) {
            state.erase();
            // It fails only where the page is not shown at all.
            let _ = window().location().set_hash(&Route::Now.href());
            if state.preferences.with_untracked(|all| *all != Preferences::default()) {
                state.preferences.set(Preferences::default());
            }
        }
    };
    view! {
        <form on:submit=erase>
            <p>{say::delete_what()}</p>
            <div class="field">
                <label for="set-delete">{say::delete_type(say::delete_word())}</label>
                <input
                    id="set-delete"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=text_signal(move || typed.get())
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </div>
            <div class="tools">
                <button type="submit" class="grave" disabled=flag(move || !meant())>
                    {say::delete_everything()}
                </button>
            </div>
        </form>
    }
}
