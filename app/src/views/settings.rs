//! How often accounts are checked.

use leptos::prelude::*;

use almanac_engine::Settings;

use super::Screen;
use crate::phrases::{interval_choice, minutes, minutes_of};
use crate::reactive::{flag, text as text_signal};
use crate::widgets::dialog::dialog;

#[component]
pub(super) fn SettingsDialog(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let fixed = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let error = RwSignal::new(String::new());
    let field = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if screen.setting.get() {
            let interval = state.overview.with_untracked(|overview| {
                overview.as_ref().and_then(|overview| overview.settings.interval)
            });
            fixed.set(interval.is_some());
            text.set(interval.map_or_else(|| "60".to_owned(), minutes_of));
            error.set(String::new());
        }
    });
    let budget = text_signal(move || {
        state.overview.with(|overview| {
            let Some(overview) = overview else { return interval_choice(&[], 0) };
            // With an interval of one's own, what the budget allows is not told.
            match overview.settings.interval {
                None => interval_choice(&overview.upstreams, overview.accounts),
                Some(_) => interval_choice(&[], 0),
            }
        })
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let interval =
            if fixed.get_untracked() { minutes(&text.get_untracked()).map(Some) } else { Ok(None) };
        match interval {
            Ok(interval) => {
                state.set(Settings { interval });
                screen.setting.set(false);
            }
            Err(why) => {
                error.set(why);
                if let Some(field) = field.get_untracked() {
                    // It fails only where the page is not shown at all.
                    let _ = field.focus();
                }
            }
        }
    };
    let invalid = text_signal(move || {
        let word = if error.with(String::is_empty) { "false" } else { "true" };
        word.to_owned()
    });
    let own = flag(move || fixed.get());
    let automatic = flag(move || !fixed.get());
    let content = view! {
            <form on:submit=save novalidate>
                <fieldset>
                    <legend>"Check every account"</legend>
                    <label class="choice">
                        <input
                            type="radio"
                            name="interval"
                            prop:checked=automatic
                            on:change=move |_| fixed.set(false)
                        />
                        <span>{budget}</span>
                    </label>
                    <label class="choice">
                        <input
                            type="radio"
                            name="interval"
                            prop:checked=own
                            on:change=move |_| fixed.set(true)
                        />
                        <span>"At an interval of my own, as far as the budget allows"</span>
                    </label>
                    <label class="minutes">
                        "Every "
                        <input
                            node_ref=field
                            type="text"
                            inputmode="numeric"
                            size="5"
                            aria-describedby="interval-error"
                            aria-invalid=invalid
                            prop:value=text_signal(move || text.get())
                            on:input=move |event| {
                                text.set(event_target_value(&event));
                                fixed.set(true);
                                error.set(String::new());
                            }
                        /> " minutes"
                    </label>
                    <p class="error" id="interval-error" role="alert">
                        {text_signal(move || error.get())}
                    </p>
                </fieldset>
                <div class="tools">
                    <button type="button" on:click=move |_| screen.setting.set(false)>
                        "Cancel"
                    </button>
                    <button type="submit" class="main">
                        "Save"
                    </button>
                </div>
            </form>
    };
    dialog(screen.setting, Signal::stored("Settings".to_owned()), "settings-title", content)
}
