//! Which platforms the proxy serves, and how much of each budget checks may use.

use leptos::prelude::*;

use almanac_engine::{Setting, Share};
use almanac_wire::Platform;

use crate::phrases::{quotas, share_choice};
use crate::platforms::served_first;
use crate::reactive::{flag, memo, text};
use crate::views::Screen;
use crate::words::settings as say;

pub(super) fn platforms(screen: Screen) -> impl IntoView {
    let served = screen.served();
    let others = memo(move || served.with(|served| served_first(served).split_off(served.len())));
    let list =
        move |all: Vec<Platform>| all.into_iter().map(|one| platform(screen, one)).collect_view();
    let so_many = text(move || say::others_unserved(others.with(Vec::len)));
    view! {
        <ul class="platforms">{move || list(served.get())}</ul>
        <p class="hint">{say::share_hint()}</p>
        <details hidden=flag(move || others.with(Vec::is_empty))>
            <summary>{so_many}</summary>
            <ul class="platforms">{move || list(others.get())}</ul>
        </details>
        <p class="hint">
            {say::serve_hint()} " " <code>"--upstream tiktok"</code>
        </p>
    }
}

fn platform(screen: Screen, platform: Platform) -> impl IntoView {
    let state = screen.state;
    let served = screen.served();
    let absent = flag(move || !served.with(|served| served.contains(&platform)));
    let told = text(move || {
        state.overview.with(|overview| {
            let upstreams = overview.as_ref().map_or(&[][..], |one| &one.upstreams);
            match upstreams.iter().find(|one| one.platform == platform) {
                Some(upstream) => quotas(&upstream.budget),
                None => say::not_served().to_owned(),
            }
        })
    });
    let share = memo(move || {
        state.overview.with(|overview| {
            overview.as_ref().map(|one| one.settings.share(platform)).unwrap_or_default()
        })
    });
    let choose = move |event| {
        let percent = event_target_value(&event).parse::<u8>().ok();
        let chosen = percent.and_then(|percent| Share::try_from(percent).ok()).unwrap_or_default();
        state.set(Setting::Share(platform, chosen));
    };
    let option = move |one: Share| {
        view! {
            <option value=one.percent() selected=flag(move || share.get() == one)>
                {share_choice(one)}
            </option>
        }
    };
    view! {
        <li>
            <b>{platform.name().to_owned()}</b>
            <small>{told}</small>
            <select
                aria-label=say::share_of(platform.name())
                hidden=absent
                prop:value=text(move || share.get().percent().to_string())
                on:change=choose
            >
                {Share::CHOICES.map(option).to_vec()}
            </select>
        </li>
    }
}
