//! The hours above the strips, once for all of them.

use leptos::prelude::*;

use super::strip::{Mark, NOW};

/// Draws the labels of the hours, and the present on the viewer's clock.
#[component]
pub(crate) fn Axis(marks: Memo<Vec<Mark>>, #[prop(into)] clock: Signal<String>) -> impl IntoView {
    let labels = move || {
        marks.with(|marks| {
            let shown = marks.iter().filter(|mark| !mark.crowded);
            shown
                .map(|mark| {
                    let left = format!("{:.2}%", mark.x);
                    view! { <span class:near=mark.near style:left=left>{mark.label.clone()}</span> }
                })
                .collect_view()
        })
    };
    view! {
        <div class="axis" aria-hidden="true">
            <div class="hours">
                {labels} <span class="now" style:left=format!("{NOW}%")>
                    {clock}
                </span>
            </div>
        </div>
    }
}
