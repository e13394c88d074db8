//! A day of one account: what was seen, when it was looked, and when it will be.

use leptos::prelude::*;

use super::strip::{BAND, HEIGHT, NOW, Strip, WHOLE, percent};
use crate::reactive::text;

/// Draws a strip; `grid` are the lines at whole hours, `alternative` says all of it in words.
#[component]
pub(crate) fn DayStrip(
    strip: Memo<Strip>,
    grid: Signal<String>,
    alternative: Signal<String>,
) -> impl IntoView {
    let answered = text(move || strip.with(|strip| strip.answered.clone()));
    let unanswered = text(move || strip.with(|strip| strip.unanswered.clone()));
    let ahead = text(move || strip.with(|strip| strip.ahead.clone()));
    let markup = text(move || strip.with(Strip::markup));
    view! {
        <svg class="strip" role="img" aria-label=alternative height=HEIGHT>
            <svg
                viewBox=format!("0 0 {WHOLE} {HEIGHT}")
                preserveAspectRatio="none"
                height=HEIGHT
            >
                <path class="grid" d=grid />
                <path class="grid" d=format!("M0 {BAND}H{WHOLE}") />
                <path class="ahead" d=ahead />
                <path class="check" d=answered />
                <path class="check unanswered" d=unanswered />
            </svg>
            <g inner_html=markup />
            <line class="now" x1=percent(NOW) x2=percent(NOW) y1="0" y2=HEIGHT />
        </svg>
    }
}
