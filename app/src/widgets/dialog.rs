//! A window over the page: the browser's own, with its keyboard manners.

use leptos::html;
use leptos::prelude::*;

/// Shows its content in a modal dialog while `open`.
///
/// `title` is said as its title, `id` distinguishes that from the titles of others.
pub(crate) fn dialog(
    open: RwSignal<bool>,
    title: Signal<String>,
    id: &'static str,
    content: impl IntoView,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), open) = (dialog.get(), open.get()) else { return };
        if open && !dialog.open() {
            // It fails only where the page is not shown at all.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=dialog aria-labelledby=id on:close=move |_| open.set(false)>
            <div class="sheet">
                <h2 id=id>{title}</h2>
                {content}
            </div>
        </dialog>
    }
}
