//! What is not in the first download: every screen but Now, and all dialogs.
//!
//! It is a few files ([`File`]), each of which comes when something of it is wanted, or once the
//! first screen is there and the browser has nothing better to do. What only its `fetch` reaches is
//! in a file; nothing else may call it, or it is in the first download again.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::{Screen, account, add, alerts, data, keys, legend, places, settings, used};
use crate::pace::{Job, in_turn};
use crate::protocol::Details;
use crate::reactive::{flag, memo};
use crate::route::Route;
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
    /// What the shapes mean.
    Legend,
    /// The Settings screen.
    Settings,
    /// The screen of one account.
    Account,
    /// The Data screen.
    Data,
    /// Whatever other screen the address names.
    Screens,
    /// Who used the budgets.
    Used,
}

/// The files. The page fetches the one that its address needs (`xtask/src/ahead.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    Dialogs,
    Account,
    Screens,
    Settings,
    Data,
}

impl File {
    /// In the order in which they come by themselves.
    const ALL: [Self; 5] =
        [Self::Dialogs, Self::Account, Self::Screens, Self::Settings, Self::Data];

    /// Has it come.
    async fn fetch(self) -> Result<Come, SplitLoaderError> {
        match self {
            Self::Dialogs => dialogs().await,
            Self::Settings => settings().await,
            Self::Account => account().await,
            Self::Data => data().await,
            Self::Screens => screens().await,
        }
    }
}

impl Part {
    /// Those that are screens.
    pub(crate) const SCREENS: &[Self] = &[Self::Settings, Self::Account, Self::Data, Self::Screens];

    /// What draws the screen that an address names, where it is not in the first download.
    pub(crate) const fn of(route: Option<&Route>) -> Option<Self> {
        match route {
            Some(Route::Now) => None,
            Some(Route::Settings) => Some(Self::Settings),
            Some(Route::Account(_)) => Some(Self::Account),
            Some(Route::Data) => Some(Self::Data),
            Some(Route::Plan | Route::Results | Route::Log) | None => Some(Self::Screens),
        }
    }

    /// The file it is in.
    const fn file(self) -> File {
        match self {
            Self::Add | Self::Alerts | Self::Keys | Self::Legend => File::Dialogs,
            Self::Settings => File::Settings,
            Self::Account => File::Account,
            Self::Data => File::Data,
            Self::Screens | Self::Used => File::Screens,
        }
    }
}

type Draw = fn(Part, Screen) -> AnyView;
/// What a file brings: what draws its parts, and what reads what their screens show.
type Come = (Draw, Option<Read>);

/// What every file brings, besides its own: the words of what is drawn later.
fn brought(draw: Draw, read: Option<Read>) -> Come {
    crate::words::know_the_rest();
    (draw, read)
}

#[wasm_split(dialogs, wasm_split_path = leptos::wasm_split, fallible)]
fn dialogs() -> Result<Come, SplitLoaderError> {
    let draw: Draw = |part, screen| match part {
        Part::Add => view! { <add::Add screen=screen /> }.into_any(),
        Part::Alerts => view! { <alerts::Alerts screen=screen /> }.into_any(),
        Part::Keys => view! { <keys::Keys screen=screen /> }.into_any(),
        Part::Legend => view! { <legend::Legend /> }.into_any(),
        Part::Settings | Part::Account | Part::Data | Part::Screens | Part::Used => ().into_any(),
    };
    Ok(brought(draw, None))
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, fallible)]
fn settings() -> Result<Come, SplitLoaderError> {
    Ok(brought(|_, screen| settings::screen(screen).into_any(), None))
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible)]
fn account() -> Result<Come, SplitLoaderError> {
    Ok(brought(|_, screen| account::screen(screen).into_any(), Some(Details::from_bytes)))
}

#[wasm_split(data, wasm_split_path = leptos::wasm_split, fallible)]
fn data() -> Result<Come, SplitLoaderError> {
    let draw: Draw = |_, screen| view! { <data::Data screen=screen /> }.into_any();
    Ok(brought(draw, Some(Details::from_bytes)))
}

#[wasm_split(screens, wasm_split_path = leptos::wasm_split, fallible)]
fn screens() -> Result<Come, SplitLoaderError> {
    let draw: Draw = |part, screen| match part {
        Part::Used => view! { <used::Used screen=screen /> }.into_any(),
        Part::Screens => places::other_screen(screen).into_any(),
        Part::Add
        | Part::Alerts
        | Part::Keys
        | Part::Legend
        | Part::Settings
        | Part::Account
        | Part::Data => ().into_any(),
    };
    Ok(brought(draw, Some(Details::from_bytes)))
}

/// How a file is doing.
#[derive(Clone, Copy)]
enum Stage {
    Away,
    Coming,
    Here(Draw),
    Failed,
}

/// The later part of the app. Copied freely; a file comes once, however often the page is drawn.
#[derive(Clone, Copy)]
pub struct Later {
    stages: [RwSignal<Stage>; File::ALL.len()],
    /// Whether the first drawing is over: what is drawn then is drawn at once.
    calm: StoredValue<bool>,
}

impl Later {
    /// Nothing has come yet. Whoever draws the page keeps it: what has come stays when the page is
    /// drawn anew, and what is on its way may arrive after that.
    #[must_use]
    pub fn away() -> Self {
        let stages = File::ALL.map(|_| RwSignal::new(Stage::Away));
        Self { stages, calm: StoredValue::new(false) }
    }

    fn stage(self, file: File) -> RwSignal<Stage> {
        self.stages[file as usize]
    }

    /// Has a file come, unless it is here or on its way.
    fn fetch(self, file: File, state: State) {
        spawn_local(self.fetched(file, state));
    }

    async fn fetched(self, file: File, state: State) {
        let now = self.stage(file);
        if matches!(now.get_untracked(), Stage::Coming | Stage::Here(_)) {
            return;
        }
        now.set(Stage::Coming);
        match file.fetch().await {
            Ok((draw, read)) => {
                if read.is_some() {
                    state.reader.set_value(read);
                }
                now.set(Stage::Here(draw));
            }
            Err(_) => now.set(Stage::Failed),
        }
    }

    /// Has jobs done once what is being drawn is drawn; by turns while the page has only just begun.
    pub(super) fn in_turn(self, jobs: Vec<Job>) {
        in_turn(self.calm.get_value(), jobs);
    }

    /// The first drawing is over.
    pub(super) fn calm_down(self) {
        self.calm.set_value(true);
    }

    /// Has all files come that are not here, one after another.
    pub(super) fn fetch_all(self, state: State) {
        spawn_local(async move {
            for file in File::ALL {
                self.fetched(file, state).await;
            }
        });
    }

    /// Whether something was wanted and did not come.
    pub(super) fn failed(self) -> Signal<bool> {
        flag(move || self.stages.iter().any(|stage| matches!(stage.get(), Stage::Failed)))
    }

    fn drawer(self, file: File) -> Option<Draw> {
        match self.stage(file).get() {
            Stage::Here(draw) => Some(draw),
            Stage::Away | Stage::Coming | Stage::Failed => None,
        }
    }
}

/// Draws a part as soon as it can be, for which nobody waits.
pub(crate) fn in_time(screen: Screen, part: Part) -> impl IntoView {
    move || screen.later.drawer(part.file()).map(|draw| draw(part, screen))
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
            screen.later.fetch(part.file(), screen.state);
        }
    });
    move || ever.get().then(|| screen.later.drawer(part.file()).map(|draw| draw(part, screen)))
}
