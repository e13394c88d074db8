//! Adds accounts: one or thousands, typed or pasted, with a word on every line that cannot be used.

use std::collections::BTreeSet;
use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;

use almanac_engine::import::read;
use almanac_wire::{AccountId, Platform};

use super::Screen;
use super::welcome::FollowSuggested;
use crate::phrases::{Pasted, follow_button, pasted, problems_left};
use crate::platforms::usual;
use crate::reactive::{flag, memo, text};
use crate::widgets::dialog::dialog;
use crate::words::add as say;

/// A text as long as this is read only when typing rests.
const LONG: usize = 20_000;
const REST: Duration = Duration::from_millis(250);

/// What the dialog holds.
#[derive(Clone, Copy)]
struct Form {
    screen: Screen,
    served: Memo<Vec<Platform>>,
    text: RwSignal<String>,
    chosen: RwSignal<Option<Platform>>,
    told: RwSignal<Pasted>,
    outcome: RwSignal<String>,
    /// Followed a moment ago; the monitor has not said so yet.
    sent: StoredValue<BTreeSet<AccountId>>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Form {
    fn new(screen: Screen) -> Self {
        Self {
            screen,
            served: screen.served(),
            text: RwSignal::new(String::new()),
            chosen: RwSignal::new(None),
            told: RwSignal::new(Pasted::default()),
            outcome: RwSignal::new(String::new()),
            sent: StoredValue::new(BTreeSet::new()),
            waiting: StoredValue::new(None),
        }
    }

    /// The platforms to choose from: all, while the proxy has not told which it serves.
    fn platforms(self) -> Vec<Platform> {
        let served = self.served.get();
        if served.is_empty() { Platform::ALL.to_vec() } else { served }
    }

    /// The platform of a handle that names none.
    fn platform(self) -> Platform {
        let platforms = self.platforms();
        let chosen = self.chosen.get().filter(|one| platforms.contains(one));
        chosen.or_else(|| usual(&platforms)).unwrap_or(Platform::Demo)
    }

    fn typed(self, text: String) {
        let long = text.len() > LONG;
        self.text.set(text);
        self.outcome.set(String::new());
        self.stop_waiting();
        if long {
            let timer = set_timeout_with_handle(move || self.read(), REST);
            self.waiting.set_value(timer.ok());
        } else {
            self.read();
        }
    }

    fn stop_waiting(self) {
        if let Some(timer) = self.waiting.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    fn read(self) {
        self.stop_waiting();
        let mut followed = self.screen.state.followed();
        self.sent.with_value(|sent| followed.extend(sent.iter().cloned()));
        let platform = untrack(|| self.platform());
        let served = self.served.get_untracked();
        let lines = self.text.with_untracked(|text| read(text, platform, &followed));
        self.told.set(pasted(lines, &served));
    }

    /// Follows what can be followed; the rest stays to be mended.
    fn follow(self) {
        self.read();
        let Pasted { fresh, left, .. } = self.told.get_untracked();
        let (n, lines) = (fresh.len(), left.lines().count());
        if n > 0 {
            self.sent.update_value(|sent| sent.extend(fresh.iter().cloned()));
            self.screen.state.add(fresh);
        }
        self.text.set(left);
        self.read();
        if lines > 0 {
            self.outcome.set(problems_left(n, lines));
        } else {
            self.screen.adding.set(false);
        }
    }
}

#[component]
pub(super) fn Add(screen: Screen) -> impl IntoView {
    let form = Form::new(screen);
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if screen.adding.get() {
            let shared = screen.shared.with_untracked(String::clone);
            if !shared.is_empty() {
                screen.shared.set(String::new());
                form.text.set(shared);
            }
            form.read();
            focus(area);
        } else {
            form.sent.set_value(BTreeSet::new());
            form.outcome.set(String::new());
        }
    });
    let idle = flag(move || form.told.with(|told| told.fresh.is_empty()));
    let label = text(move || follow_button(form.told.with(|told| told.fresh.len())));
    // Which platforms are served may be told while it is open.
    Effect::new(move |_| {
        form.served.with(|_| ());
        untrack(|| form.read());
    });
    // A platform's word is of letters, digits and hyphens.
    let how = text(move || say::how(form.platform().word()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.follow();
        focus(area);
    };
    let content = view! {
            <form on:submit=submit>
                <label for="add-text" inner_html=how />
                <textarea
                    id="add-text"
                    node_ref=area
                    rows="7"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    aria-describedby="add-told"
                    prop:value=text(move || form.text.get())
                    on:input=move |event| form.typed(event_target_value(&event))
                />
                <PlatformChoice form=form />
                <Told form=form />
                <div class="tools">
                    <FollowSuggested screen=screen main=false />
                    <button type="button" on:click=move |_| screen.adding.set(false)>
                        {say::close()}
                    </button>
                    <button type="submit" class="main" disabled=idle>
                        {label}
                    </button>
                </div>
            </form>
    };
    dialog(screen.adding, Signal::stored(say::title().to_owned()), "add-title", content)
}

fn focus(area: NodeRef<html::Textarea>) {
    if let Some(area) = area.get_untracked() {
        // It fails only where the page is not shown at all.
        let _ = area.focus();
    }
}

#[component]
fn PlatformChoice(form: Form) -> impl IntoView {
    let choose = move |event| {
        form.chosen.set(event_target_value(&event).parse().ok());
        form.read();
    };
    let option = move |one: Platform| {
        // An option may come later than the choice, which it would otherwise miss.
        let selected = flag(move || form.platform() == one);
        view! {
            <option value=one.word().to_owned() selected=selected>
                {one.name().to_owned()}
            </option>
        }
    };
    let chosen = text(move || form.platform().word().to_owned());
    let no_choice = flag(move || form.platforms().len() < 2);
    view! {
        <label class="platform-choice" hidden=no_choice>
            {say::default_platform()}
            " "
            <select on:change=choose prop:value=chosen>
                {move || form.platforms().into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// What the lines mean, as far as they are typed.
#[component]
fn Told(form: Form) -> impl IntoView {
    let summary = text(move || form.told.with(|told| told.summary.clone()));
    let unserved = text(move || {
        form.told
            .with(|told| told.unserved.as_ref().map(|told| format!("· {told}")).unwrap_or_default())
    });
    let names = text(move || form.told.with(|told| told.names.clone()));
    let problems = memo(move || form.told.with(|told| told.problems.clone()));
    let none = flag(move || problems.with(Vec::is_empty));
    let more = memo(move || form.told.with(|told| told.more));
    let no_more = flag(move || more.get() == 0);
    let and_more = text(move || say::and_more(more.get()));
    let line = |(number, text, why): (usize, String, String)| {
        view! {
            <li>
                <span class="number">{number.to_string()}</span>
                <code>{text}</code>
                <span class="why">{why}</span>
            </li>
        }
    };
    view! {
        <div class="told" id="add-told">
            <p role="status">
                <b>{text(move || form.outcome.get())}</b>
                " "
                {summary}
                " "
                {unserved}
            </p>
            // Not read out with every letter that is typed.
            <p class="named">{names}</p>
            // It scrolls, so the keyboard must reach it.
            <ul class="problems" tabindex="0" aria-label=say::unusable_lines() hidden=none>
                {move || problems.get().into_iter().map(line).collect_view()}
                <li class="more" hidden=no_more>
                    {and_more}
                </li>
            </ul>
        </div>
    }
}
