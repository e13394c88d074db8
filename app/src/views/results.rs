//! The Results screen: trials of the policies side by side, and the way back.

use leptos::prelude::*;

use almanac_engine::TrialOrder;
use almanac_engine::trial::{Design, Drawn, TrialsView};

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
    let tried = flag(move || trials.with(|trials| trials.trial.is_some()));
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
            <p class="lead" hidden=tried>
                {say::none_yet()}
            </p>
            {ways(screen, trials)}
            <p class="lead">{guard}</p>
        </article>
    }
}

/// What is tried, or was last, and how it goes.
fn trial(screen: Screen, trials: Memo<TrialsView>) -> impl IntoView {
    let state = screen.state;
    let none = flag(move || trials.with(|trials| trials.trial.is_none()));
    let over = flag(move || !trials.with(runs));
    let what = text(move || {
        trials.with(|trials| {
            let told = |trial| screen.present(|present| told::trial_in_words(trial, present));
            trials.trial.as_ref().map(told).unwrap_or_default()
        })
    });
    let verdict = text(move || {
        trials.with(|trials| trials.trial.as_ref().map(told::verdict).unwrap_or_default())
    });
    // What is compared stands side by side, also on a phone.
    let columns = memo(move || {
        trials.with(|trials| {
            let arms = trials.trial.iter().flat_map(|trial| &trial.arms);
            arms.map(told::arm_column).collect::<Vec<_>>()
        })
    });
    let names = move || {
        let names = columns.get().into_iter().map(|(name, _)| name);
        names.map(|name| view! { <th class="number">{name}</th> }).collect_view()
    };
    let row = move |(place, label): (usize, &'static str)| {
        let cells = move || {
            columns.with(|all| {
                let cells = all.iter().filter_map(|(_, cells)| cells.get(place).cloned());
                cells.map(|cell| view! { <td class="number">{cell}</td> }).collect_view()
            })
        };
        view! {
            <tr>
                <th scope="row">{label}</th>
                {cells}
            </tr>
        }
    };
    let labels = [say::seen(), say::late(), say::requests(), say::rests_on()];
    let content = view! {
        <table class="small">
            <thead>
                <tr>
                    <th>{say::policy()}</th>
                    {names}
                </tr>
            </thead>
            <tbody>{labels.into_iter().enumerate().map(row).collect_view()}</tbody>
        </table>
        <p class="lead">{say::intervals()}</p>
        <p class="verdict">{verdict}</p>
        <div class="tools" hidden=over>
            <button type="button" on:click=move |_| state.try_out(TrialOrder::End)>
                {say::end()}
            </button>
        </div>
    };
    view! { <div hidden=none>{card("trial", what, content)}</div> }
}

fn runs(trials: &TrialsView) -> bool {
    trials.trial.as_ref().is_some_and(|trial| trial.ended_at.is_none())
}

/// The ways to try, while none is gone.
fn ways(screen: Screen, trials: Memo<TrialsView>) -> impl IntoView {
    let state = screen.state;
    let begin = move |drawn: Drawn, share: u8, migrate: bool| {
        move |_| {
            // The draw differs from trial to trial; nothing depends on whether it can be guessed.
            let seed = state.now.get_untracked().ms().unsigned_abs();
            let design = Design { drawn, share, seed, migrate, audits: drawn != Drawn::Shadow };
            state.try_out(TrialOrder::Begin(design));
        }
    };
    let way = move |id, [title, what, label]: [&'static str; 3], (drawn, share, migrate)| {
        let content = view! {
            <p class="lead">{what}</p>
            <div class="tools">
                <button type="button" on:click=begin(drawn, share, migrate)>
                    {label}
                </button>
            </div>
        };
        card(id, title, content)
    };
    view! {
        <div class="ways" hidden=flag(move || trials.with(runs))>
            {way(
                "way-shadow",
                [say::shadow_title(), say::shadow_what(), say::begin_shadow()],
                (Drawn::Shadow, 50, false),
            )}
            {way(
                "way-days",
                [say::days_title(), say::days_what(), say::begin_days()],
                (Drawn::Days, 50, false),
            )}
            {way(
                "way-steps",
                [say::steps_title(), say::steps_what(), say::begin_migration()],
                (Drawn::Accounts, 10, true),
            )}
        </div>
    }
}
