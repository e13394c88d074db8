//! Which screen is open: the address says it, and the screen follows.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::window_event_listener};

use super::focus::arrive_at;
use super::plan::PlanScreen;
use super::results::ResultsScreen;
use super::{Screen, log};
use crate::phrases::screen_name;
use crate::reactive::{flag, memo, text};
use crate::route::Route;
use crate::words::places as say;

/// The screens that the bar leads to, in its order. One that is not there yet is not here.
pub(super) const LINKED: &[Route] =
    &[Route::Now, Route::Plan, Route::Results, Route::Log, Route::Data, Route::Settings];

/// Frames that a screen is waited for: ten seconds.
const PATIENCE: u32 = 600;

/// Follows the address, also back and forth; each screen is where it was left.
pub(super) fn follow_the_address(screen: Screen) {
    let route = screen.state.route;
    let left_at = StoredValue::new(BTreeMap::<String, f64>::new());
    let at = StoredValue::new(here());
    route.set(Route::parse(&here()));
    let handle = window_event_listener(ev::hashchange, move |_| {
        let (from, to) = (at.get_value(), here());
        if from == to {
            return;
        }
        left_at.update_value(|places| {
            places.insert(from.clone(), scrolled());
        });
        at.set_value(to.clone());
        route.set(Route::parse(&to));
        let top = left_at.with_value(|places| places.get(&to).copied().unwrap_or(0.0));
        let sought = screen.seeking.try_update_value(std::mem::take).unwrap_or_default();
        arrive(Arrival { from, to, top, sought }, PATIENCE);
    });
    on_cleanup(move || handle.remove());
}

fn here() -> String {
    window().location().hash().unwrap_or_default()
}

/// The way to a screen.
struct Arrival {
    from: String,
    to: String,
    /// How far down it was left.
    top: f64,
    /// Whether somebody wants to search there.
    sought: bool,
}

/// Goes to where a screen was left, once it is drawn: its file may still be on its way.
fn arrive(arrival: Arrival, frames: u32) {
    request_animation_frame(move || {
        // Perhaps somebody went on meanwhile.
        if here() != arrival.to {
            return;
        }
        if arrive_at(&arrival.from, arrival.sought) || frames == 0 {
            // The search is at the top.
            let top = if arrival.sought { 0.0 } else { arrival.top };
            window().scroll_to_with_x_and_y(0.0, top);
        } else {
            arrive(arrival, frames - 1);
        }
    });
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or(0.0)
}

/// The bar that leads from screen to screen: above on a desk, below on a phone.
#[component]
pub(super) fn Places(screen: Screen) -> impl IntoView {
    let route = screen.state.route;
    let link = move |place: &'static Route| {
        // An account is looked at from the list of all.
        let current = text(move || {
            let here = route.with(|route| match route {
                Some(Route::Account(_)) => *place == Route::Now,
                other => other.as_ref() == Some(place),
            });
            if here { "page" } else { "false" }.to_owned()
        });
        view! {
            <a href=place.href() aria-current=current>
                <svg viewBox="0 0 20 20" aria-hidden="true">
                    <path d=picture(place) />
                </svg>
                <span>{screen_name(place)}</span>
            </a>
        }
    };
    view! {
        <nav class="places" aria-label=say::screens() hidden=LINKED.len() < 2>
            {LINKED.iter().map(link).collect_view()}
        </nav>
    }
}

/// What stands for a screen on a phone, in a box of 20 by 20.
const fn picture(place: &Route) -> &'static str {
    match place {
        Route::Now | Route::Account(_) => "M2 6h11M2 10h16M2 14h8M15 4v4M12 12v4",
        Route::Plan => "M2 15h16M5 15V9M9 15V4M13 15v-4M16 15v-2",
        Route::Results => "M3 17V3M3 17h14M6 13l4-4 3 2 4-6",
        Route::Log => "M4 4h12M4 8h12M4 12h12M4 16h7",
        Route::Settings => "M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",
        Route::Data => "M4 13v3h12v-3M10 3v9M6.5 8.5 10 12l3.5-3.5",
    }
}

/// Says that an address leads nowhere.
#[component]
pub(super) fn Nowhere() -> impl IntoView {
    view! {
        <section class="nowhere">
            <h2>{say::no_such_page()}</h2>
            <p>{say::no_such_page_why()}</p>
            <p>
                <a href=Route::Now.href()>{say::to_all()}</a>
            </p>
        </section>
    }
}

/// Whether a screen is not the open one.
pub(super) fn not_at(screen: Screen, place: Route) -> Signal<bool> {
    flag(move || screen.state.route.with(|route| route.as_ref() != Some(&place)))
}

/// The open screen, where it has no file of its own.
pub(super) fn other_screen(screen: Screen) -> impl IntoView {
    let route = memo(move || screen.state.route.get());
    move || match route.get() {
        Some(Route::Now | Route::Settings | Route::Account(_) | Route::Data) => None,
        Some(Route::Log) => Some(view! { <log::Log screen=screen /> }.into_any()),
        Some(Route::Plan) => Some(view! { <PlanScreen screen=screen /> }.into_any()),
        Some(Route::Results) => Some(view! { <ResultsScreen screen=screen /> }.into_any()),
        None => Some(view! { <Nowhere /> }.into_any()),
    }
}
