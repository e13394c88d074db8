//! How the account is checked, what is told of it, and what the person notes. Each change counts
//! at once.

use leptos::prelude::*;

use almanac_engine::view::UpstreamView;
use almanac_engine::wishes::{Ruling, Wish, Wishes};
use almanac_wire::AccountId;

use super::Account;
use crate::phrases::account::pin_beyond;
use crate::phrases::{fields, minutes, minutes_of};
use crate::reactive::{flag, memo, text};
use crate::widgets::card::card;
use crate::widgets::notify::notify;
use crate::words::{account as say, is_zone_name};

/// The wishes' own page.
pub(super) fn wishes(account: Account) -> impl IntoView {
    let wishes = memo(move || account.with(|view| view.wishes.clone()));
    let content = view! {
        <div class="fields">
            {policy(account, wishes)} {interval(account, wishes)} {window(account, wishes)}
            {told(account, wishes)} {zone(account, wishes)} {words(account, wishes)}
        </div>
    };
    card("wishes", say::wishes(), content)
}

fn policy(account: Account, wishes: Memo<Wishes>) -> impl IntoView {
    let choices = [
        ("", None, say::as_for_all()),
        ("adaptive", Some(Ruling::Adaptive), say::adaptive()),
        ("roadmap", Some(Ruling::Roadmap), say::roadmap()),
        ("fixed", Some(Ruling::Fixed), say::fixed()),
    ];
    let options = choices.map(|(word, ruling, label)| {
        let selected = flag(move || wishes.with(|wishes| wishes.policy == ruling));
        view! {
            <option value=word selected=selected>
                {label}
            </option>
        }
    });
    let choose = move |event| {
        let chosen = event_target_value(&event);
        let ruling = choices.iter().find(|(word, ..)| *word == chosen).and_then(|one| one.1);
        account.wish(Wish::Policy(ruling));
    };
    view! {
        <label class="field">
            <span>{say::policy()}</span>
            <select on:change=choose>{options.into_iter().collect_view()}</select>
        </label>
    }
}

fn interval(account: Account, wishes: Memo<Wishes>) -> impl IntoView {
    let value = text(move || wishes.with(|one| one.interval.map(minutes_of).unwrap_or_default()));
    let error = RwSignal::new(String::new());
    let change = move |event| {
        let written = event_target_value(&event);
        let read = if written.trim().is_empty() { Ok(None) } else { minutes(&written).map(Some) };
        error.set(read.as_ref().err().map(|why| why.to_string()).unwrap_or_default());
        if let Ok(interval) = read {
            account.wish(Wish::Interval(interval));
        }
    };
    let beyond = text(move || {
        let Some(interval) = wishes.with(|wishes| wishes.interval) else { return String::new() };
        let platform = account.id.with_value(AccountId::platform);
        account.screen.state.overview.with(|overview| {
            let upstreams = overview.as_ref().map_or(&[][..], |overview| &overview.upstreams);
            let upstream = upstreams.iter().find(|one| one.platform == platform);
            let told = |one: &UpstreamView| pin_beyond(interval, platform, &one.budget);
            upstream.and_then(told).unwrap_or_default()
        })
    });
    view! {
        <label class="field">
            <span>{say::every_minutes()}</span>
            <input
                type="text"
                inputmode="numeric"
                size="5"
                aria-describedby="pin-error pin-beyond"
                prop:value=value
                on:change=change
            />
        </label>
        <p class="error" id="pin-error" role="alert">
            {text(move || error.get())}
        </p>
        <p class="hint" id="pin-beyond" role="status">
            {beyond}
        </p>
    }
}

fn window(account: Account, wishes: Memo<Wishes>) -> impl IntoView {
    let from = RwSignal::new(String::new());
    let to = RwSignal::new(String::new());
    Effect::new(move |_| {
        let window = wishes.with(|wishes| wishes.window);
        let side = |minutes: Option<u16>| minutes.map(fields::time).unwrap_or_default();
        from.set(side(window.map(|window| window.from)));
        to.set(side(window.map(|window| window.to)));
    });
    let field = move |label: &'static str, value: RwSignal<String>| {
        let change = move |event| {
            value.set(event_target_value(&event));
            let (from, to) = (from.get_untracked(), to.get_untracked());
            let window = fields::read_window(&from, &to);
            if window.is_some() || (from.is_empty() && to.is_empty()) {
                account.wish(Wish::Window(window));
            }
        };
        view! {
            <label>
                <span>{label}</span>
                <input type="time" prop:value=text(move || value.get()) on:change=change />
            </label>
        }
    };
    view! {
        <div class="field pair">{field(say::only_from(), from)} {field(say::only_to(), to)}</div>
        <p class="hint">{say::hours_by()}</p>
    }
}

fn told(account: Account, wishes: Memo<Wishes>) -> impl IntoView {
    let own = memo(move || wishes.with(|wishes| wishes.notify));
    let set = move |own| account.wish(Wish::Notify(own));
    notify(say::notify().to_owned(), say::notify_own(), own, set)
}

fn zone(account: Account, wishes: Memo<Wishes>) -> impl IntoView {
    let refused = RwSignal::new(false);
    let known = flag(move || !refused.get() && account.with(|view| !view.zone_unknown));
    let value = text(move || wishes.with(|wishes| wishes.zone.clone().unwrap_or_default()));
    let change = move |event| {
        let name = event_target_value(&event).trim().to_owned();
        // What the browser cannot tell the time of is not kept.
        refused.set(!name.is_empty() && !is_zone_name(&name));
        if !refused.get_untracked() {
            account.wish(Wish::Zone((!name.is_empty()).then_some(name)));
        }
    };
    view! {
        <label class="field">
            <span>{say::zone()}</span>
            <input
                type="text"
                placeholder="Asia/Tokyo"
                spellcheck="false"
                autocomplete="off"
                prop:value=value
                on:change=change
            />
        </label>
        <p class="error" role="alert" hidden=known>
            {say::zone_unknown()}
        </p>
    }
}

fn words(account: Account, wishes: Memo<Wishes>) -> impl IntoView {
    let tags = text(move || wishes.with(|wishes| wishes.tags.join(", ")));
    let note = text(move || wishes.with(|wishes| wishes.note.clone()));
    let tag = move |event| {
        let tags = event_target_value(&event).split([',', '，', '、']).map(str::to_owned).collect();
        account.wish(Wish::Tags(tags));
    };
    view! {
        <label class="field wide">
            <span>{say::tags()}</span>
            <input type="text" prop:value=tags on:change=tag />
        </label>
        <label class="field wide">
            <span>{say::note()}</span>
            <textarea
                rows="3"
                prop:value=note
                on:change=move |event| account.wish(Wish::Note(event_target_value(&event)))
            />
        </label>
    }
}
