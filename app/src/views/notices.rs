//! What is wrong, above everything else.

use leptos::prelude::*;

use super::Screen;
use crate::phrases::{Notice, notices};

#[component]
pub(super) fn Notices(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let all = Memo::new(move |_| {
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
        <div class="notices" role="status">
            <For
                each=move || all.get()
                key=|notice| notice.what.clone()
                children=move |notice| {
                    let what = notice.what.clone();
                    let latest = Memo::new(move |_| {
                        all.with(|all| all.iter().find(|one| one.what == what).cloned())
                    });
                    view! { <One notice=notice latest=latest /> }
                }
            />
        </div>
    }
}

#[component]
fn One(notice: Notice, latest: Memo<Option<Notice>>) -> impl IntoView {
    let of = move |text: fn(&Notice) -> &str| {
        latest.with(|notice| notice.as_ref().map(|one| text(one).to_owned()).unwrap_or_default())
    };
    let detail = move || of(|notice| notice.detail.as_deref().unwrap_or_default());
    view! {
        <div class="notice">
            <p>
                <strong>{notice.what}</strong>
                " "
                // It changes with every try: shown, but not read out each time.
                <span aria-live="off">{move || of(|notice| &notice.next)}</span>
                " "
                {notice.advice}
            </p>
            <Show when=move || !detail().is_empty()>
                <p class="detail" aria-live="off">"In detail: " <q>{detail}</q></p>
            </Show>
        </div>
    }
}
