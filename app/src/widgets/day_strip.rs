//! A day of one account: what was seen, when it was looked, and when it will be.

use leptos::prelude::*;

use super::strip::{BAND, HEIGHT, NOW, Strip};

/// Draws a strip; `grid` are the lines at whole hours, `alternative` says all of it in words.
#[component]
pub(crate) fn DayStrip(
    strip: Memo<Strip>,
    grid: Memo<String>,
    #[prop(into)] alternative: Signal<String>,
) -> impl IntoView {
    let pieces = move || {
        let piece = |piece: &super::strip::Piece| {
            let (x, width) = (percent(piece.x), percent(piece.width));
            view! { <rect class=piece.kind.class() x=x y="12" width=width height="14" /> }
        };
        strip.with(|strip| strip.pieces.iter().map(piece).collect_view())
    };
    let next = move || {
        strip.with(|strip| strip.next).map(|x| {
            view! { <circle class="next" cx=percent(x) cy="31" r="2.4" /> }
        })
    };
    view! {
        <svg class="strip" role="img" aria-label=alternative height=HEIGHT>
            <svg viewBox=format!("0 0 100 {HEIGHT}") preserveAspectRatio="none" height=HEIGHT>
                <path class="grid" d=grid />
                <path class="grid" d=format!("M0 {BAND}H100") />
                <path class="check" d=move || strip.with(|strip| strip.answered.clone()) />
                <path class="check unanswered" d=move || strip.with(|strip| strip.unanswered.clone()) />
            </svg>
            {pieces}
            <line class="now" x1=percent(NOW) x2=percent(NOW) y1="0" y2=HEIGHT />
            {next}
        </svg>
    }
}

fn percent(x: f64) -> String {
    format!("{x:.2}%")
}
