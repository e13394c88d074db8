//! What is known of an account and what is to be expected, as charts with their words.

use leptos::prelude::*;

use almanac_engine::pattern::Analysis;

use super::Account;
use crate::phrases::{account as told, tells_likely};
use crate::reactive::{flag, memo, text};
use crate::widgets::card::card;
use crate::widgets::strip::percent;
use crate::widgets::{calendar as geometry, curve, week as weeks};
use crate::words::{account as say, percent as percent_of};

/// When in the week it tends to be live.
pub(super) fn week(account: Account) -> impl IntoView {
    let cells = text(move || account.with(|view| weeks::cells(&view.week)));
    let words = text(move || account.with(|view| told::week_in_words(&view.week)));
    let rests_on = text(move || account.with(|view| say::week_rests_on(view.week.weeks.into())));
    let days = weeks::DAYS.map(|day| view! { <span>{told::weekday(day)}</span> });
    let hours = [0_i64, 6, 12, 18, 24].map(|hour| {
        let left = percent(hour * 10_000 / 24);
        view! { <span style:left=left>{format!("{hour:02}")}</span> }
    });
    let no_zone = flag(move || account.with(|view| view.wishes.zone.is_none()));
    let zone_choice = move |own: bool, label: &'static str| {
        let pressed = text(move || (account.own_zone.get() == own).to_string());
        view! {
            <button type="button" aria-pressed=pressed on:click=move |_| account.own_zone.set(own)>
                {label}
            </button>
        }
    };
    let content = view! {
        <p class="lead">{rests_on}</p>
        <div class="zones" role="group" aria-label=say::hours_of() hidden=no_zone>
            {zone_choice(false, say::your_time())} {zone_choice(true, say::their_time())}
        </div>
        <div class="heat" role="img" aria-label=words>
            <div class="days" aria-hidden="true">{days.into_iter().collect_view()}</div>
            <svg
                class="cells amber"
                viewBox="0 0 48 7"
                preserveAspectRatio="none"
                inner_html=cells
            />
            <div class="hours" aria-hidden="true">{hours.into_iter().collect_view()}</div>
        </div>
        <p class="lead">{words}</p>
    };
    card("week", say::week(), content)
}

/// The days of the last months.
pub(super) fn calendar(account: Account) -> impl IntoView {
    let drawn = memo(move || account.with(|view| geometry::cells(&view.calendar, &view.zone)));
    let cells = text(move || drawn.with(|(cells, _)| cells.clone()));
    let columns = text(move || format!("0 0 {} 7", drawn.with(|(_, columns)| *columns).max(1)));
    let words = text(move || account.with(|view| told::calendar_in_words(&view.calendar)));
    let months = move || {
        account.with(|view| {
            let columns = drawn.with(|(_, columns)| *columns).max(1);
            let label = |(column, day): (usize, almanac_engine::view::Day)| {
                let at = i64::try_from(column * 10_000 / columns).unwrap_or(0);
                let left = percent(at);
                view! { <span style:left=left>{told::month(day, &view.zone)}</span> }
            };
            geometry::months(&view.calendar, &view.zone).into_iter().map(label).collect_view()
        })
    };
    let days = weeks::DAYS.map(|day| view! { <span>{told::weekday(day)}</span> });
    let content = view! {
        <div class="heat" role="img" aria-label=words>
            <div class="days" aria-hidden="true">{days.into_iter().collect_view()}</div>
            <svg class="cells blue" viewBox=columns preserveAspectRatio="none" inner_html=cells />
            <div class="hours months" aria-hidden="true">{months}</div>
        </div>
        <p class="lead">{words}</p>
    };
    card("calendar", say::calendar(), content)
}

/// The coming days.
pub(super) fn ahead(account: Account) -> impl IntoView {
    let days = memo(move || account.with(|view| view.ahead.clone()));
    let none = flag(move || days.with(Vec::is_empty));
    let some = flag(move || !none.get());
    // At the top of the page it stands only while it is to come.
    let not_at_top = flag(move || {
        let now = account.screen.minute.get();
        !account.row(|row| tells_likely(row, now))
    });
    let rows = move || {
        account.with(|view| {
            let row = |(place, day): (usize, &almanac_engine::view::DayAhead)| {
                let (name, when) = told::day_ahead(day, place == 0, &view.zone);
                view! {
                    <li>
                        <span class="name">{name}</span>
                        <svg viewBox="0 0 48 100" preserveAspectRatio="none" aria-hidden="true">
                            <path class="ground" d="M0 100H48" />
                            <path class="ahead" d=curve::hill(&day.shape) />
                        </svg>
                        <b>{percent_of(day.percent)}</b>
                        <span class="when">{when}</span>
                    </li>
                }
            };
            view.ahead.iter().enumerate().map(|(place, day)| row((place, day))).collect_view()
        })
    };
    let content = view! {
        <p class="lead" hidden=none>
            {say::ahead_how()} " " <span hidden=not_at_top>{say::ahead_top()}</span>
        </p>
        <ul class="coming" hidden=none>
            {rows}
        </ul>
        <p class="lead" hidden=some>
            {say::ahead_none()}
        </p>
    };
    card("ahead", say::ahead(), content)
}

/// The roadmap's pattern numbers.
pub(super) fn pattern(account: Account) -> impl IntoView {
    let lines = memo(move || {
        account.view.with(|view| match view.as_ref().map(|view| &view.pattern) {
            Some(Analysis::Pattern(pattern)) => told::pattern_in_words(pattern),
            Some(Analysis::Insufficient { .. }) | None => Vec::new(),
        })
    });
    let words = text(move || {
        account.with(|view| match &view.pattern {
            Analysis::Pattern(pattern) => told::pattern_rests_on(pattern),
            Analysis::Insufficient { data_points, needed } => {
                let points = usize::try_from(*data_points).unwrap_or(usize::MAX);
                say::too_few(points, &needed.to_string())
            }
        })
    });
    let line = |(name, value): (&'static str, String)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let since = text(move || {
        account.told(|view, present| say::followed_since(&present.when(view.added_at)))
    });
    let content = view! {
        <p class="lead">{say::pattern_of()} ", " {since}</p>
        <dl>{move || lines.get().into_iter().map(line).collect_view()}</dl>
        <p class="lead">{words}</p>
    };
    card("pattern", say::pattern(), content)
}

/// How forecasts have held.
pub(super) fn held(account: Account) -> impl IntoView {
    let none = flag(move || account.with(|view| Some(view.held.is_none())).unwrap_or(true));
    let some = flag(move || !none.get());
    let dots =
        text(move || account.with(|view| view.held.as_ref().map(curve::dots).unwrap_or_default()));
    let words = memo(move || account.with(|view| view.held.as_ref().map(told::held_in_words)));
    let rests_on = text(move || words.get().unwrap_or_default().0);
    let points = text(move || words.get().unwrap_or_default().1);
    let content = view! {
        <div class="held" hidden=none>
            <span class="up" aria-hidden="true">
                {say::held_happened()}
            </span>
            <svg viewBox="-5 -5 110 110" role="img" aria-label=points>
                <rect class="frame" width="100" height="100" />
                <path class="even" d="M0 100 100 0" />
                <g inner_html=dots />
            </svg>
            <span class="right" aria-hidden="true">
                {say::held_said()}
            </span>
        </div>
        <p class="lead" hidden=none>
            {rests_on}
        </p>
        <p class="lead" hidden=some>
            {say::held_none()}
        </p>
    };
    card("held", say::held(), content)
}
