//! The first visit: what this is, and what to do.

use leptos::html;
use leptos::prelude::*;

use almanac_wire::Platform;

use super::Screen;
use super::sections::Place;
use crate::pace::put;
use crate::phrases::{Present, alternative, example, follow_suggested};
use crate::reactive::{flag, memo, text};
use crate::widgets::day_strip::DayStrip;
use crate::widgets::strip::{Window, grid, marks, strip};
use crate::words::{now, welcome as say};

#[component]
pub(super) fn Welcome(screen: Screen) -> impl IntoView {
    let place = NodeRef::<html::Section>::new();
    screen.later.in_turn(vec![Box::new(move || {
        put(place.get_untracked(), move || view! { <Example screen=screen /> });
    })]);
    let suggestions = screen.suggestions();
    let served = screen.served();
    let more_than_demo = flag(move || served.with(|served| *served != [Platform::Demo]));
    let alone = flag(move || suggestions.with(Vec::is_empty));
    view! {
        <section class="welcome" aria-labelledby="welcome" node_ref=place>
            <h2 id="welcome">{say::title()}</h2>
            <p>
                {say::what_it_is()}
                " "
                {say::stays_here()}
            </p>
            <div class="tools">
                <FollowSuggested screen=screen main=true />
                <button
                    type="button"
                    class:main=alone
                    on:click=move |_| screen.adding.set(true)
                >
                    {now::add_accounts()}
                </button>
            </div>
            <p class="real" hidden=more_than_demo>
                {say::only_demo()}
                " "
                <code>"almanac-proxy --upstream tiktok"</code>
            </p>
        </section>
    }
}

/// What a day may look like.
#[component]
fn Example(screen: Screen) -> impl IntoView {
    // As of when it is drawn: what may be stands still.
    let now = screen.minute.get_untracked();
    let window = Window::around(now);
    let day = example(now);
    let drawn = day.as_ref().map(|day| strip(day, window)).unwrap_or_default();
    let (lines, described) = screen.state.zone.with_value(|zone| {
        let say = |day| alternative(day, Present { now, zone });
        (grid(&marks(window, zone)), day.as_ref().map(say).unwrap_or_default())
    });
    let drawn = memo(move || drawn.clone());
    view! {
        <figure>
            <DayStrip
                strip=drawn
                grid=Signal::stored(lines)
                alternative=Signal::stored(described)
            />
            <figcaption>{say::a_day()}</figcaption>
        </figure>
    }
}

/// Follows none of the demo any more, in one press.
#[component]
pub(super) fn RemoveDemo(screen: Screen) -> impl IntoView {
    let demo = memo(move || {
        let of_the_demo = |place: &Place| {
            let account = place.account.clone();
            (account.platform() == Platform::Demo).then_some(account)
        };
        screen.places.with(|places| places.iter().filter_map(of_the_demo).collect::<Vec<_>>())
    });
    view! {
        <button
            type="button"
            hidden=flag(move || demo.with(Vec::is_empty))
            on:click=move |_| screen.state.remove(demo.get_untracked())
        >
            {say::remove_demo()}
        </button>
    }
}

/// Follows everyone whom an upstream suggests, in one click.
#[component]
pub(super) fn FollowSuggested(screen: Screen, main: bool) -> impl IntoView {
    let suggestions = screen.suggestions();
    let none = flag(move || suggestions.with(Vec::is_empty));
    let label = text(move || {
        suggestions.with(|all| {
            if all.is_empty() {
                return String::new();
            }
            let demo = all.iter().all(|account| account.platform() == Platform::Demo);
            follow_suggested(all.len(), demo)
        })
    });
    view! {
        <button
            type="button"
            class:main=main
            hidden=none
            on:click=move |_| screen.state.add(suggestions.get_untracked())
        >
            {label}
        </button>
    }
}
