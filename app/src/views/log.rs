//! The Log screen: every decision and error, latest first.

use leptos::prelude::*;

use almanac_engine::LogEntry;
use almanac_wire::AccountId;

use super::Screen;
use crate::desk::Desk;
use crate::jobs::{Job, Report};
use crate::phrases::{LogKind, failure_told, log_told};
use crate::reactive::{flag, memo, text};
use crate::route::Route;
use crate::words::log as say;

/// Lines shown at first, and more on each wish for more.
const SHOWN: usize = 200;

#[component]
pub(super) fn Log(screen: Screen) -> impl IntoView {
    let desk = Desk::open();
    let files = Desk::open();
    let only = RwSignal::new(None::<LogKind>);
    let words = RwSignal::new(String::new());
    let most = RwSignal::new(SHOWN);
    desk.ask(&Job::Log, None);
    // Once a minute it is read again, as long as it is looked at.
    Effect::new(move |before: Option<()>| {
        screen.minute.get();
        if before.is_some() && !desk.busy.get_untracked() {
            desk.ask(&Job::Log, None);
        }
    });
    let wanted = move |most: usize| {
        let words = words.get().to_lowercase();
        desk.report.with(|report| match report {
            Some(Report::Log(entries)) => entries
                .iter()
                .filter_map(|entry| line(entry, only.get(), &words))
                .take(most)
                .collect(),
            _ => Vec::new(),
        })
    };
    let lines = memo(move || wanted(most.get()));
    // All that the filter leaves, also what is not drawn yet.
    let save = move |_| {
        let entries = untrack(|| wanted(usize::MAX)).into_iter().map(|(entry, ..)| entry);
        files.ask(&Job::LogFile(entries.collect()), None);
    };
    let unread = flag(move || desk.report.with(Option::is_none));
    let none = text(move || {
        let all = only.with(Option::is_none) && words.with(String::is_empty);
        if all { say::nothing() } else { say::none_found() }.to_owned()
    });
    let failed = text(move || {
        desk.report.with(|report| match report {
            Some(Report::Failed(failure)) => failure_told(failure),
            _ => String::new(),
        })
    });
    let shown = move |(entry, whom, told): (LogEntry, String, String)| {
        let when = screen.present(|present| present.when(entry.at));
        // Some lines are of no account.
        let href = whom.parse::<AccountId>().ok().map(|account| Route::Account(account).href());
        view! {
            <li>
                <time>{when}</time>
                <a class="handle" href=href>
                    {whom}
                </a>
                <span>{told}</span>
            </li>
        }
    };
    let kinds = LogKind::ALL.map(|kind| {
        view! { <option value=kind.name()>{kind.name()}</option> }
    });
    view! {
        <section class="log" aria-labelledby="log">
            <h2 id="log">{say::title()}</h2>
            <p>{say::intro()}</p>
            <div class="tools">
                <label>
                    {say::show()}
                    <select on:change=move |event| {
                        let name = event_target_value(&event);
                        only.set(LogKind::ALL.into_iter().find(|kind| kind.name() == name));
                        most.set(SHOWN);
                    }>
                        <option value="">{say::everything()}</option>
                        {kinds.into_iter().collect_view()}
                    </select>
                </label>
                <label>
                    {say::with_words()}
                    <input
                        type="search"
                        on:input=move |event| {
                            words.set(event_target_value(&event));
                            most.set(SHOWN);
                        }
                    />
                </label>
                <button type="button" on:click=save>
                    {say::save()}
                </button>
            </div>
            <p class="error" role="alert">{failed}</p>
            <p class="none" hidden=flag(move || !lines.with(Vec::is_empty) || unread.get())>
                {none}
            </p>
            <ol>{move || lines.get().into_iter().map(shown).collect_view()}</ol>
            <div class="tools" hidden=flag(move || lines.with(Vec::len) < most.get())>
                <button type="button" on:click=move |_| most.update(|most| *most += SHOWN)>
                    {say::more()}
                </button>
            </div>
        </section>
    }
}

/// A line, if it is wanted.
fn line(
    entry: &LogEntry,
    only: Option<LogKind>,
    words: &str,
) -> Option<(LogEntry, String, String)> {
    let (kind, whom, told) = log_told(entry);
    let wanted = only.is_none_or(|only| only == kind)
        && (words.is_empty()
            || whom.to_lowercase().contains(words)
            || told.to_lowercase().contains(words));
    wanted.then(|| (entry.clone(), whom, told))
}
