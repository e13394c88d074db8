//! The page: draws the screens, starts its worker, and speaks with whoever runs the monitor.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use js_sys::{Object, Reflect, Uint8Array};
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, HtmlLinkElement, MessageEvent};

use almanac_engine::Alert;

use super::browser::{describe, machine_ms, random_name, zone};
use super::channel::Channel;
use super::{language, preferences};
use crate::device;
use crate::pace::turn;
use crate::phrases::{Present, alert_body, alert_title};
use crate::protocol::{Clock, Command, Message, Storage};
use crate::state::State;
use crate::views::{App, Later};
use crate::words::Language;

/// How often the shown time moves on.
const TICK_MS: u32 = 1_000;
/// A request that nobody has acknowledged is sent again this often: the monitor may be changing hands.
const RESEND_MS: u32 = 1_000;

/// The worker starts after so many turns of the first drawing: on a small machine it would take what
/// that needs, and the first answer would come no sooner.
const FIRST_TURNS: u32 = 4;

/// What this tab has asked for and nobody has acknowledged yet.
#[derive(Default)]
struct Asked {
    open: Vec<(String, Command)>,
    heard: bool,
}

pub(super) fn start() {
    spawn_local(async {
        // The browser has just taken in the program.
        turn().await;
        begin().await;
    });
}

async fn begin() {
    let machine = Clock::MACHINE.read(machine_ms());
    let asked = Rc::new(RefCell::new(Asked::default()));
    let outgoing: Rc<RefCell<Option<Channel>>> = Rc::default();

    let ask = {
        let (asked, outgoing) = (asked.clone(), outgoing.clone());
        move |command: Command| {
            let id = random_name();
            let mut waiting = asked.borrow_mut();
            if matches!(command, Command::Show(_)) {
                // What was to be shown before is of no interest any more.
                waiting.open.retain(|(_, open)| !matches!(open, Command::Show(_)));
            }
            waiting.open.push((id.clone(), command.clone()));
            drop(waiting);
            post(&outgoing, id, command);
        }
    };
    let send = leptos::reactive::send_wrapper_ext::SendOption::new_local(Some(ask));
    let state = State::new(machine, zone(machine), move |command| {
        if let Some(ask) = &*send {
            ask(command);
        }
    });
    let clock = Rc::new(RefCell::new(Clock::MACHINE));
    let channel = {
        let (asked, clock) = (asked.clone(), clock.clone());
        Channel::open(move |message| match message {
            Message::Ask { .. } => {}
            Message::Done { id } => {
                let mut asked = asked.borrow_mut();
                asked.open.retain(|(open, _)| *open != id);
                let waits = asked.open.iter().any(|(_, open)| !matches!(open, Command::Show(_)));
                drop(asked);
                // Who reads a signal is told of every `set`.
                if !waits && state.unkept.get_untracked() {
                    state.unkept.set(false);
                }
            }
            Message::Shown { id, details } => {
                let mut asked = asked.borrow_mut();
                let before = asked.open.len();
                asked.open.retain(|(open, _)| *open != id);
                let ours = asked.open.len() < before;
                drop(asked);
                let read = state.reader.get_value();
                if let Some(details) = read.filter(|_| ours).and_then(|read| read(&details)) {
                    state.details.set(Some(details));
                }
            }
            Message::News(update) => {
                asked.borrow_mut().heard = true;
                *clock.borrow_mut() = update.clock;
                state.now.set(update.clock.read(machine_ms()));
                state.apply(*update);
            }
        })
    };
    if !window().is_secure_context() {
        let host = window().location().hostname().unwrap_or_default();
        state.storage.set(Storage::Insecure { address: format!("https://{host}") });
        return draw(state);
    }
    match channel {
        Ok(channel) => *outgoing.borrow_mut() = Some(channel),
        Err(error) => {
            state.storage.set(Storage::Denied { why: describe(&error) });
            return draw(state);
        }
    }
    post(&outgoing, random_name(), Command::Hello);
    hear_all_when_seen_again(&outgoing);
    Interval::new(TICK_MS, move || state.now.set(clock.borrow().read(machine_ms()))).forget();
    Interval::new(RESEND_MS, move || {
        let asked = asked.borrow();
        if !asked.heard {
            post(&outgoing, random_name(), Command::Hello);
        }
        for (id, command) in &asked.open {
            post(&outgoing, id.clone(), command.clone());
        }
    })
    .forget();
    turn().await;
    draw(state);
    for _ in 0..FIRST_TURNS {
        turn().await;
    }
    if let Err(error) = start_worker(state) {
        state.storage.set(Storage::Denied { why: describe(&error) });
    }
}

fn post(channel: &Rc<RefCell<Option<Channel>>>, id: String, command: Command) {
    if let Some(channel) = &*channel.borrow() {
        channel.send(&Message::Ask { id, command });
    }
}

/// A tab that the browser froze while nobody saw it may have missed something.
fn hear_all_when_seen_again(channel: &Rc<RefCell<Option<Channel>>>) {
    let channel = channel.clone();
    let seen = Closure::<dyn FnMut()>::new(move || {
        if !document().hidden() {
            post(&channel, random_name(), Command::Hello);
        }
    });
    let listening = document()
        .add_event_listener_with_callback("visibilitychange", seen.as_ref().unchecked_ref());
    if listening.is_ok() {
        // It listens as long as the page lives.
        seen.forget();
    }
}

/// What is on the page, to be taken off again.
type Shown = Rc<RefCell<Option<Box<dyn Any>>>>;

/// Draws everything as this device prefers. Theme and zone change where they are shown; the texts
/// are no signals, so that another language is drawn anew.
fn draw(state: State) {
    // Effects run by it, and this one comes before anything is mounted.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    state.preferences.set(preferences::load());
    let shown = Shown::default();
    let rest = Later::away();
    let owner = Owner::new();
    owner.with(|| {
        Effect::new(move |before: Option<Option<Language>>| {
            let preferred = state.preferences.get();
            if before.is_some() {
                preferences::save(&preferred);
            }
            preferences::apply(&preferred, state);
            let chosen = preferred.language;
            if before != Some(chosen) {
                spawn_local(draw_in(chosen, state, rest, shown.clone()));
            }
            chosen
        });
    });
    // The page lives as long as its tab.
    std::mem::forget(owner);
}

/// Draws everything in a language, in the place of what is there.
async fn draw_in(chosen: Option<Language>, state: State, rest: Later, shown: Shown) {
    let wanted = language::wanted(chosen);
    let texts = language::texts(wanted).await;
    turn().await;
    if state.preferences.with_untracked(|all| all.language) != chosen {
        // Another was chosen while the texts were on their way.
        return;
    }
    language::speak(wanted, texts);
    let focused = focused();
    drop(shown.borrow_mut().take());
    document_body_is_ours();
    if let Some(body) = document().body() {
        let mounted = mount_to(body, move || view! { <App state=state rest=rest /> });
        *shown.borrow_mut() = Some(Box::new(mounted));
    }
    if let Some(id) = focused {
        focus(id);
    }
}

/// The identifier of the field that has the focus.
fn focused() -> Option<String> {
    document().active_element().map(|element| element.id()).filter(|id| !id.is_empty())
}

/// Whoever has just changed a preference goes on where it was, once that is drawn again.
fn focus(id: String) {
    request_animation_frame(move || {
        let field = document().get_element_by_id(&id);
        if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
            // It fails only where the page is not shown at all.
            let _ = field.focus();
        }
    });
}

/// The page shows a quiet title before the app is there; it makes room now.
fn document_body_is_ours() {
    if let Some(body) = document().body() {
        body.set_inner_html("");
    }
}

/// Shows an alert as a notification. One about the same account takes the earlier one's place.
fn show(alert: &Alert, state: State) {
    let now = state.now.get_untracked();
    let body = state.zone.with_value(|zone| alert_body(alert, Present { now, zone }));
    let url = alert.account.watch_url();
    #[expect(clippy::cast_precision_loss, reason = "nobody sees 2^53 alerts")]
    let id = alert.id as f64;
    device::notify(&alert_title(alert), &body, &alert.account.to_string(), id, url.as_deref());
}

/// Has this tab's worker start the one binary a second time.
fn start_worker(state: State) -> Result<(), JsValue> {
    let script = document()
        .query_selector("link[rel=modulepreload]")?
        .ok_or("the page does not name its script")?
        .dyn_into::<HtmlLinkElement>()?
        .href();
    let worker = device::worker().ok_or("the page has no worker")?;
    let message = Object::new();
    Reflect::set(&message, &"script".into(), &script.into())?;
    Reflect::set(&message, &"module".into(), &wasm_bindgen::module())?;
    worker.post_message(&message)?;
    // What the monitor has shown, where this tab's worker is the one that runs it.
    let on_alert = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>().map(|array| array.to_vec());
        if let Some(alert) = bytes.ok().and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
            show(&alert, state);
        }
    });
    worker.set_onmessage(Some(on_alert.as_ref().unchecked_ref()));
    on_alert.forget();
    // The worker lives as long as the page.
    std::mem::forget(worker);
    Ok(())
}
