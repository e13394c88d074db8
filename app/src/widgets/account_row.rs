//! One account: its shape, name, day, and how it stands.

use leptos::prelude::*;

use almanac_engine::view::Row;
use almanac_wire::AccountId;

use crate::phrases::{alternative, sentence};
use crate::reactive::{flag, memo, text};
use crate::route::Route;
use crate::views::Screen;
use crate::words::now;

use super::day_strip::DayStrip;
use super::mark::{Mark, Shape};
use super::strip::strip;

/// Draws one account; each part changes only when what it shows does.
#[component]
pub(crate) fn AccountRow(screen: Screen, row: RwSignal<Row>) -> impl IntoView {
    let account = row.with_untracked(|row| row.account.clone());
    let shape = memo(move || row.with(|row| Shape::from(&row.standing)));
    let said = memo(move || row.with(|row| screen.present(|present| sentence(row, present))));
    let drawn = memo(move || row.with(|row| strip(row, screen.window())));
    let described =
        text(move || row.with(|row| screen.present(|present| alternative(row, present))));
    let remove = {
        let account = account.clone();
        move |_| screen.state.remove(vec![account.clone()])
    };
    let point = text(move || said.with(|said| said.point.clone()));
    let rest = text(move || said.with(|said| said.rest.clone()));
    let live = flag(move || shape.get() == Shape::Live);
    view! {
        <li class="row" class:live=live>
            <Mark shape=shape />
            <div class="name">
                <Handle account=account.clone() /> <Watch account=account.clone() />
            </div>
            <button
                type="button"
                class="remove"
                aria-label=now::stop_following_whom(account.handle())
                title=now::stop_following()
                on:click=remove
            >
                <svg viewBox="0 0 14 14" aria-hidden="true">
                    <path d="M3.5 3.5 10.5 10.5M10.5 3.5 3.5 10.5" />
                </svg>
            </button>
            <DayStrip strip=drawn grid=screen.grid alternative=described />
            <p class="standing">
                <b>{point}</b>
                " "
                <small title=rest>{rest}</small>
            </p>
        </li>
    }
}

#[component]
fn Handle(account: AccountId) -> impl IntoView {
    let handle = account.handle().to_owned();
    view! {
        <a class="handle" href=Route::Account(account).href()>
            {handle}
        </a>
    }
}

/// The platform, which leads to where the account can be watched.
#[component]
pub(crate) fn Watch(account: AccountId) -> impl IntoView {
    let name = account.platform().name().to_owned();
    // Without an address it is no link, just a name.
    view! {
        <small>
            <a class="watch" href=account.watch_url() target="_blank" rel="noopener noreferrer">
                {name}
            </a>
        </small>
    }
}
