//! One file a screen.
#![expect(unreachable_pub, reason = "what #[component] makes of a component is pub")]

mod add;
mod later;
mod legend;
mod notices;
mod now;
mod page;
mod remove;
mod sections;
mod settings;
mod top;
mod welcome;

use leptos::prelude::*;

use later::{Part, later};
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
    page::fetch_the_rest(screen);
    view! {
        <div class="page">
            <top::Top screen=screen />
            <main>
                <notices::Notices screen=screen />
                <notices::NotLoaded screen=screen />
                <now::Now screen=screen />
            </main>
            <legend::Legend />
        </div>
        {later(screen, Part::Add, move || screen.adding.get())}
        {later(screen, Part::Remove, move || screen.removing.with(Option::is_some))}
        {later(screen, Part::Settings, move || screen.setting.get())}
    }
}
