//! The Settings screen: what holds for all accounts, and for this device.

mod appearance;
mod danger;
mod install;
mod platforms;
mod proxy;
mod rule;
mod storage;

use leptos::html;
use leptos::prelude::*;

use super::Screen;
use super::alert_rules::alert_rules;
use super::budgets::{other_budgets, plan_view};
use super::places::not_at;
use crate::pace::put;
use crate::reactive::flag;
use crate::route::Route;
use crate::words::{alerts, settings as say};

/// One part of the screen under its heading, whose identifier is `id`.
fn part(id: &'static str, title: &'static str, content: impl IntoView) -> impl IntoView {
    view! {
        <section class="set" aria-labelledby=id>
            <h3 id=id>{title}</h3>
            <div class="sheet">{content}</div>
        </section>
    }
}

/// The screen, while it is open.
pub(super) fn screen(screen: Screen) -> impl IntoView {
    let elsewhere = not_at(screen, Route::Settings);
    move || (!elsewhere.get()).then(|| view! { <Settings screen=screen /> })
}

#[component]
fn Settings(screen: Screen) -> impl IntoView {
    let (first, second) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let there = move || first.get_untracked();
    let beside = move || second.get_untracked();
    screen.later.in_turn(vec![
        Box::new(move || {
            put(there(), move || {
                part("set-platforms", say::platforms(), platforms::platforms(screen))
            });
        }),
        Box::new(move || {
            put(there(), move || part("set-alerts", alerts::title(), alert_rules(screen, || true)));
        }),
        Box::new(move || {
            put(beside(), move || part("set-proxy", say::proxy(), proxy::proxy(screen)));
        }),
        Box::new(move || {
            put(beside(), move || {
                let content = view! {
                    {appearance::appearance(screen)}
                    {install::install()}
                };
                part("set-appearance", say::appearance(), content)
            });
        }),
        Box::new(move || {
            put(beside(), || part("set-storage", say::storage(), storage::storage()));
        }),
        Box::new(move || {
            put(beside(), move || part("set-danger", say::danger(), danger::danger(screen)));
        }),
    ]);
    let plan = plan_view(screen);
    let unread = flag(move || plan.with(Option::is_none));
    let rule = view! {
        <rule::RuleForm screen=screen plan=plan />
        <div class="reach" hidden=unread>
            <h4>{say::reach()}</h4>
            {other_budgets(screen, plan)}
        </div>
    };
    view! {
        <div class="settings">
            <h2>{say::title()}</h2>
            <div class="halves">
                <div node_ref=first>
                    {part("set-rule", say::checks(), rule)}
                </div>
                <div node_ref=second></div>
            </div>
        </div>
    }
}
