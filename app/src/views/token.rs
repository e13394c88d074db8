//! Where the proxy's access token goes, while the proxy asks for it.

use leptos::html;
use leptos::prelude::*;

use almanac_engine::ProxyFailure;
use almanac_engine::view::Matter;

use super::Screen;
use crate::reactive::{flag, memo, text};
use crate::state::State;
use crate::words::notices as say;

#[component]
pub(super) fn Token(screen: Screen) -> impl IntoView {
    let state = screen.state;
    // Not part of the notices: those are drawn anew whenever their words change, and what somebody
    // is typing has to stay.
    let wanted = memo(move || {
        state.overview.with(|overview| {
            overview.as_ref().is_some_and(|overview| {
                let asks = Matter::Proxy(ProxyFailure::TokenWanted);
                overview.troubles.iter().any(|trouble| trouble.matter == asks)
            })
        })
    });
    view! { {move || wanted.get().then(|| form(state))} }
}

fn form(state: State) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let token = typed.with_untracked(|text| text.trim().to_owned());
        if token.is_empty() {
            if let Some(field) = field.get_untracked() {
                // It fails only where the page is not shown at all.
                let _ = field.focus();
            }
        } else {
            state.set_token(Some(token));
        }
    };
    let refused = flag(move || state.has_token.get());
    let advice = text(move || {
        let said = if refused.get() { say::token_refused() } else { say::token_advice() };
        said.to_owned()
    });
    let invalid = text(move || refused.get().to_string());
    view! {
        <form class="token" on:submit=enter novalidate>
            <label for="access-token">{say::token_label()}</label>
            <div class="line">
                <input
                    node_ref=field
                    id="access-token"
                    type="password"
                    autocomplete="current-password"
                    spellcheck="false"
                    aria-describedby="access-token-advice"
                    aria-invalid=invalid
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <button type="submit" class="main">
                    {say::token_enter()}
                </button>
            </div>
            <p id="access-token-advice" role="status">
                {advice}
            </p>
        </form>
    }
}
