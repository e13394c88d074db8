//! A part of a screen with its heading.

use leptos::prelude::*;

/// Shows its content under a heading; `id` distinguishes the heading from others.
pub(crate) fn card(
    id: &'static str,
    title: impl IntoView + 'static,
    content: impl IntoView + 'static,
) -> AnyView {
    view! {
        <section class="card" aria-labelledby=id>
            <h3 id=id>{title}</h3>
            {content}
        </section>
    }
    .into_any()
}
