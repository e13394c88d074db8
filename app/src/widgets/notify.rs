//! What is to be told of an account, or of those with a tag: as for all, or something of its own.

use almanac_engine::wishes::Notify;
use leptos::prelude::*;

use crate::reactive::flag;
use crate::words::account as say;

/// Draws the choice; `set` hears of each change at once, `None` for what is set for all.
pub(crate) fn notify(
    label: String,
    what_is_own: &'static str,
    own: Memo<Option<Notify>>,
    set: impl Fn(Option<Notify>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let as_for_all = flag(move || own.get().is_none());
    let choose = move |event| {
        let of_its_own = event_target_value(&event) == "own";
        set(of_its_own.then_some(Notify { live: true, ..Notify::default() }));
    };
    let check = move |label: &'static str, read: fn(&mut Notify) -> &mut bool| {
        let checked = flag(move || *read(&mut own.get().unwrap_or_default()));
        let change = move |event| {
            let mut notify = own.get_untracked().unwrap_or_default();
            *read(&mut notify) = event_target_checked(&event);
            set(Some(notify));
        };
        view! {
            <label class="choice">
                <input type="checkbox" prop:checked=checked on:change=change />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <label class="field">
            <span>{label}</span>
            <select on:change=choose>
                <option value="all" selected=as_for_all>
                    {say::as_for_all()}
                </option>
                <option value="own" selected=flag(move || !as_for_all.get())>
                    {what_is_own}
                </option>
            </select>
        </label>
        <div class="choices" hidden=as_for_all>
            {check(say::notify_live(), |notify| &mut notify.live)}
            {check(say::notify_ended(), |notify| &mut notify.ended)}
            {check(say::notify_soon(), |notify| &mut notify.soon)}
        </div>
    }
}
