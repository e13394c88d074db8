//! What a person wants to be told, and what nobody has seen yet.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use almanac_engine::alerts::{AlertRules, QuietHours};
use almanac_engine::wishes::DailyWindow;
use almanac_engine::{Alert, AlertKind};

use super::Screen;
use crate::device;
use crate::phrases::{alert_body, alert_title, permission_told};
use crate::reactive::{flag, memo, text};
use crate::widgets::dialog::dialog;
use crate::widgets::mark::{Mark, Shape};
use crate::words::{add, alerts as say};

/// Quiet hours where a person has not said which.
const NIGHT: DailyWindow = DailyWindow { from: 23 * 60, to: 7 * 60 };

#[component]
pub(super) fn Alerts(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let overview = state.overview;
    let rules = memo(move || {
        overview.with(|one| one.as_ref().map(|one| one.alerts.rules.clone()).unwrap_or_default())
    });
    let unseen = memo(move || {
        overview.with(|one| one.as_ref().map(|one| one.alerts.unseen.clone()).unwrap_or_default())
    });
    let permission = RwSignal::new(String::new());
    let look = move || permission.set(device::word("permission").unwrap_or_default());
    Effect::new(move |_| {
        if screen.alerting.get() {
            look();
        }
    });
    let change = move |edit: &dyn Fn(&mut AlertRules)| {
        let mut changed = rules.get_untracked();
        edit(&mut changed);
        state.alert(changed);
    };
    let want = move |edit: fn(&mut AlertRules, bool)| {
        move |event| {
            let on = event_target_checked(&event);
            change(&|rules| edit(rules, on));
            if on && permission.with_untracked(|one| one == "default") {
                spawn_local(async move {
                    device::answer("allow").await;
                    look();
                });
            }
        }
    };
    let choice = move |label: &'static str, read: fn(&AlertRules) -> bool, edit| {
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=flag(move || rules.with(read))
                    on:change=want(edit)
                />
                <span>{label}</span>
            </label>
        }
    };
    let quiet = move || rules.with(|rules| rules.quiet.as_ref().map(|quiet| quiet.window));
    let set_quiet = move |window: Option<DailyWindow>| {
        let zone = state.zone.get_value();
        change(&|rules| {
            rules.quiet = window.map(|window| QuietHours { window, zone: zone.clone() });
        });
    };
    let hours = move |label: &'static str, from: bool| {
        let value = text(move || {
            let window = quiet().unwrap_or(NIGHT);
            let minutes = if from { window.from } else { window.to };
            format!("{:02}:{:02}", minutes / 60, minutes % 60)
        });
        let set = move |event| {
            let Some(minutes) = minutes_of_clock(&event_target_value(&event)) else { return };
            let before = untrack(quiet).unwrap_or(NIGHT);
            set_quiet(Some(if from {
                DailyWindow { from: minutes, ..before }
            } else {
                DailyWindow { to: minutes, ..before }
            }));
        };
        view! { <label>{label} <input type="time" required prop:value=value on:change=set /></label> }
    };
    let told = text(move || permission.with(|one| permission_told(one)).to_owned());
    let none = flag(move || unseen.with(Vec::is_empty));
    let item = move |alert: Alert| {
        let shape = match alert.kind {
            AlertKind::Live => Shape::Live,
            AlertKind::Ended => Shape::Offline,
            AlertKind::Soon(_) => Shape::New,
        };
        let body = screen.present(|present| alert_body(&alert, present));
        let when = screen.present(|present| present.when(alert.at));
        let link = alert.account.watch_url();
        let no_link = link.is_none();
        view! {
            <li>
                <Mark shape=shape />
                <b>{alert_title(&alert)}</b>
                " "
                <span>{body}</span>
                " "
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
            <fieldset>
                <legend>{say::tell_me()}</legend>
                {choice(say::when_live(), |rules| rules.live, |rules, on| rules.live = on)}
                {choice(
                    say::when_soon(),
                    |rules| rules.soon,
                    |rules, on| rules.soon = on,
                )}
                {choice(say::when_ended(), |rules| rules.ended, |rules, on| rules.ended = on)}
                <p>{told}</p>
            </fieldset>
            <fieldset>
                <legend>{say::quiet_hours()}</legend>
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=flag(move || quiet().is_some())
                        on:change=move |event| {
                            set_quiet(event_target_checked(&event).then_some(NIGHT));
                        }
                    />
                    <span>{say::quiet()}</span>
                </label>
                <p class="hours" hidden=flag(move || quiet().is_none())>
                    {hours(say::from(), true)} {hours(say::to(), false)}
                </p>
            </fieldset>
            <section aria-labelledby="unseen">
                <h3 id="unseen">{say::unseen()}</h3>
                <p hidden=flag(move || !none.get())>{say::nothing()}</p>
                <ul hidden=none tabindex="0" aria-labelledby="unseen">
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

/// The minutes after midnight of `07:30`.
fn minutes_of_clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_time_is_read() {
        assert_eq!(minutes_of_clock("07:30"), Some(450));
        assert_eq!(minutes_of_clock("23:59:00"), Some(1439));
        assert_eq!([minutes_of_clock(""), minutes_of_clock("25:00")], [None, None]);
    }
}
