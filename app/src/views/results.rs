//! The Results screen: trials of the policies side by side, and the way back.

use leptos::prelude::*;

use almanac_engine::TrialOrder;
use almanac_engine::trial::{Design, Drawn, TrialView, TrialsView};

use super::Screen;
use crate::phrases::results as told;
use crate::reactive::{flag, memo, text};
use crate::widgets::card::card;
use crate::words::results as say;

/// Draws the results.
#[component]
pub(super) fn ResultsScreen(screen: Screen) -> impl IntoView {
    let state = screen.state;
    let trials = memo(move || {
        state
            .overview
            .with(|overview| overview.as_ref().map(|one| one.trials.clone()))
            .unwrap_or_default()
    });
    let fallen = text(move || {
        trials.with(|trials| {
            let say = |fallen| screen.present(|present| told::fallen_in_words(fallen, present));
            trials.fallen.map(say).unwrap_or_default()
        })
    });
    let standing = flag(move || trials.with(|trials| trials.fallen.is_none()));
    let down = flag(move || !standing.get());
    let guard = text(move || trials.with(told::guard_in_words));
    let give = move |order: TrialOrder| move |_| state.try_out(order);
    view! {
        <article class="account results">
            <div class="summary">
                <h2 tabindex="-1">{say::heading()}</h2>
                <p>{say::lead()}</p>
                <div class="tools">
                    <button
                        type="button"
                        class="grave"
                        hidden=down
                        on:click=give(TrialOrder::RollBack)
                    >
                        {say::roll_back()}
                    </button>
                    <button
                        type="button"
                        class="main"
                        hidden=standing
                        on:click=give(TrialOrder::Resume)
                    >
                        {say::resume()}
                    </button>
                </div>
            </div>
            <p class="state" role="status" hidden=standing>
                <span>{fallen}</span>
            </p>
            {trial(screen, trials)}
            <p class="lead">{guard}</p>
        </article>
    }
}

fn trial(screen: Screen, trials: Memo<TrialsView>) -> impl IntoView {
    let state = screen.state;
    let has = |read: fn(&TrialView) -> bool| {
        flag(move || !trials.with(|trials| trials.trial.as_ref().is_some_and(read)))
    };
    let (none, not_running) = (has(|_| true), has(|trial| trial.ended_at.is_none()));
    let some = flag(move || !none.get());
    let running = flag(move || !not_running.get());
    let what = text(move || {
        trials.with(|trials| {
            let told = |trial| screen.present(|present| told::trial_in_words(trial, present));
            trials.trial.as_ref().map_or_else(|| say::trial().to_owned(), told)
        })
    });
    let verdict = text(move || {
        trials.with(|trials| trials.trial.as_ref().map(told::verdict).unwrap_or_default())
    });
    let row = |cells: [String; 5]| {
        let [name, seen, late, requests, rests_on] = cells;
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="number">{seen}</td>
                <td class="number">{late}</td>
                <td class="number">{requests}</td>
                <td class="number">{rests_on}</td>
            </tr>
        }
    };
    let rows = move || {
        trials.with(|trials| {
            let arms = trials.trial.iter().flat_map(|trial| &trial.arms);
            arms.map(told::arm_row).map(row).collect_view()
        })
    };
    let begin = move |drawn: Drawn, share: u8, migrate: bool, label: &'static str| {
        let press = move |_| {
            // The draw differs from trial to trial; nothing depends on whether it can be guessed.
            let seed = state.now.get_untracked().ms().unsigned_abs();
            let design = Design { drawn, share, seed, migrate, audits: drawn != Drawn::Shadow };
            state.try_out(TrialOrder::Begin(design));
        };
        view! {
            <button type="button" on:click=press>
                {label}
            </button>
        }
    };
    let content = view! {
        <p class="lead" hidden=some>
            {say::none_yet()}
        </p>
        <div hidden=none>
            <table class="small">
                <thead>
                    <tr>
                        <th>{say::policy()}</th>
                        <th class="number">{say::seen()}</th>
                        <th class="number">{say::late()}</th>
                        <th class="number">{say::requests()}</th>
                        <th class="number">{say::rests_on()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="lead">{say::intervals()}</p>
            <p class="verdict">{verdict}</p>
        </div>
        <div class="tools">
            <span class="tools" hidden=running>
                {begin(Drawn::Shadow, 50, false, say::begin_shadow())}
                {begin(Drawn::Days, 50, false, say::begin_days())}
                {begin(Drawn::Accounts, 10, true, say::begin_migration())}
            </span>
            <button
                type="button"
                hidden=not_running
                on:click=move |_| state.try_out(TrialOrder::End)
            >
                {say::end()}
            </button>
        </div>
    };
    card("trial", what, content)
}
