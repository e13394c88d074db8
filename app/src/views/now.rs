//! The Now screen: who is live, what was seen, and when the next check is.

use leptos::html;
use leptos::prelude::*;

use almanac_wire::AccountId;

use super::Screen;
use super::finding::Finding;
use super::sections::{Section, none_checked};
use super::welcome::{FollowSuggested, RemoveDemo, Welcome};
use crate::pace::put;
use crate::phrases::{Present, accounts_and_next_check, alerts_button, clock, live_now};
use crate::reactive::{flag, memo, text};
use crate::widgets::account_row::AccountRow;
use crate::widgets::axis::Axis;
use crate::words::now as say;

/// What is shown as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The monitor has not spoken yet.
    Opening,
    /// Nobody is followed.
    Empty,
    /// Someone is.
    Following,
}

#[component]
pub(super) fn Now(screen: Screen) -> impl IntoView {
    let overview = screen.state.overview;
    let stage = memo(move || {
        overview.with(|overview| match overview.as_ref().map(|one| one.accounts) {
            None => Stage::Opening,
            Some(0) => Stage::Empty,
            Some(_) => Stage::Following,
        })
    });
    let not = move |one: Stage| flag(move || stage.get() != one);
    let welcome = NodeRef::<html::Div>::new();
    let following = NodeRef::<html::Div>::new();
    let there = move || following.get_untracked();
    // All three are there soon after the start: to show one is cheaper than to make it.
    screen.later.in_turn(vec![
        Box::new(move || {
            let place = welcome.get_untracked();
            put(place, move || view! { <Welcome screen=screen /> });
        }),
        Box::new(move || {
            put(there(), move || {
                view! {
                    <Summary screen=screen />
                    <Finding screen=screen />
                }
            });
        }),
        Box::new(move || put(there(), move || view! { <Days screen=screen /> })),
    ]);
    view! {
        <p class="opening" hidden=not(Stage::Opening)>
            {say::opening()}
        </p>
        <div node_ref=welcome hidden=not(Stage::Empty)></div>
        <div node_ref=following hidden=not(Stage::Following)></div>
    }
}

#[component]
fn Days(screen: Screen) -> impl IntoView {
    let now = text(move || screen.present(|present| clock(present.now, present.zone)));
    let lists = Section::ALL.map(|section| view! { <List screen=screen section=section /> });
    view! {
        <div class="days">
            <Axis marks=screen.marks clock=now />
            {lists.into_iter().collect_view()}
        </div>
    }
}

#[component]
fn List(screen: Screen, section: Section) -> impl IntoView {
    let accounts = memo(move || {
        screen.sorted.with(|places| {
            let inside = places.iter().filter(|place| place.section == section);
            inside.map(|place| place.account.clone()).collect::<Vec<AccountId>>()
        })
    });
    let empty = flag(move || {
        accounts.with(|accounts| {
            screen.missed.with(|missed| accounts.iter().all(|account| missed.contains(account)))
        })
    });
    let title = text(move || section.title(screen.search.with(|search| search.sort)).to_owned());
    view! {
        <section aria-labelledby=section.id() hidden=empty>
            <h3 id=section.id()>{title}</h3>
            <ul class="rows">
                <For
                    each=move || accounts.get()
                    key=Clone::clone
                    children=move |account| {
                        screen
                            .state
                            .row(&account)
                            .map(|row| view! { <AccountRow screen=screen row=row /> })
                    }
                />
            </ul>
        </section>
    }
}

#[component]
fn Summary(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let title = text(move || {
        let (live, earlier) = screen.live.get();
        live_now(live, earlier, screen.places.with(|places| none_checked(places)))
    });
    let rest = text(move || {
        let (now, made_up) = (state.now.get(), state.made_up_time.get());
        state.overview.with(|overview| {
            let Some(overview) = overview else { return String::new() };
            state
                .with_zone(|zone| accounts_and_next_check(overview, Present { now, zone }, made_up))
        })
    });
    let alerts = text(move || {
        alerts_button(
            state.overview.with(|one| one.as_ref().map_or(0, |one| one.alerts.unseen.len())),
        )
    });
    view! {
        <div class="summary">
            <h2>{title}</h2>
            <p>{rest}</p>
            <div class="tools">
                <RemoveDemo screen=screen />
                <FollowSuggested screen=screen main=false />
                <button type="button" on:click=move |_| screen.alerting.set(true)>
                    {alerts}
                </button>
                <button
                    type="button"
                    class="main"
                    aria-keyshortcuts="a"
                    on:click=move |_| screen.adding.set(true)
                >
                    {say::add_accounts()}
                </button>
            </div>
        </div>
    }
}
