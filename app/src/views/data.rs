//! The Data screen: everything recorded, out and in.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use almanac_engine::Zone;
use almanac_wire::Platform;

use super::Screen;
use super::places::not_at;
use crate::desk::{Desk, chosen};
use crate::device;
use crate::jobs::{Job, Reading, Report, RowProblem};
use crate::phrases::{
    backfilled_told, backfilling_told, backup_told, failure_told, row_told, storage_told,
    table_told,
};
use crate::platforms::{served_first, usual};
use crate::reactive::{flag, text};
use crate::route::Route;
use crate::words::{add, data as say, number};

#[component]
pub(super) fn Data(screen: Screen) -> impl IntoView {
    // It stays while another screen is open: what was begun goes on, and what came of it is told.
    let elsewhere = not_at(screen, Route::Data);
    view! {
        <section class="data" aria-labelledby="data" hidden=elsewhere>
            <h2 id="data">{say::title()}</h2>
            <p>
                {say::intro()}
            </p>
            <Copies />
            <Restore screen=screen />
            <Import screen=screen />
            <Backfill />
            <Room elsewhere=elsewhere />
        </section>
    }
}

/// What a piece of work says: that it is under way, or that it failed.
#[component]
fn Told(desk: Desk, #[prop(into)] done: Signal<String>) -> impl IntoView {
    let failed = text(move || {
        desk.report.with(|report| match report {
            Some(Report::Failed(failure)) => failure_told(failure),
            _ => String::new(),
        })
    });
    let busy = text(move || if desk.busy.get() { say::working() } else { "" }.to_owned());
    view! {
        <p class="report" role="status">
            {done}
            " "
            {busy}
        </p>
        <p class="error" role="alert">{failed}</p>
    }
}

#[component]
fn Copies() -> impl IntoView {
    let desk = Desk::open();
    let done = text(move || {
        desk.report.with(|report| match report {
            Some(Report::File(name)) => say::saved(name),
            _ => String::new(),
        })
    });
    view! {
        <section class="card" aria-labelledby="copies">
            <h3 id="copies">{say::copies()}</h3>
            <p>{say::copies_intro()}</p>
            <div class="tools">
                <button type="button" class="main" on:click=move |_| desk.ask(&Job::Backup, None)>
                    {say::save_backup()}
                </button>
                <button type="button" on:click=move |_| desk.ask(&Job::Sessions, None)>
                    {say::save_sessions()}
                </button>
            </div>
            <Told desk=desk done=done />
        </section>
    }
}

#[component]
fn Restore(screen: Screen) -> impl IntoView {
    let desk = Desk::open();
    let file = RwSignal::new_local(None::<Blob>);
    let choose = move |event: web_sys::Event| {
        if let Some(chosen) = chosen(&event) {
            desk.clear();
            desk.ask(&Job::LookAtBackup, Some(&chosen));
            file.set(Some(chosen));
        }
    };
    let lines = move || {
        desk.report.with(|report| match report {
            Some(Report::Backup(view)) => screen.present(|present| backup_told(view, present)),
            _ => Vec::new(),
        })
    };
    let looked = flag(move || {
        desk.report.with(|report| matches!(report, Some(Report::Backup(_)))) && !desk.busy.get()
    });
    let done = text(move || {
        let restored = desk.report.with(|report| matches!(report, Some(Report::Restored(_))));
        if restored { say::restored() } else { "" }.to_owned()
    });
    let restore = move |_| file.with_untracked(|file| desk.ask(&Job::Restore, file.as_ref()));
    view! {
        <section class="card" aria-labelledby="restore">
            <h3 id="restore">{say::restore_title()}</h3>
            <p>{say::restore_intro()}</p>
            <label class="file">
                <span>{say::choose_backup()}</span>
                <input type="file" accept=".json,application/json" on:change=choose />
            </label>
            <ul class="would">
                {move || lines().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
            </ul>
            <div class="tools" hidden=flag(move || !looked.get())>
                <button type="button" on:click=move |_| desk.clear()>
                    {say::leave()}
                </button>
                <button type="button" class="main" on:click=restore>
                    {say::restore()}
                </button>
            </div>
            <Told desk=desk done=done />
        </section>
    }
}

#[component]
fn Import(screen: Screen) -> impl IntoView {
    let desk = Desk::open();
    let served = screen.served();
    let file = RwSignal::new_local(None::<Blob>);
    let chosen_platform = RwSignal::new(None::<Platform>);
    let utc = RwSignal::new(false);
    let platforms = move || served_first(&served.get());
    let platform = move || {
        // Tables of the roadmap are of TikTok, whatever this proxy serves.
        let usual = || served.with(|served| usual(served)).unwrap_or(Platform::Tiktok);
        chosen_platform.get().unwrap_or_else(usual)
    };
    let reading = move || {
        let zone = if utc.get() { Zone::UTC } else { screen.state.zone.get_value() };
        Reading { platform: platform(), zone }
    };
    let look = move || {
        file.with_untracked(|file| {
            if file.is_some() {
                desk.ask(&Job::LookAtTable(untrack(reading)), file.as_ref());
            }
        });
    };
    let choose = move |event: web_sys::Event| {
        if let Some(chosen) = chosen(&event) {
            desk.clear();
            file.set(Some(chosen));
            look();
        }
    };
    let view_of = move |read: &dyn Fn(&crate::jobs::TableView) -> String| {
        desk.report.with(|report| match report {
            Some(Report::Table(view)) => read(view),
            _ => String::new(),
        })
    };
    let told = text(move || view_of(&table_told));
    let fresh = text(move || view_of(&|view| say::import(&number(view.fresh))));
    let nothing = flag(move || {
        desk.busy.get()
            || !desk.report.with(
                |report| matches!(report, Some(Report::Table(view)) if view.fresh + view.accounts > 0),
            )
    });
    let refused = move || {
        desk.report.with(|report| match report {
            Some(Report::Table(view)) => view.refused.clone(),
            _ => Vec::new(),
        })
    };
    let none = flag(move || refused().is_empty());
    let done = text(move || {
        desk.report.with(|report| match report {
            Some(Report::Imported(view)) => say::imported(&table_told(view)),
            _ => String::new(),
        })
    });
    let row = |(line, why): (u64, RowProblem)| {
        view! {
            <li>
                <span class="number">{line.to_string()}</span>
                <span class="why">{row_told(&why)}</span>
            </li>
        }
    };
    let option = move |one: Platform| {
        let selected = flag(move || platform() == one);
        view! {
            <option value=one.word().to_owned() selected=selected>
                {one.name().to_owned()}
            </option>
        }
    };
    view! {
        <section class="card" aria-labelledby="import">
            <h3 id="import">{say::import_title()}</h3>
            <p>
                {say::import_intro()}
            </p>
            <div class="choices">
                <label>
                    {add::default_platform()} " "
                    <select on:change=move |event| {
                        chosen_platform.set(event_target_value(&event).parse().ok());
                        look();
                    }>{move || platforms().into_iter().map(option).collect_view()}</select>
                </label>
                <label>
                    {say::zone_label()}
                    <select on:change=move |event| {
                        utc.set(event_target_value(&event) == "utc");
                        look();
                    }>
                        <option value="here">{say::zone_here()}</option>
                        <option value="utc">"UTC"</option>
                    </select>
                </label>
            </div>
            <label class="file">
                <span>{say::choose_table()}</span>
                <input type="file" accept=".csv,.tsv,.txt,.sql,text/csv,text/plain" on:change=choose />
            </label>
            <p class="would">{told}</p>
            <ul class="problems" tabindex="0" aria-label=say::refused_rows() hidden=none>
                {move || refused().into_iter().map(row).collect_view()}
            </ul>
            <div class="tools" hidden=nothing>
                <button type="button" on:click=move |_| desk.clear()>
                    {say::leave()}
                </button>
                <button
                    type="button"
                    class="main"
                    on:click=move |_| {
                        file.with_untracked(|file| {
                            desk.ask(&Job::Import(untrack(reading)), file.as_ref());
                        });
                    }
                >
                    {fresh}
                </button>
            </div>
            <Told desk=desk done=done />
        </section>
    }
}

#[component]
fn Backfill() -> impl IntoView {
    let desk = Desk::open();
    let done = text(move || {
        desk.report.with(|report| match report {
            Some(Report::Backfilling { done, of, fresh }) => backfilling_told(*done, *of, *fresh),
            Some(Report::Backfilled { fresh, failed, unlisted, unserved }) => {
                backfilled_told(*fresh, *failed, *unlisted, *unserved)
            }
            _ => String::new(),
        })
    });
    let busy = flag(move || desk.busy.get());
    view! {
        <section class="card" aria-labelledby="backfill">
            <h3 id="backfill">{say::backfill_title()}</h3>
            <p>
                {say::backfill_intro()}
            </p>
            <div class="tools">
                <button type="button" disabled=busy on:click=move |_| desk.ask(&Job::Backfill, None)>
                    {say::backfill()}
                </button>
            </div>
            <Told desk=desk done=done />
        </section>
    }
}

/// What the records take of the disk, and whether the browser may delete them.
#[component]
fn Room(elsewhere: Signal<bool>) -> impl IntoView {
    let told = RwSignal::new(String::new());
    let persisted = RwSignal::new(true);
    let look = move |name: &'static str| {
        spawn_local(async move {
            let answer = device::answer(name).await.unwrap_or_default();
            let numbers: Vec<f64> =
                answer.split(' ').filter_map(|number| number.parse().ok()).collect();
            if let [usage, quota, kept] = numbers[..] {
                persisted.set(kept > 0.0);
                told.set(storage_told(usage, quota, kept > 0.0));
            }
        });
    };
    Effect::new(move |_| {
        if !elsewhere.get() {
            look("storage");
        }
    });
    view! {
        <section class="card" aria-labelledby="room">
            <h3 id="room">{say::room()}</h3>
            <p role="status">{text(move || told.get())}</p>
            <div class="tools" hidden=flag(move || persisted.get())>
                <button type="button" on:click=move |_| look("persist")>
                    {say::persist()}
                </button>
            </div>
        </section>
    }
}
