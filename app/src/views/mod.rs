//! One file a screen.
#![expect(unreachable_pub, reason = "what #[component] makes of a component is pub")]

mod add;
mod legend;
mod notices;
mod now;
mod page;
mod remove;
mod sections;
mod settings;
mod token;
mod top;
mod welcome;

use leptos::prelude::*;

pub(crate) use page::Screen;

use crate::state::State;

/// The whole page.
#[component]
pub fn App(
    /// What it draws from, and asks through.
    state: State,
) -> impl IntoView {
    let screen = Screen::new(state);
    page::name_the_tab(screen);
    page::listen_for_keys(screen);
    view! {
        <div class="page">
            <top::Top screen=screen />
            <main>
                <notices::Notices screen=screen />
                <token::Token screen=screen />
                <now::Now screen=screen />
            </main>
            <legend::Legend />
        </div>
        <add::Add screen=screen />
        <remove::Remove screen=screen />
        <settings::SettingsDialog screen=screen />
    }
}
