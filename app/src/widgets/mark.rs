//! The shape of a state. Every state has its own, so that colour is never all there is.

use almanac_engine::view::Standing;
use leptos::prelude::*;

use crate::reactive::text;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A disc.
    Live,
    /// A ring.
    Offline,
    /// A dashed diamond.
    Unknown,
    /// A dotted ring.
    New,
    /// A cross.
    NotFound,
}

impl From<&Standing> for Shape {
    fn from(standing: &Standing) -> Self {
        match standing {
            Standing::New => Self::New,
            Standing::Live { .. } => Self::Live,
            Standing::Offline { .. } => Self::Offline,
            Standing::NotFound { .. } => Self::NotFound,
            Standing::Unknown { .. } => Self::Unknown,
        }
    }
}

impl Shape {
    /// The name its style goes by.
    const fn class(self) -> &'static str {
        match self {
            Self::Live => "mark is-live",
            Self::Offline => "mark is-offline",
            Self::Unknown => "mark is-unknown",
            Self::New => "mark is-new",
            Self::NotFound => "mark is-not-found",
        }
    }

    /// Its outline, in a box of 14 by 14.
    const fn path(self) -> &'static str {
        match self {
            Self::Live => "M7 1a6 6 0 1 1 0 12a6 6 0 1 1 0-12Z",
            Self::Offline => "M7 2a5 5 0 1 1 0 10a5 5 0 1 1 0-10Z",
            Self::New => "M7 2a5 5 0 1 1 0 10a5 5 0 1 1 0-10Z",
            Self::Unknown => "M7 1 13 7 7 13 1 7Z",
            Self::NotFound => "M3 3 11 11M11 3 3 11",
        }
    }
}

/// Draws a shape; what it means is said beside it.
#[component]
pub(crate) fn Mark(#[prop(into)] shape: Signal<Shape>) -> impl IntoView {
    let class = text(move || shape.get().class().to_owned());
    let path = text(move || shape.get().path().to_owned());
    view! {
        <svg class=class viewBox="0 0 14 14" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
