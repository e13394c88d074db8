//! What the parts of the page share.

use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::{
    ev,
    leptos_dom::helpers::{window_event_listener, window_event_listener_untyped},
};
use std::collections::BTreeSet;
use std::time::Duration;

use almanac_engine::view::Search;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::later::Later;
use super::sections::{Place, live, missed, places, sorted};
use super::undo::Done;
use super::{finding, keys};
use crate::device;
use crate::phrases::{Present, document_title, seen_live};
use crate::protocol::Storage;
use crate::reactive::{flag, memo, text};
use crate::route::Route;
use crate::state::State;
use crate::widgets::strip::{Mark, Window, grid, marks};
use crate::words::{alerts, notices};

/// The rest of the app is fetched this long after the first screen, which is to be alive by then.
const SETTLED: Duration = Duration::from_secs(1);

/// So many rows are drawn without waiting for the browser to say which are in sight.
const FIRST_ROWS: usize = 24;

/// The state, what is derived from it once for all rows, and what is open.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    /// What the monitor tells.
    pub(crate) state: State,
    /// Now, to the minute: what rows show changes no oftener.
    pub(crate) minute: Memo<Timestamp>,
    /// Every account in its place, in order.
    pub(crate) places: Memo<Vec<Place>>,
    /// How many are live, and how many more were when last known.
    pub(crate) live: Memo<(usize, usize)>,
    /// What is looked for.
    pub(crate) search: RwSignal<Search>,
    /// The same, in the order that is asked for.
    pub(crate) sorted: Memo<Vec<Place>>,
    /// Those of them that what is looked for does not find.
    pub(crate) missed: Memo<BTreeSet<AccountId>>,
    /// The whole hours on every strip.
    pub(crate) marks: Memo<Vec<Mark>>,
    /// Lines at those.
    pub(crate) grid: Signal<String>,
    /// The part of the app that comes later.
    pub(crate) later: Later,
    /// Rows that there are.
    rows: StoredValue<usize>,
    /// Whether the dialog for adding is open.
    pub(crate) adding: RwSignal<bool>,
    /// What was shared with the app, to be put into that dialog.
    pub(crate) shared: RwSignal<String>,
    /// Whether the alerts are open.
    pub(crate) alerting: RwSignal<bool>,
    /// Whether it is shown who used the budgets.
    pub(crate) using: RwSignal<bool>,
    /// Whether a new version of the app is ready.
    pub(crate) updated: RwSignal<bool>,
    /// Whether the sheet with the keys is open.
    pub(crate) keys: RwSignal<bool>,
    /// Whether somebody is on the way to the search.
    pub(crate) seeking: StoredValue<bool>,
    /// What was corrected last, until it is taken back or closed.
    pub(crate) done: RwSignal<Option<Done>>,
}

impl Screen {
    pub(super) fn new(state: State, later: Later) -> Self {
        let minute = memo(move || {
            let ms = state.now.get().ms();
            Timestamp::from_ms(ms - ms.rem_euclid(Span::MINUTE.ms()))
        });
        let marks = memo(move || state.with_zone(|zone| marks(Window::around(minute.get()), zone)));
        let grid = text(move || marks.with(|marks| grid(marks)));
        let search = RwSignal::new(Search::default());
        let places = places(state);
        Self {
            state,
            minute,
            places,
            live: memo(move || {
                let seen = |account: &AccountId| state.row(account)?.with(seen_live);
                places.with(|places| live(places, seen, minute.get()))
            }),
            search,
            sorted: sorted(state, search, places),
            missed: missed(state, search, places),
            marks,
            grid,
            later,
            rows: StoredValue::new(0),
            adding: RwSignal::new(false),
            shared: RwSignal::new(String::new()),
            alerting: RwSignal::new(false),
            using: RwSignal::new(false),
            updated: RwSignal::new(false),
            keys: RwSignal::new(false),
            seeking: StoredValue::new(false),
            done: RwSignal::new(None),
        }
    }

    /// Counts a row while there is one, and says whether a screen certainly has room for it.
    pub(crate) fn among_the_first(self) -> bool {
        let rows = self.rows;
        rows.update_value(|all| *all += 1);
        on_cleanup(move || {
            let _ = rows.try_update_value(|all| *all -= 1);
        });
        rows.get_value() <= FIRST_ROWS
    }

    /// What strips show at present.
    pub(crate) fn window(self) -> Window {
        Window::around(self.minute.get())
    }

    /// Says something as of the present minute.
    pub(crate) fn present<T>(self, say: impl FnOnce(Present<'_>) -> T) -> T {
        let now = self.minute.get();
        self.state.with_zone(|zone| say(Present { now, zone }))
    }

    /// The platforms that the proxy serves.
    pub(crate) fn served(self) -> Memo<Vec<Platform>> {
        let overview = self.state.overview;
        memo(move || {
            overview.with(|overview| {
                let upstreams = overview.as_ref().map_or(&[][..], |one| &one.upstreams);
                upstreams.iter().map(|upstream| upstream.platform).collect()
            })
        })
    }

    /// The tags that accounts have, in order.
    pub(crate) fn tags(self) -> Memo<Vec<String>> {
        memo(move || {
            let mut tags = BTreeSet::new();
            self.places.with(|places| {
                for row in places.iter().filter_map(|place| self.state.row(&place.account)) {
                    row.with(|row| tags.extend(row.tags.iter().cloned()));
                }
            });
            tags.into_iter().collect()
        })
    }

    /// Handles that an upstream offers and nobody follows yet, under its platform.
    pub(crate) fn suggestions(self) -> Memo<Vec<AccountId>> {
        let state = self.state;
        memo(move || {
            // Who is followed is no signal; their order is.
            state.order.with(|_| ());
            let followed = state.followed();
            state.overview.with(|overview| {
                let upstreams = overview.as_ref().map_or(&[][..], |one| &one.upstreams);
                let offered = upstreams.iter().flat_map(|upstream| &upstream.suggestions);
                offered.filter(|account| !followed.contains(account)).cloned().collect()
            })
        })
    }
}

/// Keeps the tab's title up to date.
pub(super) fn name_the_tab(screen: Screen) {
    let title = memo(move || {
        let live = screen.live.get().0;
        screen.state.route.with(|route| document_title(route.as_ref(), live))
    });
    Effect::new(move |_| document().set_title(&title.get()));
}

/// Hides the rows that what is looked for does not find.
pub(super) fn hide_the_missed(screen: Screen) {
    Effect::new(move |_| screen.missed.with(|missed| screen.state.miss(missed)));
}

/// Should this code come to a sudden end it can say nothing any more: others are to say it then.
pub(super) fn leave_last_words() {
    let words = [notices::stopped(), notices::stopped_advice(), alerts::reload()];
    device::tell("leave", words.into_iter().map(JsValue::from).collect::<Array>());
}

/// Keeps the app's icon up to date, and listens to what the browser around the page tells.
pub(super) fn mind_the_device(screen: Screen) {
    let badge = move || u32::try_from(screen.live.get().0).unwrap_or(u32::MAX);
    Effect::new(move |_| device::tell("badge", badge()));
    screen.updated.set(device::says("updated"));
    let updated =
        window_event_listener_untyped("almanac-update", move |_| screen.updated.set(true));
    let clicked = window_event_listener_untyped("almanac-clicked", move |event| {
        let event = event.dyn_into::<web_sys::CustomEvent>().ok();
        let id = event.and_then(|event| event.detail().as_f64());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "alerts are counted from nothing"
        )]
        screen.state.seen(id.map(|id| id as u64));
    });
    on_cleanup(move || {
        updated.remove();
        clicked.remove();
    });
    if let Some(shared) = device::word("shared") {
        screen.shared.set(shared);
        screen.adding.set(true);
    }
}

/// Whether nothing runs behind the page, so that nothing will ever be told; a notice says why.
pub(super) fn idle(screen: Screen) -> Signal<bool> {
    let state = screen.state;
    flag(move || {
        let could_not =
            matches!(state.storage.get(), Storage::Insecure { .. } | Storage::Denied { .. });
        could_not && state.overview.with(Option::is_none)
    })
}

/// Has the later files of the app come once the first screen stands.
pub(super) fn fetch_the_rest(screen: Screen) {
    let stands = flag(move || screen.state.overview.with(Option::is_some));
    Effect::new(move |_| {
        if stands.get() {
            let rest = move || {
                screen.later.calm_down();
                screen.later.fetch_all(screen.state);
                device::tell("settled", JsValue::UNDEFINED);
            };
            set_timeout(rest, SETTLED);
        }
    });
}

/// `a` opens the dialog for adding, `/` goes to the search, from any screen.
pub(super) fn listen_for_keys(screen: Screen) {
    let handle = window_event_listener(ev::keydown, move |event| {
        match keys::pressed(screen, &event).as_deref() {
            Some("a") => {
                event.prevent_default();
                screen.adding.set(true);
            }
            Some("/") => {
                event.prevent_default();
                if screen.state.route.with_untracked(|route| *route == Some(Route::Now)) {
                    finding::focus();
                } else {
                    screen.seeking.set_value(true);
                    // It fails only where the page is not shown at all.
                    let _ = window().location().set_hash(&Route::Now.href());
                }
            }
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
}
