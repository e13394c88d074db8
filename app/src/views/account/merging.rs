//! Asks before two broadcasts become one that lie far apart.

use leptos::prelude::*;

use almanac_engine::Revision;

use super::Account;
use crate::reactive::text;
use crate::widgets::dialog::dialog;
use crate::words::account as say;

/// What would be done, and the question about it.
pub(super) type Merging = RwSignal<Option<(Revision, String)>>;

/// Opens while there is something to ask about.
pub(super) fn dialog_for(account: Account, merging: Merging) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if merging.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            merging.set(None);
        }
    });
    let question = text(move || {
        merging.with(|one| one.as_ref().map(|(_, asked)| asked.clone()).unwrap_or_default())
    });
    let merge = move |_| {
        if let Some((revision, _)) = merging.get_untracked() {
            account.revise(revision, say::merged().to_owned());
        }
        open.set(false);
    };
    let content = view! {
        <p>{question}</p>
        <div class="tools">
            <button type="button" on:click=move |_| open.set(false)>
                {say::cancel()}
            </button>
            <button type="button" class="main" on:click=merge>
                {say::merge_all_the_same()}
            </button>
        </div>
    };
    dialog(open, Signal::stored(say::merge_title().to_owned()), "merge-title", content)
}
