//! The head of the page: the name, whether time is made up, the screens; the budgets come after it.

use leptos::html;
use leptos::prelude::*;

use super::Screen;
use super::places::Places;
use crate::phrases::made_up_time;
use crate::reactive::{flag, text};

#[component]
pub(super) fn Top(screen: Screen, head: NodeRef<html::Header>) -> impl IntoView {
    let state = screen.state;
    let served = screen.served();
    let world = flag(move || !state.made_up_time.get());
    let made_up = text(move || served.with(|served| made_up_time(served)).to_owned());
    view! {
        <header class="top" node_ref=head>
            <h1>"Almanac"</h1>
            <p class="made-up" hidden=world>
                {made_up}
            </p>
            <Places screen=screen />
        </header>
    }
}
