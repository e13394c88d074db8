//! One account: what is known of it, what is to be expected, and what can be done about it.

mod charts;
mod editing;
mod head;
mod merging;
mod sessions;
mod wishes;

use leptos::html;
use leptos::prelude::*;

use almanac_engine::view::{AccountView, Row};
use almanac_engine::wishes::Wish;
use almanac_wire::AccountId;

use super::Screen;
use crate::pace::put;
use crate::phrases::Present;
use crate::protocol::{Details, Look};
use crate::reactive::{flag, memo};
use crate::route::Route;
use crate::words::account as say;

/// Sessions listed at first, and more with each wish for more.
const LISTED: u32 = 25;

/// What the parts of the screen share.
#[derive(Clone, Copy)]
struct Account {
    screen: Screen,
    id: StoredValue<AccountId>,
    /// What the monitor told last.
    view: Memo<Option<AccountView>>,
    /// Hours of the account's own zone, where it has one.
    own_zone: RwSignal<bool>,
    listed: RwSignal<u32>,
    /// Counts what was asked of the monitor, so that the screen is brought up to date.
    asked: RwSignal<u32>,
}

impl Account {
    fn wish(self, wish: Wish) {
        self.screen.state.wish(&self.id.get_value(), wish);
        self.asked.update(|count| *count += 1);
    }

    /// Says something of its row; nothing where it is not followed.
    fn row<T: Default>(self, say: impl FnOnce(&Row) -> T) -> T {
        let state = self.screen.state;
        // Who is followed is no signal; their order is.
        state.order.with(|_| ());
        let row = self.id.with_value(|id| state.row(id));
        row.map(|row| row.with(say)).unwrap_or_default()
    }

    /// Says something of the view; nothing while there is none.
    fn with<T: Default>(self, say: impl FnOnce(&AccountView) -> T) -> T {
        self.view.with(|view| view.as_ref().map(say).unwrap_or_default())
    }

    /// Says something as of now, by the zone that the screen goes by.
    fn told<T: Default>(self, say: impl FnOnce(&AccountView, Present<'_>) -> T) -> T {
        let now = self.screen.minute.get();
        self.with(|view| say(view, Present { now, zone: &view.zone }))
    }
}

/// The screen of the account that the address names, while it names one.
pub(super) fn screen(screen: Screen) -> impl IntoView {
    let id = memo(move || {
        screen.state.route.with(|route| match route {
            Some(Route::Account(id)) => Some(id.clone()),
            Some(
                Route::Now
                | Route::Plan
                | Route::Results
                | Route::Log
                | Route::Settings
                | Route::Data,
            )
            | None => None,
        })
    });
    move || id.get().map(|id| view! { <AccountScreen screen=screen id=id /> })
}

/// Draws the screen of an account.
#[component]
fn AccountScreen(screen: Screen, id: AccountId) -> impl IntoView {
    let state = screen.state;
    let account = Account {
        screen,
        id: StoredValue::new(id.clone()),
        view: memo({
            let id = id.clone();
            move || {
                state.details.with(|details| match details {
                    Some(Details::Account(view)) if view.account == id => Some((**view).clone()),
                    Some(Details::Account(_) | Details::Plan(_) | Details::Nothing) | None => None,
                })
            }
        }),
        own_zone: RwSignal::new(false),
        listed: RwSignal::new(LISTED),
        asked: RwSignal::new(0),
    };
    state.details.set(None);
    // Asks again when a check was made, or something was asked for.
    let stamp = memo({
        let id = id.clone();
        move || {
            state.order.with(|_| ());
            let row = state.row(&id).map(|row| {
                row.with(|row| {
                    let known = (row.checked_at, row.bars.clone());
                    (known, row.next_check, row.paused, row.tags.clone())
                })
            });
            (row, account.asked.get())
        }
    });
    Effect::new({
        let id = id.clone();
        move |_| {
            // Read, not just tracked: a memo that nobody reads never looks at what it follows.
            stamp.get();
            state.show(Look::Account {
                account: id.clone(),
                own_zone: account.own_zone.get(),
                zone: state.preferences.with(|all| all.zone.clone()),
                sessions: account.listed.get(),
            });
        }
    });
    let stranger = memo(move || {
        let heard = state.details.with(|details| matches!(details, Some(Details::Nothing)));
        heard && state.row(&account.id.get_value()).is_none()
    });
    let reading = flag(move || account.view.with(Option::is_some) || stranger.get());
    let unknown = flag(move || account.view.with(Option::is_none));
    // Of who is not known there is nothing to draw.
    let ever_known = Memo::new(move |before: Option<&bool>| {
        account.view.with(Option::is_some) || before == Some(&true)
    });
    let follow = move |_| {
        state.add(vec![account.id.get_value()]);
        account.asked.update(|count| *count += 1);
    };
    view! {
        <article class="account">
            {head::head(account)}
            <p class="opening" hidden=reading>
                {say::opening()}
            </p>
            <p class="stranger" hidden=move || !stranger.get()>
                {say::not_followed(id.handle())} " "
                <button type="button" class="main" on:click=follow>
                    {say::follow(id.handle())}
                </button>
            </p>
            <div class="cards" hidden=unknown>
                {move || ever_known.get().then(|| cards(account))}
            </div>
        </article>
    }
}

/// Both columns, a card at a turn, from above: what is drawn does not move.
fn cards(account: Account) -> impl IntoView {
    let one = NodeRef::<html::Div>::new();
    let other = NodeRef::<html::Div>::new();
    account.screen.later.in_turn(vec![
        Box::new(move || put(one.get_untracked(), move || charts::ahead(account))),
        Box::new(move || put(one.get_untracked(), move || charts::week(account))),
        Box::new(move || put(one.get_untracked(), move || charts::calendar(account))),
        Box::new(move || put(one.get_untracked(), move || sessions::sessions(account))),
        Box::new(move || put(other.get_untracked(), move || charts::pattern(account))),
        Box::new(move || put(other.get_untracked(), move || wishes::wishes(account))),
        Box::new(move || put(other.get_untracked(), move || charts::held(account))),
    ]);
    view! {
        <div node_ref=one></div>
        <div node_ref=other></div>
    }
}
