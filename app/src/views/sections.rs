//! The parts of the list, and who is in which.

use leptos::prelude::*;

use almanac_engine::view::Standing;
use almanac_wire::AccountId;

use crate::reactive::memo;
use crate::state::State;
use crate::words::now as say;

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Live,
    Unknown,
    Next,
    NotFound,
}

impl Section {
    /// From top to bottom.
    pub(super) const ALL: [Self; 4] = [Self::Live, Self::Unknown, Self::Next, Self::NotFound];

    const fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Live { .. } => Self::Live,
            Standing::Unknown { .. } => Self::Unknown,
            Standing::New | Standing::Offline { .. } => Self::Next,
            Standing::NotFound { .. } => Self::NotFound,
        }
    }

    /// Its heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Live => say::section_live(),
            Self::Unknown => say::section_unknown(),
            Self::Next => say::section_next(),
            Self::NotFound => say::section_not_found(),
        }
    }

    /// The identifier of its heading.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Live => "section-live",
            Self::Unknown => "section-unknown",
            Self::Next => "section-next",
            Self::NotFound => "section-not-found",
        }
    }
}

/// An account's place in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) account: AccountId,
    pub(super) section: Section,
    /// Nothing is known of it now, but it was live when last known.
    was_live: bool,
}

/// Every account in its place, in order.
pub(super) fn places(state: State) -> Memo<Vec<Place>> {
    let place = move |account: &AccountId| {
        state.row(account)?.with(|row| {
            Some(Place {
                account: account.clone(),
                section: Section::of(&row.standing),
                was_live: matches!(row.standing, Standing::Unknown { was_live: true, .. }),
            })
        })
    };
    memo(move || state.order.with(|order| order.iter().filter_map(place).collect()))
}

/// How many are live, and how many more were when last known.
pub(super) fn live(places: &[Place]) -> (usize, usize) {
    (
        places.iter().filter(|place| place.section == Section::Live).count(),
        places.iter().filter(|place| place.was_live).count(),
    )
}
