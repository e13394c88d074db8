//! The Now screen: who is live, what was seen, and when the next check is.

use leptos::prelude::*;

use almanac_engine::view::Standing;
use almanac_wire::AccountId;

use super::Screen;
use super::welcome::{FollowSuggested, Welcome};
use crate::phrases::{Present, accounts_and_next_check, clock, live_now};
use crate::widgets::account_row::AccountRow;
use crate::widgets::axis::Axis;

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

/// The parts of the list.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Section {
    Live,
    Unknown,
    Next,
    NotFound,
}

impl Section {
    const ALL: [Self; 4] = [Self::Live, Self::Unknown, Self::Next, Self::NotFound];

    const fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Live { .. } => Self::Live,
            Standing::Unknown { .. } => Self::Unknown,
            Standing::New | Standing::Offline { .. } => Self::Next,
            Standing::NotFound { .. } => Self::NotFound,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Unknown => "Unknown",
            Self::Next => "Offline, next check first",
            Self::NotFound => "Not found",
        }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Live => "section-live",
            Self::Unknown => "section-unknown",
            Self::Next => "section-next",
            Self::NotFound => "section-not-found",
        }
    }
}

#[component]
pub(super) fn Now(screen: Screen) -> impl IntoView {
    let accounts = screen.accounts();
    let stage = Memo::new(move |_| match accounts.get() {
        None => Stage::Opening,
        Some(0) => Stage::Empty,
        Some(_) => Stage::Following,
    });
    move || match stage.get() {
        Stage::Opening => view! { <p class="opening">"Opening…"</p> }.into_any(),
        Stage::Empty => view! { <Welcome screen=screen /> }.into_any(),
        Stage::Following => view! { <Following screen=screen /> }.into_any(),
    }
}

#[component]
fn Following(screen: Screen) -> impl IntoView {
    let sections = sections(screen);
    let now = Memo::new(move |_| screen.present(|present| clock(present.now, present.zone)));
    view! {
        <Summary screen=screen />
        <div class="days">
            <Axis marks=screen.marks clock=now />
            {Section::ALL
                .into_iter()
                .map(|section| {
                    let accounts = Memo::new(move |_| {
                        sections
                            .with(|all| {
                                let inside = all.iter().filter(|(one, _)| *one == section);
                                inside.map(|(_, account)| account.clone()).collect::<Vec<_>>()
                            })
                    });
                    view! { <List screen=screen section=section accounts=accounts /> }
                })
                .collect_view()}
        </div>
    }
}

/// Every account with its section, in order.
fn sections(screen: Screen) -> Memo<Vec<(Section, AccountId)>> {
    let state = screen.state;
    Memo::new(move |_| {
        state.order.with(|order| {
            order
                .iter()
                .filter_map(|account| {
                    let row = state.row(account)?;
                    Some((row.with(|row| Section::of(&row.standing)), account.clone()))
                })
                .collect()
        })
    })
}

#[component]
fn List(screen: Screen, section: Section, accounts: Memo<Vec<AccountId>>) -> impl IntoView {
    view! {
        <Show when=move || accounts.with(|accounts| !accounts.is_empty())>
            <section aria-labelledby=section.id()>
                <h3 id=section.id()>{section.title()}</h3>
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
        </Show>
    }
}

#[component]
fn Summary(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let live = Memo::new(move |_| {
        state.overview.with(|overview| overview.as_ref().map(live_now).unwrap_or_default())
    });
    let rest = Memo::new(move |_| {
        let (now, made_up) = (state.now.get(), state.made_up_time.get());
        state.overview.with(|overview| {
            let Some(overview) = overview else { return String::new() };
            state.zone.with_value(|zone| {
                accounts_and_next_check(overview, Present { now, zone }, made_up)
            })
        })
    });
    view! {
        <div class="summary">
            <h2>{live}</h2>
            <p>{rest}</p>
            <div class="tools">
                <FollowSuggested screen=screen main=false />
                <button type="button" on:click=move |_| screen.setting.set(true)>
                    "Settings"
                </button>
                <button
                    type="button"
                    class="main"
                    aria-keyshortcuts="a"
                    on:click=move |_| screen.adding.set(true)
                >
                    "Add accounts"
                </button>
            </div>
        </div>
    }
}
