//! The Settings screen: what holds for all accounts, and for this device.

mod appearance;
mod danger;
mod install;
mod platforms;
mod proxy;
mod rule;
mod storage;

use leptos::prelude::*;

use super::Screen;
use super::alert_rules::alert_rules;
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

#[component]
pub(super) fn Settings(screen: Screen) -> impl IntoView {
    view! {
        <div class="settings">
            <h2>{say::title()}</h2>
            {part("set-rule", say::checks(), view! { <rule::RuleForm screen=screen /> })}
            {part("set-platforms", say::platforms(), platforms::platforms(screen))}
            {part("set-alerts", alerts::title(), alert_rules(screen, || true))}
            {part("set-proxy", say::proxy(), proxy::proxy(screen))}
            {part(
                "set-appearance",
                say::appearance(),
                view! {
                    {appearance::appearance(screen)}
                    {install::install()}
                },
            )}
            {part("set-storage", say::storage(), storage::storage())}
            {part("set-danger", say::danger(), danger::danger(screen))}
        </div>
    }
}
