//! What a person wants to be told: of everybody, of those with a tag, and in which hours.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use almanac_engine::alerts::{AlertRule, AlertRules, QuietHours};
use almanac_engine::wishes::DailyWindow;

use super::Screen;
use crate::device;
use crate::phrases::permission_told;
use crate::reactive::{flag, memo, text};
use crate::widgets::notify::notify;
use crate::words::alerts as say;

/// Quiet hours where a person has not said which.
const NIGHT: DailyWindow = DailyWindow { from: 23 * 60, to: 7 * 60 };

/// Draws the rules; each change counts at once. `looked_at` says whether somebody sees them: then
/// the browser is asked what it permits.
pub(super) fn alert_rules(
    screen: Screen,
    looked_at: impl Fn() -> bool + Send + Sync + 'static,
) -> impl IntoView {
    let state = screen.state;
    let rules = memo(move || {
        state
            .overview
            .with(|one| one.as_ref().map(|one| one.alerts.rules.clone()).unwrap_or_default())
    });
    let permission = RwSignal::new(String::new());
    let look = move || permission.set(device::word("permission").unwrap_or_default());
    Effect::new(move |_| {
        if looked_at() {
            look();
        }
    });
    let want = move |rule: fn(bool) -> AlertRule| {
        move |event| {
            let on = event_target_checked(&event);
            state.alert(rule(on));
            if on && permission.with_untracked(|one| one == "default") {
                spawn_local(async move {
                    device::answer("allow").await;
                    look();
                });
            }
        }
    };
    let choice = move |label: &'static str, read: fn(&AlertRules) -> bool, rule| {
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=flag(move || rules.with(read))
                    on:change=want(rule)
                />
                <span>{label}</span>
            </label>
        }
    };
    let quiet = move || rules.with(|rules| rules.quiet.as_ref().map(|quiet| quiet.window));
    let set_quiet = move |window: Option<DailyWindow>| {
        let zone = state.zone.get_value();
        state.alert(AlertRule::Quiet(window.map(|window| QuietHours { window, zone })));
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
    let all_tags = screen.tags();
    let no_tags = flag(move || all_tags.with(Vec::is_empty));
    let by_tag = move |tag: String| {
        let own = memo({
            let tag = tag.clone();
            move || rules.with(|rules| rules.tags.get(&tag).copied())
        });
        let name = StoredValue::new(tag.clone());
        let set = move |own| state.alert(AlertRule::Tag(name.get_value(), own));
        view! { <div class="by-tag">{notify(tag, say::tag_own(), own, set)}</div> }
    };
    view! {
        <div class="telling">
            <fieldset>
                <legend>{say::tell_me()}</legend>
                {choice(say::when_live(), |rules| rules.live, AlertRule::Live)}
                {choice(say::when_soon(), |rules| rules.soon, AlertRule::Soon)}
                {choice(say::when_ended(), |rules| rules.ended, AlertRule::Ended)}
                <p>{told}</p>
            </fieldset>
            <fieldset hidden=no_tags>
                <legend>{say::by_tag()}</legend>
                <p>{say::by_tag_what()}</p>
                {move || all_tags.get().into_iter().map(by_tag).collect_view()}
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
        </div>
    }
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
