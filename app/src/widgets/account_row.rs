//! One account: its shape, name, day, and how it stands.

use leptos::prelude::*;

use almanac_engine::view::Row;
use almanac_wire::AccountId;

use crate::phrases::{alternative, sentence};
use crate::views::Screen;

use super::day_strip::DayStrip;
use super::mark::{Mark, Shape};
use super::strip::strip;

/// Draws one account; each part changes only when what it shows does.
#[component]
pub(crate) fn AccountRow(screen: Screen, row: RwSignal<Row>) -> impl IntoView {
    let account = row.with_untracked(|row| row.account.clone());
    let shape = Memo::new(move |_| row.with(|row| Shape::from(&row.standing)));
    let said = Memo::new(move |_| row.with(|row| screen.present(|present| sentence(row, present))));
    let drawn = Memo::new(move |_| row.with(|row| strip(row, screen.window())));
    let described =
        Memo::new(move |_| row.with(|row| screen.present(|present| alternative(row, present))));
    let remove = {
        let account = account.clone();
        move |_| screen.removing.set(Some(account.clone()))
    };
    let rest = move || said.with(|said| said.rest.clone());
    let live = move || shape.get() == Shape::Live;
    view! {
        <li class="row" class:live=live>
            <Mark shape=shape />
            <div class="name">
                <Handle account=account.clone() /> <small>{account.platform().name()}</small>
            </div>
            <button
                type="button"
                class="remove"
                aria-label=format!("Stop following {}", account.handle())
                title="Stop following"
                on:click=remove
            >
                <svg viewBox="0 0 14 14" aria-hidden="true">
                    <path d="M3.5 3.5 10.5 10.5M10.5 3.5 3.5 10.5" />
                </svg>
            </button>
            <DayStrip strip=drawn grid=screen.grid alternative=described />
            <p class="standing">
                <b>{move || said.with(|said| said.point.clone())}</b>
                " "
                <small title=rest>{rest}</small>
            </p>
        </li>
    }
}

#[component]
fn Handle(account: AccountId) -> impl IntoView {
    let handle = account.handle().to_owned();
    match account.watch_url() {
        Some(url) => view! {
            <a class="handle" href=url target="_blank" rel="noopener noreferrer">
                {handle}
            </a>
        }
        .into_any(),
        None => view! { <span class="handle">{handle}</span> }.into_any(),
    }
}
