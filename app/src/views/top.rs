//! The head of the page: the name, whether time is made up, and the budgets.

use leptos::prelude::*;

use almanac_wire::Platform;

use super::Screen;
use crate::phrases::made_up_time;
use crate::widgets::gauges::Gauges;

#[component]
pub(super) fn Top(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let served = screen.served();
    let made_up = Memo::new(move |_| {
        let demo = served.with(|served| served.contains(&Platform::Demo));
        state.made_up_time.get().then(|| made_up_time(demo))
    });
    view! {
        <header class="top">
            <h1>"Almanac"</h1>
            {move || made_up.get().map(|text| view! { <p class="made-up">{text}</p> })}
            <Gauges state=state />
        </header>
    }
}
