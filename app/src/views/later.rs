//! What is not in the first download: every screen but Now, and all dialogs.
//!
//! One file holds all of it. It comes once the first screen is there and the browser has nothing
//! better to do, or when a part of it is wanted, whichever is first. What only [`draw`] reaches is
//! in that file; nothing else may call it, or it is in the first download again.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::{Screen, add, alerts, keys, legend, places};
use crate::protocol::Details;
use crate::reactive::{flag, memo};
use crate::state::{Read, State};

/// What can be drawn later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The dialog for adding accounts.
    Add,
    /// The dialog with the alerts.
    Alerts,
    /// The sheet with the keys.
    Keys,
    /// Whatever screen the address names, but Now.
    Screens,
    /// What the shapes mean.
    Legend,
}

type Draw = fn(Part, Screen) -> AnyView;

/// Draws a part. Each is one line here.
fn draw(part: Part, screen: Screen) -> AnyView {
    match part {
        Part::Add => view! { <add::Add screen=screen /> }.into_any(),
        Part::Alerts => view! { <alerts::Alerts screen=screen /> }.into_any(),
        Part::Keys => view! { <keys::Keys screen=screen /> }.into_any(),
        Part::Screens => places::other_screen(screen).into_any(),
        Part::Legend => view! { <legend::Legend /> }.into_any(),
    }
}

#[wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)]
fn fetched() -> Result<(Draw, Read), SplitLoaderError> {
    Ok((draw, Details::from_bytes))
}

/// How the later part of the app is doing.
#[derive(Clone, Copy)]
enum Stage {
    Away,
    Coming,
    Here(Draw),
    Failed,
}

/// The later part of the app. Copied freely; it comes once, however often the page is drawn.
#[derive(Clone, Copy)]
pub struct Later {
    stage: RwSignal<Stage>,
}

impl Later {
    /// Nothing has come yet. Whoever draws the page keeps it: what has come stays when the page is
    /// drawn anew, and what is on its way may arrive after that.
    #[must_use]
    pub fn away() -> Self {
        Self { stage: RwSignal::new(Stage::Away) }
    }

    /// Has it come, unless it is here or on its way.
    pub(crate) fn fetch(self, state: State) {
        if matches!(self.stage.get_untracked(), Stage::Coming | Stage::Here(_)) {
            return;
        }
        self.stage.set(Stage::Coming);
        spawn_local(async move {
            match fetched().await {
                Ok((draw, read)) => {
                    state.reader.set_value(Some(read));
                    self.stage.set(Stage::Here(draw));
                }
                Err(_) => self.stage.set(Stage::Failed),
            }
        });
    }

    /// Whether it was wanted and did not come.
    pub(super) fn failed(self) -> Signal<bool> {
        flag(move || matches!(self.stage.get(), Stage::Failed))
    }

    fn drawer(self) -> Option<Draw> {
        match self.stage.get() {
            Stage::Here(draw) => Some(draw),
            Stage::Away | Stage::Coming | Stage::Failed => None,
        }
    }
}

/// Draws a part as soon as it can be, for which nobody waits.
pub(crate) fn in_time(screen: Screen, part: Part) -> impl IntoView {
    move || screen.later.drawer().map(|draw| draw(part, screen))
}

/// Draws a part from when it is first wanted, or once it can be.
pub(crate) fn later(
    screen: Screen,
    part: Part,
    wanted: impl Fn() -> bool + Send + Sync + 'static,
) -> impl IntoView {
    let wanted = memo(wanted);
    let ever = Memo::new(move |before: Option<&bool>| wanted.get() || before == Some(&true));
    Effect::new(move |_| {
        if wanted.get() {
            screen.later.fetch(screen.state);
        }
    });
    move || ever.get().then(|| screen.later.drawer().map(|draw| draw(part, screen)))
}
