//! One account: its shape, name, day, and how it stands.

use leptos::html;
use leptos::prelude::*;

use almanac_engine::view::{Row, Standing};
use almanac_wire::AccountId;

use crate::phrases::{alternative, sentence};
use crate::reactive::{flag, memo, text};
use crate::route::Route;
use crate::views::Screen;

use super::day_strip::DayStrip;
use super::mark::{Mark, Shape};
use super::sight::in_sight;
use super::strip::strip;

/// One account. Its name is always there, for whoever searches the page or goes by keyboard; the
/// rest is drawn while it is in sight.
#[component]
pub(crate) fn AccountRow(screen: Screen, row: RwSignal<Row>) -> impl IntoView {
    let account = row.with_untracked(|row| row.account.clone());
    let item = NodeRef::<html::Li>::new();
    let near = in_sight(item, screen.among_the_first());
    let live = flag(move || row.with(|row| matches!(row.standing, Standing::Live { .. })));
    let missed = screen.state.is_missed(&account);
    view! {
        <li
            class="row"
            class:live=live
            class:far=flag(move || !near.get())
            hidden=missed
            node_ref=item
        >
            <div class="name">
                <Handle account=account.clone() /> <Watch account=account />
            </div>
            {move || near.get().then(|| view! { <Drawn screen=screen row=row /> })}
        </li>
    }
}

/// What is drawn of an account; each part changes only when what it shows does.
#[component]
fn Drawn(screen: Screen, row: RwSignal<Row>) -> impl IntoView {
    let shape = memo(move || row.with(|row| Shape::from(&row.standing)));
    let said = memo(move || row.with(|row| screen.present(|present| sentence(row, present))));
    let drawn = memo(move || row.with(|row| strip(row, screen.window())));
    let described =
        text(move || row.with(|row| screen.present(|present| alternative(row, present))));
    let point = text(move || said.with(|said| said.point.clone()));
    let watched = text(move || said.with(|said| said.watched.clone()));
    let rest = text(move || said.with(|said| said.rest.clone()));
    view! {
        <Mark shape=shape />
        <DayStrip strip=drawn grid=screen.grid alternative=described />
        <p class="standing">
            <b>{point}</b>
            " "
            <small class="watched" title=watched>{watched}</small>
            " "
            <small title=rest>{rest}</small>
        </p>
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
