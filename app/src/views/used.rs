//! Who used what the gauges show.

use leptos::prelude::*;

use almanac_engine::view::TICKS_PAST;
use almanac_wire::{AccountId, Span};

use super::Screen;
use crate::phrases::plan::{self as told, Counts};
use crate::phrases::screen_name;
use crate::reactive::{flag, memo};
use crate::route::Route;
use crate::widgets::dialog::dialog;
use crate::words::{add, number, plan as say};

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

/// Those checked most within a day, a platform after the other.
pub(super) fn who_used(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let list = memo(move || {
        let now = screen.minute.get();
        let count = |account: &AccountId| {
            state.row(account)?.with(|row| {
                let since = |span| row.ticks.iter().filter(|tick| tick.at >= now - span).count();
                let counts = Counts { hour: since(Span::HOUR), day: since(TICKS_PAST) };
                Some((account.clone(), counts))
            })
        };
        told::used(state.order.with(|order| order.iter().filter_map(count).collect()))
    });
    let some = flag(move || !list.with(Vec::is_empty));
    let cells = |counts: Counts| {
        view! {
            <td class="number">{number(counts.hour)}</td>
            <td class="number">{number(counts.day)}</td>
        }
    };
    let line = move |(account, counts): (AccountId, Counts)| {
        let handle = account.handle().to_owned();
        view! {
            <tr>
                <th scope="row">
                    <a
                        class="handle"
                        href=Route::Account(account).href()
                        on:click=move |_| screen.using.set(false)
                    >
                        {handle}
                    </a>
                </th>
                {cells(counts)}
            </tr>
        }
    };
    let sum = move |(name, counts): (String, Counts)| {
        view! {
            <tr class="sum">
                <th scope="row">{name}</th>
                {cells(counts)}
            </tr>
        }
    };
    let platform = move |used: told::Used| {
        view! {
            <table class="small used">
                <thead>
                    <tr>
                        <th>{say::used_checks(used.platform.name())}</th>
                        <th class="number">{say::used_hour()}</th>
                        <th class="number">{say::used_day()}</th>
                    </tr>
                </thead>
                <tbody>
                    {used.most.into_iter().map(line).collect_view()} {used.others.map(sum)}
                    {sum((say::used_all().to_owned(), used.sum))}
                </tbody>
            </table>
        }
    };
    view! {
        {move || list.get().into_iter().map(platform).collect_view()}
        <p class="lead" hidden=some>
            {say::used_by_none()}
        </p>
    }
}
