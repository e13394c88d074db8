//! One file a screen.
#![expect(unreachable_pub, reason = "what #[component] makes of a component is pub")]

mod account;
mod add;
mod alert_rules;
mod alerts;
mod data;
mod finding;
mod keys;
mod later;
mod legend;
mod log;
mod notices;
mod now;
mod page;
mod places;
mod plan;
mod results;
mod sections;
mod settings;
mod token;
mod top;
pub(crate) mod undo;
mod welcome;

use leptos::prelude::*;

pub use later::Later;
use later::{Part, in_time, later};
pub(crate) use page::Screen;

use crate::route::Route;
use crate::state::State;

/// The whole page.
#[component]
pub fn App(
    /// What it draws from, and asks through.
    state: State,
    /// The part of it that comes later.
    rest: Later,
) -> impl IntoView {
    let screen = Screen::new(state, rest);
    page::name_the_tab(screen);
    page::mind_the_device(screen);
    page::listen_for_keys(screen);
    keys::listen(screen);
    page::fetch_the_rest(screen);
    places::follow_the_address(screen);
    let elsewhere = places::not_at(screen, Route::Now);
    // Who begins at another screen need not wait for this one.
    let ever_now =
        Memo::new(move |before: Option<&bool>| !elsewhere.get() || before == Some(&true));
    view! {
        <div class="page">
            <top::Top screen=screen />
            <main>
                <notices::Notices screen=screen />
                <token::Token screen=screen />
                <notices::NotLoaded screen=screen />
                // It stays while another screen is open: to show it is cheaper than to make it.
                <div hidden=elsewhere>
                    {move || {
                        ever_now
                            .get()
                            .then(|| {
                                view! {
                                    <now::Now screen=screen />
                                    {in_time(screen, Part::Legend)}
                                }
                            })
                    }}
                </div>
                {later(screen, Part::Screens, move || elsewhere.get())}
            </main>
            <legend::Patterns />
        </div>
        {later(screen, Part::Add, move || screen.adding.get())}
        {later(screen, Part::Alerts, move || screen.alerting.get())}
        {later(screen, Part::Keys, move || screen.keys.get())}
        <undo::Undo screen=screen />
    }
}
