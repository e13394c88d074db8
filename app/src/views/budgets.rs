//! What a budget is expected to give, and what another one would.

use leptos::prelude::*;

use almanac_engine::Settings;
use almanac_engine::view::{OtherBudgets, PlanView};
use almanac_wire::AccountId;

use super::Screen;
use crate::phrases::plan as told;
use crate::protocol::{Details, Look};
use crate::reactive::{flag, memo, text};
use crate::words::plan as say;

pub(super) type View = Memo<Option<PlanView>>;

/// The plan, asked for anew as often as anything of it can have changed, to the minute.
pub(super) fn plan_view(screen: Screen) -> View {
    let state = screen.state;
    state.details.set(None);
    let stamp = memo(move || {
        let overview = state
            .overview
            .with(|overview| overview.as_ref().map(|one| (one.next_check, one.settings.clone())));
        (screen.minute.get(), overview, state.order.with(Vec::len))
    });
    Effect::new(move |_| {
        stamp.get();
        state.show(Look::Plan);
    });
    memo(move || {
        state.details.with(|details| match details {
            Some(Details::Plan(view)) => Some(view.clone()),
            Some(Details::Account(_) | Details::Nothing) | None => None,
        })
    })
}

/// Says something of those followed and the settings in force.
pub(super) fn of_the_followed(
    screen: Screen,
    say: fn(&[AccountId], &Settings) -> String,
) -> String {
    let settings = screen.state.overview.with(|one| one.as_ref().map(|one| one.settings.clone()));
    screen.state.order.with(|followed| say(followed, &settings.unwrap_or_default()))
}

/// What other budgets would change, platform by platform.
pub(super) fn other_budgets(screen: Screen, view: View) -> impl IntoView {
    let list = memo(move || {
        view.with(|view| view.as_ref().map(|view| view.other.clone()).unwrap_or_default())
    });
    let some = flag(move || !list.with(Vec::is_empty));
    let table = |other: OtherBudgets| {
        let row = |cells: [String; 4]| {
            let [name, requests, seen, delay] = cells;
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="number">{requests}</td>
                    <td class="number">{seen}</td>
                    <td class="number">{delay}</td>
                </tr>
            }
        };
        let rows = other.points.iter().map(told::budget_row).map(row).collect_view();
        view! {
            <p class="lead">{say::other_lead(other.accounts, other.platform.name())}</p>
            <table class="small">
                <thead>
                    <tr>
                        <th>{say::budget()}</th>
                        <th class="number">{say::requests_a_day()}</th>
                        <th class="number">{say::seen_live()}</th>
                        <th class="number">{say::after()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    let none = text(move || of_the_followed(screen, told::no_other));
    view! {
        {move || list.get().into_iter().map(table).collect_view()}
        <p class="lead" hidden=some>
            {none}
        </p>
    }
}
