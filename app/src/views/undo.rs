//! What was done a moment ago and can be taken back.

use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
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

/// How long a correction can be taken back here, while nobody points at it; as long as a removal.
/// Afterwards the record can be corrected where it was.
const OFFERED: Duration = Duration::from_secs(30);

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
    let said = text(move || {
        let records = state
            .overview
            .with(|overview| overview.as_ref().is_some_and(|overview| overview.leaving_records));
        leaving.with(|leaving: &Vec<AccountId>| no_longer_followed(leaving, records))
    });
    let correction = text(move || {
        done.with(|done| done.as_ref().map(|one| one.said.clone()).unwrap_or_default())
    });
    let held = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        // An account that is gone has no record to correct.
        let gone = done.with(|done| {
            let account = done.as_ref().map(|one| &one.inverse.account);
            account.is_some_and(|one| state.order.with(|order| !order.contains(one)))
        });
        if nothing.get() {
            held.set(false);
        } else if gone {
            done.set(None);
        } else if !held.get() {
            timer.set_value(set_timeout_with_handle(move || done.set(None), OFFERED).ok());
        }
    });
    let take_back = move |_| {
        if let Some(Done { inverse, .. }) = done.get_untracked() {
            state.revise(inverse);
        }
        done.set(None);
    };
    view! {
        <div
            class="undo"
            role="status"
            hidden=neither
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
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
