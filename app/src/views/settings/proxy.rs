//! The proxy that is asked, and the token that opens it.

use leptos::html;
use leptos::prelude::*;

use crate::reactive::{flag, text};
use crate::views::Screen;
use crate::words::{notices, settings as say};

pub(super) fn proxy(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let field = NodeRef::<html::Input>::new();
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let token = field.value().trim().to_owned();
        if token.is_empty() {
            // It fails only where the page is not shown at all.
            let _ = field.focus();
        } else {
            state.set_token(Some(token));
            field.set_value("");
        }
    };
    let none = flag(move || !state.has_token.get());
    let told = text(move || {
        let said = if state.has_token.get() { say::token_kept() } else { say::no_token() };
        said.to_owned()
    });
    let origin = window().location().origin().unwrap_or_default();
    view! {
        <p>{say::proxy_at(&origin)}</p>
        <form class="token" on:submit=enter novalidate>
            <div class="field">
                <label for="set-token">{notices::token_label()}</label>
                <input
                    node_ref=field
                    id="set-token"
                    type="password"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="set-token-told"
                />
            </div>
            <p class="hint" id="set-token-told" role="status">
                {told}
            </p>
            <div class="tools">
                <button type="button" hidden=none on:click=move |_| state.set_token(None)>
                    {say::forget_token()}
                </button>
                <button type="submit">{notices::token_enter()}</button>
            </div>
        </form>
    }
}
