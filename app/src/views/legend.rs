//! What the shapes mean.

use leptos::prelude::*;

use crate::widgets::mark::{Mark, Shape};
use crate::words::legend as say;

#[component]
pub(super) fn Legend() -> impl IntoView {
    let shapes = [
        (Shape::Live, say::live()),
        (Shape::Offline, say::offline()),
        (Shape::Unknown, say::unknown()),
        (Shape::New, say::not_checked_yet()),
        (Shape::NotFound, say::not_found()),
    ];
    view! {
        <footer class="legend" aria-label=say::legend()>
            <ul>
                {shapes
                    .into_iter()
                    .map(|(shape, text)| view! { <li><Mark shape=shape />{text}</li> })
                    .collect_view()}
                <li>
                    <svg class="strip" width="26" height="14" aria-hidden="true">
                        <rect class="past maybe" x="0" width="8" height="14" />
                        <rect class="past" x="8" width="18" height="14" />
                    </svg>
                    {say::broadcast()}
                </li>
                <li>
                    <svg class="strip" width="26" height="14" aria-hidden="true">
                        <path class="ahead" d="M0 14V11H6V5H14V2H20V9H26V14Z" />
                    </svg>
                    {say::ahead()}
                </li>
                <li>
                    <svg class="strip" width="26" height="14" aria-hidden="true">
                        <path class="check" d="M4 5v5M10 5v5M14 5v5" />
                        <circle class="next" cx="22" cy="7.5" r="2.4" />
                    </svg>
                    {say::checks()}
                </li>
                <li>
                    <svg class="strip" width="12" height="14" aria-hidden="true">
                        <path class="check unanswered" d="M3 4v2.5m0 2v2.5M9 4v2.5m0 2v2.5" />
                    </svg>
                    {say::unanswered()}
                </li>
                <li><kbd>"a"</kbd>" "{say::adds_accounts()}</li>
                <li><kbd>"?"</kbd>" "{say::all_keys()}</li>
            </ul>
        </footer>
    }
}

/// Fills for what is not certain, for everything drawn on the page.
#[component]
pub(super) fn Patterns() -> impl IntoView {
    view! {
        <svg class="patterns" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern id="hatch-past" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="past" width="1.7" height="4" />
                </pattern>
                <pattern id="hatch-live" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="live" width="1.7" height="4" />
                </pattern>
            </defs>
        </svg>
    }
}
