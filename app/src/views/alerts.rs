//! The alerts that nobody has seen yet, and what a person wants to be told.

use leptos::prelude::*;

use almanac_engine::{Alert, AlertKind};

use super::Screen;
use super::alert_rules::alert_rules;
use crate::phrases::{alert_detail, alert_title};
use crate::reactive::{flag, memo};
use crate::widgets::dialog::dialog;
use crate::widgets::mark::{Mark, Shape};
use crate::words::{add, alerts as say};

#[component]
pub(super) fn Alerts(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let overview = state.overview;
    let unseen = memo(move || {
        overview.with(|one| one.as_ref().map(|one| one.alerts.unseen.clone()).unwrap_or_default())
    });
    let none = flag(move || unseen.with(Vec::is_empty));
    let item = move |alert: Alert| {
        let shape = match alert.kind {
            AlertKind::Live => Shape::Live,
            AlertKind::Ended => Shape::Offline,
            AlertKind::Soon(_) => Shape::New,
        };
        let detail = screen.present(|present| alert_detail(&alert, present)).unwrap_or_default();
        let when = screen.present(|present| present.when(alert.at));
        let link = alert.account.watch_url();
        let no_link = link.is_none();
        view! {
            <li>
                <Mark shape=shape />
                <p>
                    <b>{alert_title(&alert)}</b>
                    " "
                    <span>{detail}</span>
                </p>
                <time>{when}</time>
                " "
                <a href=link rel="noreferrer" target="_blank" hidden=no_link>
                    {say::watch()}
                </a>
            </li>
        }
    };
    let content = view! {
        <div class="alerts">
            {alert_rules(screen, move || screen.alerting.get())}
            <section aria-labelledby="unseen">
                <h3 id="unseen">{say::unseen()}</h3>
                <p hidden=flag(move || !none.get())>{say::nothing()}</p>
                <ul hidden=none aria-labelledby="unseen">
                    {move || unseen.get().into_iter().rev().map(item).collect_view()}
                </ul>
            </section>
            <div class="tools">
                <button type="button" hidden=none on:click=move |_| state.seen(None)>
                    {say::all_seen()}
                </button>
                <button type="button" class="main" on:click=move |_| screen.alerting.set(false)>
                    {add::close()}
                </button>
            </div>
        </div>
    };
    dialog(screen.alerting, Signal::stored(say::title().to_owned()), "alerts-title", content)
}
