//! The first visit: what this is, and what to do.

use leptos::prelude::*;

use almanac_wire::Platform;

use super::Screen;
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
            <figure>
                <DayStrip strip=drawn grid=screen.grid alternative=described />
                <figcaption>
                    {say::a_day()}
                </figcaption>
            </figure>
        </section>
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
