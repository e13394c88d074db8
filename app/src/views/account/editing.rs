//! The dialog in which a recorded broadcast is changed.

use leptos::prelude::*;

use almanac_engine::Revision;
use almanac_engine::session::{End, Session};

use super::Account;
use crate::phrases::account as told;
use crate::phrases::fields;
use crate::reactive::{flag, text};
use crate::widgets::dialog::dialog;
use crate::words::account as say;

/// What the fields hold, and what they held when the dialog opened: what nobody touched stays as
/// uncertain as it is.
#[derive(Clone, Copy)]
struct Form {
    start: RwSignal<String>,
    end: RwSignal<String>,
    title: RwSignal<String>,
    error: RwSignal<String>,
    before: StoredValue<[String; 3]>,
}

/// Opens while a broadcast is being edited.
pub(super) fn dialog_for(account: Account, editing: RwSignal<Option<Session>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let form = Form {
        start: RwSignal::new(String::new()),
        end: RwSignal::new(String::new()),
        title: RwSignal::new(String::new()),
        error: RwSignal::new(String::new()),
        before: StoredValue::default(),
    };
    Effect::new(move |_| {
        let Some(session) = editing.get() else { return };
        account.view.with_untracked(|view| {
            let Some(view) = view else { return };
            let start = fields::date_time(session.start.middle(), &view.zone);
            let end = match session.end {
                End::Open { .. } => String::new(),
                End::Over(end) => fields::date_time(end.middle(), &view.zone),
            };
            let title = session.title.unwrap_or_default();
            form.before.set_value([start.clone(), end.clone(), title.clone()]);
            form.start.set(start);
            form.end.set(end);
            form.title.set(title);
        });
        // Another tab may have changed it since it was listed.
        account.asked.update(|count| *count += 1);
        form.error.set(String::new());
        open.set(true);
    });
    Effect::new(move |_| {
        if !open.get() {
            editing.set(None);
        }
    });
    let on = flag(move || {
        editing.with(|one| one.as_ref().is_some_and(|one| matches!(one.end, End::Open { .. })))
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match saved(account, editing, form) {
            Ok(()) => open.set(false),
            Err(why) => form.error.set(why),
        }
    };
    let field =
        |label: &'static str, kind: &'static str, value: RwSignal<String>, hidden: Signal<bool>| {
            view! {
                <label class="field" hidden=hidden>
                    <span>{label}</span>
                    <input
                        type=kind
                        prop:value=text(move || value.get())
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                </label>
            }
        };
    let always = Signal::stored(false);
    let known = text(move || {
        editing.with(|one| {
            let say = |session| account.told(|_, present| told::known_in_words(session, present));
            one.as_ref().map(say).unwrap_or_default()
        })
    });
    let clock = text(move || {
        let own = account
            .with(|view| view.wishes.zone.clone().filter(|_| !view.zone_unknown))
            .filter(|_| account.own_zone.get());
        let viewers = account.screen.state.preferences.with(|all| all.zone.clone());
        told::clock_of(own.or(viewers).as_deref())
    });
    let content = view! {
        <form on:submit=save novalidate>
            {field(say::start(), "datetime-local", form.start, always)}
            {field(say::end(), "datetime-local", form.end, on)}
            <p class="hint">{known} " " {clock}</p>
            {field(say::title(), "text", form.title, always)}
            <p class="error" role="alert">
                {text(move || form.error.get())}
            </p>
            <div class="tools">
                <button type="button" on:click=move |_| open.set(false)>
                    {say::cancel()}
                </button>
                <button type="submit" class="main">
                    {say::save()}
                </button>
            </div>
        </form>
    };
    dialog(open, Signal::stored(say::edit_title().to_owned()), "edit-title", content)
}

fn saved(account: Account, editing: RwSignal<Option<Session>>, form: Form) -> Result<(), String> {
    let Some(opened) = editing.get_untracked() else { return Ok(()) };
    let now = account.screen.state.now.get_untracked();
    let (start, end) = (form.start.get_untracked(), form.end.get_untracked());
    let [start_before, end_before, title_before] = form.before.get_value();
    let Some(view) = account.view.get_untracked() else { return Ok(()) };
    // What nobody touched here stays as it is by now.
    let known = view.sessions.iter().find(|one| one.recorded_at == opened.recorded_at);
    let session = known.unwrap_or(&opened);
    let read = |text: &str, before: &str| {
        if text == before {
            return Ok(None);
        }
        fields::read_date_time(text, &view.zone)
            .map(Some)
            .ok_or_else(|| say::no_moment().to_owned())
    };
    let (start, end) = (read(&start, &start_before)?, read(&end, &end_before)?);
    let mut title = form.title.get_untracked();
    if title == title_before {
        title = session.title.clone().unwrap_or_default();
    }
    let present = crate::phrases::Present { now, zone: &view.zone };
    let others = view.sessions.iter().filter(|one| one.recorded_at != session.recorded_at);
    let others = others.map(Session::certain).chain(view.earlier.iter().copied());
    let revision = Revision::edit(session, others, start, end, &title, now)
        .map_err(|error| told::edit_problem(error, present))?;
    let when = present.when(session.start.middle());
    account.revise(revision, say::edited(&when));
    Ok(())
}
