//! Who used what the gauges show.

use leptos::prelude::*;

use almanac_wire::{AccountId, Span};

use super::Screen;
use crate::phrases::{plan as told, screen_name};
use crate::reactive::{flag, memo};
use crate::route::Route;
use crate::widgets::dialog::dialog;
use crate::words::{add, plan as say};

/// The dialog that a press on the gauges opens.
#[component]
pub(super) fn Used(screen: Screen) -> impl IntoView {
    let content = view! {
        {who_used(screen)}
        <div class="tools">
            <a class="button" href=Route::Plan.href() on:click=move |_| screen.using.set(false)>
                {screen_name(&Route::Plan)}
            </a>
            <button type="button" class="main" on:click=move |_| screen.using.set(false)>
                {add::close()}
            </button>
        </div>
    };
    dialog(screen.using, Signal::stored(say::used_title().to_owned()), "used-title", content)
}

/// Those checked most in the latest hour, a platform after the other.
pub(super) fn who_used(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let list = memo(move || {
        let from = screen.minute.get() - Span::HOUR;
        let count = |account: &AccountId| {
            let row = state.row(account)?;
            let since = row.with(|row| row.ticks.iter().filter(|tick| tick.at >= from).count());
            Some((account.clone(), since))
        };
        told::used(state.order.with(|order| order.iter().filter_map(count).collect()))
    });
    let some = flag(move || !list.with(Vec::is_empty));
    let line = move |(account, count): (AccountId, String)| {
        let handle = account.handle().to_owned();
        view! {
            <li>
                <a
                    class="handle"
                    href=Route::Account(account).href()
                    on:click=move |_| screen.using.set(false)
                >
                    {handle}
                </a>
                <span class="when">{count}</span>
            </li>
        }
    };
    let platform = move |used: told::Used| {
        view! {
            <p class="lead">{used.sum}</p>
            <ol class="coming used">{used.most.into_iter().map(line).collect_view()}</ol>
            <p class="lead">{used.others}</p>
        }
    };
    view! {
        {move || list.get().into_iter().map(platform).collect_view()}
        <p class="lead" hidden=some>
            {say::used_by_none()}
        </p>
    }
}
