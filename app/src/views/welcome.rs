//! The first visit: what this is, and what to do.

use leptos::prelude::*;

use almanac_wire::Platform;

use super::Screen;
use super::sections::Place;
use crate::phrases::{alternative, example, follow_suggested};
use crate::reactive::{flag, memo, text};
use crate::widgets::day_strip::DayStrip;
use crate::widgets::strip::strip;
use crate::words::{now, welcome as say};

#[component]
pub(super) fn Welcome(screen: Screen) -> impl IntoView {
    let day = memo(move || example(screen.minute.get()));
    let drawn = memo(move || {
        day.with(|row| row.as_ref().map(|row| strip(row, screen.window())).unwrap_or_default())
    });
    let described = text(move || {
        day.with(|row| {
            let say = |row| screen.present(|present| alternative(row, present));
            row.as_ref().map(say).unwrap_or_default()
        })
    });
    let suggestions = screen.suggestions();
    let served = screen.served();
    let more_than_demo = flag(move || served.with(|served| *served != [Platform::Demo]));
    let alone = flag(move || suggestions.with(Vec::is_empty));
    view! {
        <section class="welcome" aria-labelledby="welcome">
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
            <figure>
                <DayStrip strip=drawn grid=screen.grid alternative=described />
                <figcaption>
                    {say::a_day()}
                </figcaption>
            </figure>
        </section>
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
