//! Who it is, how it stands, and what can be done at once.

use leptos::prelude::*;

use almanac_engine::view::Row;
use almanac_engine::wishes::Wish;

use super::Account;
use crate::phrases::account as told;
use crate::phrases::{alternative, clock, plan, sentence};
use crate::reactive::{flag, memo, text};
use crate::widgets::axis::Axis;
use crate::widgets::day_strip::DayStrip;
use crate::widgets::mark::{Mark, Shape};
use crate::widgets::strip::strip;
use crate::words::{account as say, now};

pub(super) fn head(account: Account) -> impl IntoView {
    let screen = account.screen;
    let state = screen.state;
    let id = account.id.get_value();
    let platform = id.platform();
    let row = {
        let id = id.clone();
        memo(move || {
            state.order.with(|_| ());
            state.row(&id).map(|row| row.get())
        })
    };
    let nobody = flag(move || row.with(Option::is_none));
    let shape = memo(move || {
        row.with(|row| row.as_ref().map_or(Shape::New, |row| Shape::from(&row.standing)))
    });
    let name = platform.name().to_owned();
    let said = text({
        let name = name.clone();
        move || {
            row.with(|row| {
                let say = |row| screen.present(|present| sentence(row, present));
                row.as_ref().map(say).map(|said| format!("{name} · {}", said.whole()))
            })
            .unwrap_or_else(|| name.clone())
        }
    });
    let why = text(move || {
        let reason = |row: &Row| Some(say::next_check_why(&plan::reason(row.why?)));
        row.with(|row| row.as_ref().filter(|row| row.next_check.is_some()).and_then(reason))
            .unwrap_or_default()
    });
    let drawn = memo(move || {
        row.with(|row| row.as_ref().map(|row| strip(row, screen.window())).unwrap_or_default())
    });
    let described = text(move || {
        row.with(|row| {
            let say = |row| screen.present(|present| alternative(row, present));
            row.as_ref().map(say).unwrap_or_default()
        })
    });
    let clock_now = text(move || screen.present(|present| clock(present.now, present.zone)));
    let paused = memo(move || row.with(|row| row.as_ref().is_some_and(|row| row.paused)));
    let not_paused = flag(move || !paused.get());
    let pause =
        text(move || if paused.get() { say::resume().to_owned() } else { say::pause().to_owned() });
    let asked = RwSignal::new(false);
    let check = move |_| {
        asked.set(true);
        account.wish(Wish::CheckNow);
    };
    // The answer is in.
    let checked_at = memo(move || row.with(|row| row.as_ref().and_then(|row| row.checked_at)));
    Effect::new(move |before: Option<()>| {
        checked_at.get();
        if before.is_some() {
            asked.set(false);
        }
    });
    let waiting = flag(move || !asked.get());
    let waits_for = text(move || {
        state.overview.with(|overview| {
            let troubles = overview.as_ref().map_or(&[][..], |one| &one.troubles);
            screen.present(|present| told::check_asked(platform, troubles, present))
        })
    });
    let remove = {
        let id = id.clone();
        move |_| state.remove(vec![id.clone()])
    };
    view! {
        <div class="summary">
            <Mark shape=shape />
            <h2 tabindex="-1">{id.handle().to_owned()}</h2>
            <p>{said}</p>
            <div class="tools" hidden=nobody>
                <a
                    class="button"
                    href=id.watch_url()
                    hidden=id.watch_url().is_none()
                    target="_blank"
                    rel="noopener noreferrer"
                >
                    {say::watch(&name)}
                </a>
                <button type="button" on:click=check>
                    {say::check_now()}
                </button>
                <button type="button" on:click=move |_| account.wish(Wish::Pause(!paused.get_untracked()))>
                    {pause}
                </button>
                <button type="button" aria-describedby="what-goes" on:click=remove>
                    {now::stop_following()}
                </button>
            </div>
        </div>
        <p class="hint" id="what-goes" hidden=nobody>
            {say::what_goes()}
        </p>
        <p class="lead" hidden=flag(move || why.with(String::is_empty))>
            {why}
        </p>
        <p class="state" role="status">
            <span hidden=waiting>{waits_for}</span>
            <span hidden=not_paused>{say::paused()}</span>
        </p>
        <div class="day" hidden=nobody>
            <Axis marks=screen.marks clock=clock_now />
            <DayStrip strip=drawn grid=screen.grid alternative=described />
        </div>
    }
}
