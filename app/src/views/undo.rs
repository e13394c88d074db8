//! What was done a moment ago and can be taken back.

use leptos::prelude::*;

use almanac_engine::Revision;
use almanac_wire::AccountId;

use super::Screen;
use crate::phrases::no_longer_followed;
use crate::reactive::{flag, memo, text};
use crate::words::undo as say;

/// A correction of the record, and how to take it back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Done {
    /// What was done, in words.
    pub(crate) said: String,
    /// What takes it back.
    pub(crate) inverse: Revision,
}

/// Offers to take back removals, in every tab, and this tab's latest correction.
#[component]
pub(super) fn Undo(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let leaving = memo(move || {
        state.overview.with(|overview| {
            overview.as_ref().map_or_else(Vec::new, |overview| overview.leaving.clone())
        })
    });
    let done = screen.done;
    let nobody = flag(move || leaving.with(Vec::is_empty));
    let nothing = flag(move || done.with(Option::is_none));
    let neither = flag(move || nobody.get() && nothing.get());
    let said = text(move || leaving.with(|leaving: &Vec<AccountId>| no_longer_followed(leaving)));
    let correction = text(move || {
        done.with(|done| done.as_ref().map(|one| one.said.clone()).unwrap_or_default())
    });
    let take_back = move |_| {
        if let Some(Done { inverse, .. }) = done.get_untracked() {
            state.revise(inverse);
        }
        done.set(None);
    };
    view! {
        <div class="undo" role="status" hidden=neither>
            <p hidden=nobody>
                <span>{said}</span>
                <button type="button" on:click=move |_| state.stay(leaving.get_untracked())>
                    {say::undo()}
                </button>
            </p>
            <p hidden=nothing>
                <span>{correction}</span>
                <button type="button" on:click=take_back>
                    {say::undo()}
                </button>
                <button type="button" class="quiet" on:click=move |_| done.set(None)>
                    {say::close()}
                </button>
            </p>
        </div>
    }
}
