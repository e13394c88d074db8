//! The parts of the list, and who is in which.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use almanac_engine::view::{Search, Sort, Standing};
use almanac_wire::{AccountId, Timestamp};

use crate::phrases::counts_as_live;
use crate::reactive::memo;
use crate::state::{State, in_order};
use crate::words::{now as say, standing};

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Live,
    Unknown,
    Next,
    Unchecked,
    NotFound,
}

impl Section {
    /// From top to bottom.
    pub(super) const ALL: [Self; 5] =
        [Self::Live, Self::Unknown, Self::Next, Self::Unchecked, Self::NotFound];

    const fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Live { .. } => Self::Live,
            Standing::Unknown { .. } => Self::Unknown,
            Standing::Offline { .. } => Self::Next,
            // Who was never asked about is not known to be off air.
            Standing::New => Self::Unchecked,
            Standing::NotFound { .. } => Self::NotFound,
        }
    }

    /// Its heading, where accounts are in such an order.
    pub(super) fn title(self, sort: Sort) -> &'static str {
        match self {
            Self::Live => say::section_live(),
            Self::Unknown => say::section_unknown(),
            Self::Next if sort == Sort::Likely => say::section_next(),
            Self::Next => say::section_offline(),
            Self::Unchecked => standing::not_checked_yet(),
            Self::NotFound => standing::no_such_account(),
        }
    }

    /// The identifier of its heading.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Live => "section-live",
            Self::Unknown => "section-unknown",
            Self::Next => "section-next",
            Self::Unchecked => "section-unchecked",
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

/// All of them in the order that a search asks for.
pub(super) fn sorted(
    state: State,
    search: RwSignal<Search>,
    all: Memo<Vec<Place>>,
) -> Memo<Vec<Place>> {
    let sort = memo(move || search.with(|search| search.sort));
    memo(move || {
        let sort = sort.get();
        if sort == Sort::Likely {
            return all.get();
        }
        let search = Search { sort, ..Search::default() };
        let mut keys = Vec::new();
        let mut places = BTreeMap::new();
        all.with(|all| {
            for place in all {
                let Some(row) = state.row(&place.account) else { continue };
                keys.push(row.with(|row| search.key(row)));
                places.insert(place.account.clone(), place.clone());
            }
        });
        in_order(keys).iter().filter_map(|account| places.remove(account)).collect()
    })
}

/// Whom a search does not find: they keep their places, hidden. To show a row again is much cheaper
/// than to make it anew.
pub(super) fn missed(
    state: State,
    search: RwSignal<Search>,
    all: Memo<Vec<Place>>,
) -> Memo<BTreeSet<AccountId>> {
    memo(move || {
        search.with(|search| {
            if search.finds_all() {
                return BTreeSet::new();
            }
            let misses = |place: &&Place| {
                let row = state.row(&place.account);
                !row.is_some_and(|row| row.with(|row| search.finds(row)))
            };
            all.with(|all| all.iter().filter(misses).map(|place| place.account.clone()).collect())
        })
    })
}

/// How many are live, and how many more were when last known: nobody has looked lately, or with no
/// answer. `seen` says when an account was last seen live.
pub(super) fn live(
    places: &[Place],
    seen: impl Fn(&AccountId) -> Option<Timestamp>,
    now: Timestamp,
) -> (usize, usize) {
    let on = |place: &&Place| {
        place.section == Section::Live
            && seen(&place.account).is_none_or(|at| counts_as_live(at, now))
    };
    let live = places.iter().filter(on).count();
    let ever = places.iter().filter(|place| place.was_live || place.section == Section::Live);
    (live, ever.count() - live)
}

/// Whether no check has told anything of anybody yet.
pub(super) fn none_checked(places: &[Place]) -> bool {
    places.iter().all(|place| place.section == Section::Unchecked)
}

#[cfg(test)]
mod tests {
    use almanac_engine::Interval;
    use almanac_engine::view::{Row, Show};
    use almanac_wire::Span;

    use super::*;

    /// A filter finds those under the heading of its name and no others: unknown is never offline.
    #[test]
    fn each_filter_finds_what_stands_under_its_heading() {
        let at = Timestamp::from_s(1_780_000_000);
        let unknown = Standing::Unknown { kind: None, since: at, retry_at: None, was_live: false };
        let live = Standing::Live { start: Interval::exact(at), title: None, viewers: None };
        let all = [
            (live, Section::Live, Show::Live),
            (unknown, Section::Unknown, Show::Unknown),
            (Standing::Offline { last_start: None, last_end: None }, Section::Next, Show::Offline),
            (Standing::New, Section::Unchecked, Show::Unchecked),
            (Standing::NotFound { since: at }, Section::NotFound, Show::NotFound),
        ];
        assert_eq!(all.each_ref().map(|(_, section, _)| *section), Section::ALL);
        for (standing, section, show) in all {
            assert_eq!(Section::of(&standing), section);
            let row = Row {
                account: "tiktok:mira".parse().unwrap(),
                standing,
                next_check: None,
                unserved: false,
                why: None,
                expected: None,
                checked_at: None,
                bars: Vec::new(),
                ticks: Vec::new(),
                tags: Vec::new(),
                paused: false,
                recent: 0,
            };
            let found = |show: &&Show| Search { show: **show, ..Search::default() }.finds(&row);
            let found: Vec<Show> = Show::ALL.iter().filter(found).copied().collect();
            assert_eq!(found, [Show::All, show]);
        }
    }

    #[test]
    fn who_was_seen_live_long_ago_is_told_apart() {
        let now = Timestamp::from_s(1_780_000_000);
        let place = |handle: &str, section, was_live| Place {
            account: format!("tiktok:{handle}").parse().unwrap(),
            section,
            was_live,
        };
        let places = [
            place("lately", Section::Live, false),
            place("long_ago", Section::Live, false),
            place("no_answer", Section::Unknown, true),
            place("nothing_known", Section::Unknown, false),
            place("off", Section::Next, false),
        ];
        let seen = |account: &AccountId| {
            let minutes = if account.handle() == "lately" { 15 } else { 180 };
            Some(now - Span::MINUTE * minutes)
        };
        assert_eq!(live(&places, seen, now), (1, 2));
        assert_eq!(live(&places, seen, now + Span::MINUTE), (0, 3));
    }
}
