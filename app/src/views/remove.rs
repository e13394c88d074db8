//! Asks before what was recorded of an account is deleted.

use leptos::prelude::*;

use super::Screen;
use crate::phrases::stop_following;
use crate::widgets::dialog::dialog;
use crate::words::remove as say;

#[component]
pub(super) fn Remove(screen: Screen) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if screen.removing.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            screen.removing.set(None);
        }
    });
    // While the dialog closes it still says whom it was about.
    let title = Memo::new(move |before: Option<&String>| {
        screen.removing.with(|account| match account {
            Some(account) => stop_following(account),
            None => before.cloned().unwrap_or_default(),
        })
    });
    let agree = move |_| {
        if let Some(account) = screen.removing.get_untracked() {
            screen.state.remove(vec![account]);
        }
        open.set(false);
    };
    let content = view! {
            <p>{say::what_goes()}</p>
            <div class="tools">
                <button type="button" on:click=move |_| open.set(false)>
                    {say::keep()}
                </button>
                <button type="button" class="grave" on:click=agree>
                    {say::stop_and_delete()}
                </button>
            </div>
    };
    dialog(open, title.into(), "remove-title", content)
}
