//! One file a screen.

use leptos::prelude::*;

use crate::state::State;

/// The whole page.
#[component]
pub fn App(state: State) -> impl IntoView {
    let _ = state;
    view! { <h1>"Almanac"</h1> }
}
