//! The Plan screen: the coming checks, why each is made, and what another budget would change.

use leptos::prelude::*;

use almanac_engine::view::ComingCheck;

use super::Screen;
use super::budgets::{View, of_the_followed, other_budgets, plan_view};
use super::used::who_used;
use crate::phrases::Present;
use crate::phrases::plan as told;
use crate::reactive::{flag, memo, text};
use crate::route::Route;
use crate::widgets::card::card;
use crate::widgets::columns::{columns, labels};
use crate::words::{data, plan as say};

/// Draws the plan.
#[component]
pub(super) fn PlanScreen(screen: Screen) -> impl IntoView {
    let view = plan_view(screen);
    let unread = flag(move || view.with(Option::is_none));
    let read = flag(move || !unread.get());
    view! {
        <article class="account plan">
            <div class="summary">
                <h2 tabindex="-1">{say::heading()}</h2>
                <p>{say::lead()}</p>
            </div>
            <p class="opening" hidden=read>
                {data::working()}
            </p>
            <div class="cards" hidden=unread>
                <div>{hours(screen, view)} {checks(screen, view)}</div>
                <div>{card("plan-used", say::used_title(), who_used(screen))} {card("plan-other", say::other(), other_budgets(screen, view))}</div>
            </div>
        </article>
    }
}

fn hours(screen: Screen, view: View) -> impl IntoView {
    let drawn = text(move || {
        view.with(|view| view.as_ref().map(|view| columns(&view.hours)).unwrap_or_default())
    });
    let marks = memo(move || {
        view.with(|view| {
            let labels = |view| screen.state.with_zone(|zone| labels(view, zone));
            view.as_ref().map(labels).unwrap_or_default()
        })
    });
    let idle = flag(move || {
        view.with(|view| view.as_ref().is_none_or(|view| view.hours.iter().all(|n| *n == 0)))
    });
    let mark = |(left, hour): (String, String)| view! { <span style:left=left>{hour}</span> };
    let words = text(move || {
        view.with(|view| {
            let say = |view| screen.present(|present| told::hours_in_words(view, present));
            view.as_ref().map(say).unwrap_or_default()
        })
    });
    let content = view! {
        <div class="heat bars" role="img" aria-label=words hidden=idle>
            <svg
                class="cells grey"
                viewBox="0 0 24 100"
                preserveAspectRatio="none"
                inner_html=drawn
            />
            <div class="hours" aria-hidden="true">
                {move || marks.get().into_iter().map(mark).collect_view()}
            </div>
        </div>
        <p class="lead">{words}</p>
    };
    card("plan-hours", say::hours(), content)
}

fn checks(screen: Screen, view: View) -> impl IntoView {
    let list = memo(move || view.with(|view| view.as_ref().map(|view| view.checks.clone())));
    let none = flag(move || list.with(|list| list.as_ref().is_none_or(Vec::is_empty)));
    let some = flag(move || !none.get());
    let row = |check: &ComingCheck, present: Present<'_>| {
        let told::CheckRow { when, why, worth } = told::check_row(check, present);
        view! {
            <li>
                <b>{when}</b>
                <a class="handle" href=Route::Account(check.account.clone()).href()>
                    {check.account.handle().to_owned()}
                </a>
                <span>{why}</span>
                <span class="when">{worth}</span>
            </li>
        }
    };
    let rows = move || {
        screen.present(|present| {
            let all = list.get().unwrap_or_default();
            all.iter().map(|check| row(check, present)).collect_view()
        })
    };
    let nothing = text(move || of_the_followed(screen, told::nothing));
    let content = view! {
        <ol class="coming checks" hidden=none>
            {rows}
        </ol>
        <p class="lead" hidden=some>
            {nothing}
        </p>
    };
    card("plan-next", say::next(), content)
}
