//! What is wrong, above everything else.

use leptos::prelude::*;

use wasm_bindgen::JsValue;

use super::Screen;
use crate::device;
use crate::phrases::{Notice, notices};
use crate::reactive::{flag, memo};
use crate::words::{alerts, notices as words, now};

#[component]
pub(super) fn Notices(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let all = memo(move || {
        screen.present(|present| {
            state.storage.with(|storage| {
                state.overview.with(|overview| {
                    let troubles = overview.as_ref().map_or(&[][..], |one| &one.troubles);
                    notices(storage, troubles, present)
                })
            })
        })
    });
    view! {
        <div class="updated" role="status">
            <p hidden=flag(move || !screen.updated.get())>
                <strong>{alerts::new_version()}</strong>
                " "
                <button type="button" on:click=move |_| device::tell("update", JsValue::NULL)>
                    {alerts::reload()}
                </button>
            </p>
        </div>
        <div class="notices" role="status">
            {move || all.get().into_iter().map(one).collect_view()}
        </div>
    }
}

/// Part of the app is missing, which the person asked for.
#[component]
pub(super) fn NotLoaded(screen: Screen) -> impl IntoView {
    let failed = screen.later.failed();
    view! {
        <div class="notice" role="status" hidden=flag(move || !failed.get())>
            <p>
                <strong>{words::part_missing()}</strong>
                " "
                {words::part_missing_advice()}
                " "
                <button type="button" on:click=move |_| screen.later.fetch_all(screen.state)>
                    {words::try_again()}
                </button>
            </p>
        </div>
    }
}

fn one(notice: Notice) -> impl IntoView {
    let detail = notice.detail.unwrap_or_default();
    let none = detail.is_empty();
    view! {
        <div class="notice">
            <p>
                <strong>{notice.what}</strong>
                " "
                // It changes with every try: shown, but not read out each time.
                <span aria-live="off">{notice.next}</span>
                " "
                {notice.advice}
            </p>
            <p class="detail" aria-live="off" hidden=none>
                {now::in_detail()}
                " "
                <q>{detail}</q>
            </p>
        </div>
    }
}
