//! One file a screen.
#![expect(unreachable_pub, reason = "what #[component] makes of a component is pub")]

mod account;
mod add;
mod alert_rules;
mod alerts;
mod budgets;
mod data;
mod finding;
mod focus;
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
mod used;
mod welcome;

use leptos::html;
use leptos::prelude::*;

pub use later::Later;
use later::{Part, in_time, later};
pub(crate) use page::Screen;

use crate::pace::put;
use crate::reactive::flag;
use crate::route::Route;
use crate::state::State;
use crate::widgets::gauges::Gauges;

/// The whole page.
#[component]
pub fn App(
    /// What it draws from, and asks through.
    state: State,
    /// The part of it that comes later.
    rest: Later,
) -> impl IntoView {
    let screen = Screen::new(state, rest);
    let head = NodeRef::<html::Header>::new();
    let troubles = NodeRef::<html::Div>::new();
    page::leave_last_words();
    page::name_the_tab(screen);
    page::fetch_the_rest(screen);
    page::hide_the_missed(screen);
    places::follow_the_address(screen);
    // Where nothing runs there is nothing to wait for on any screen.
    let idle = page::idle(screen);
    let elsewhere = places::not_at(screen, Route::Now);
    let not_now = flag(move || idle.get() || elsewhere.get());
    // Who begins at another screen need not wait for this one.
    let ever_now =
        Memo::new(move |before: Option<&bool>| !elsewhere.get() || before == Some(&true));
    rest.in_turn(vec![
        Box::new(move || {
            put(head.get_untracked(), move || view! { <Gauges state=state asked=screen.using /> });
        }),
        Box::new(move || {
            put(troubles.get_untracked(), move || {
                view! {
                    <notices::Notices screen=screen />
                    <token::Token screen=screen />
                    <notices::NotLoaded screen=screen />
                }
            });
        }),
        Box::new(move || {
            page::mind_the_device(screen);
            page::listen_for_keys(screen);
            keys::listen(screen);
            focus::keep(screen);
            put(document().body(), move || {
                view! {
                    <legend::Patterns />
                    {later(screen, Part::Add, move || screen.adding.get())}
                    {later(screen, Part::Alerts, move || screen.alerting.get())}
                    {later(screen, Part::Keys, move || screen.keys.get())}
                    {later(screen, Part::Used, move || screen.using.get())}
                    <undo::Undo screen=screen />
                }
            });
        }),
    ]);
    let other = move |part| {
        let wanted = move || {
            !idle.get() && screen.state.route.with(|route| Part::of(route.as_ref()) == Some(part))
        };
        later(screen, part, wanted)
    };
    view! {
        <div class="page">
            <top::Top screen=screen head=head />
            <main>
                <div node_ref=troubles></div>
                // It stays while another screen is open: to show it is cheaper than to make it.
                <div hidden=not_now>
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
                {Part::SCREENS.iter().copied().map(other).collect_view()}
            </main>
        </div>
    }
}
