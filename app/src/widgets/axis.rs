//! The hours above the strips, once for all of them.

use leptos::prelude::*;

use super::strip::{Mark, labels};
use crate::reactive::text;

/// Draws the labels of the hours, and the present on the viewer's clock.
#[component]
pub(crate) fn Axis(marks: Memo<Vec<Mark>>, clock: Signal<String>) -> impl IntoView {
    let labels = text(move || clock.with(|clock| marks.with(|marks| labels(marks, clock))));
    view! {
        <div class="axis" aria-hidden="true">
            <svg class="hours" inner_html=labels />
        </div>
    }
}
