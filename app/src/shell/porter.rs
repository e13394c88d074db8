//! The porter: receives a person who was never here. There is nothing to monitor yet, so the keeper
//! with the engine and the store need not be loaded before something is asked for.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use almanac_engine::view::Overview;

use super::browser::machine_ms;
use super::channel::Channel;
use super::fetch;
use super::keeper::clock_of;
use crate::protocol::{Command, Message, Storage, Update};
use crate::wire::Wire;

/// What every database of the app is called, or begins with.
const OURS: &str = "almanac";

/// What was asked and is the keeper's to answer.
#[derive(Default)]
pub(super) struct Asked {
    /// On the channel between tabs and monitor.
    pub(super) messages: Vec<Message>,
    /// On the channel for work on files.
    pub(super) files: Vec<JsValue>,
}

/// Hears what is asked until it leaves.
pub(super) struct Porter {
    /// What a tab is told that comes.
    welcome: Message,
    asked: RefCell<Asked>,
    /// Says that something was asked.
    call: Function,
    channel: RefCell<Option<Channel>>,
    files: RefCell<Option<Wire>>,
}

impl Porter {
    /// Receives whoever comes, until somebody asks for more than what the proxy serves. `None`
    /// where all is the keeper's from the start: the proxy is silent.
    pub(super) async fn receive() -> Option<Rc<Self>> {
        let at = machine_ms();
        let reply = fetch::upstreams().await.ok()?;
        let clock = clock_of(&reply.clock, at);
        let welcome = Message::News(Box::new(Update {
            complete: true,
            rows: Vec::new(),
            gone: Vec::new(),
            overview: Overview::of_nobody(&reply.upstreams, clock.read(machine_ms())),
            clock,
            storage: Storage::Kept,
            has_token: false,
        }));
        let mut call = None;
        let called = Promise::new(&mut |resolve, _| call = Some(resolve));
        let porter = Rc::new(Self {
            welcome,
            asked: RefCell::default(),
            call: call?,
            channel: RefCell::default(),
            files: RefCell::default(),
        });
        let (on_messages, on_files) = (porter.clone(), porter.clone());
        let channel = Channel::open(move |message| on_messages.hear(message)).ok()?;
        channel.send(&porter.welcome);
        *porter.channel.borrow_mut() = Some(channel);
        *porter.files.borrow_mut() = Wire::open(move |data| {
            on_files.asked.borrow_mut().files.push(data);
            on_files.ring();
        })
        .ok();
        JsFuture::from(called).await.ok()?;
        Some(porter)
    }

    /// Hears no more, and tells what was asked.
    pub(super) fn leave(&self) -> Asked {
        drop((self.channel.take(), self.files.take()));
        self.asked.take()
    }

    fn hear(&self, message: Message) {
        match &message {
            Message::Ask { command: Command::Hello, .. } => {
                if let Some(channel) = &*self.channel.borrow() {
                    channel.send(&self.welcome);
                }
            }
            Message::Ask { .. } => {
                self.asked.borrow_mut().messages.push(message);
                self.ring();
            }
            Message::Done { .. } | Message::News(_) | Message::Shown { .. } => {}
        }
    }

    fn ring(&self) {
        // To settle a promise again changes nothing, and cannot fail.
        let _ = self.call.call0(&JsValue::NULL);
    }
}

/// Whether a database of ours is there. A browser that does not say may have one.
pub(super) async fn something_is_recorded() -> bool {
    databases().await.is_none_or(|names| names.iter().any(|name| name.starts_with(OURS)))
}

async fn databases() -> Option<Vec<String>> {
    let get = |from: &JsValue, name: &str| Reflect::get(from, &name.into()).ok();
    let indexed = get(&js_sys::global(), "indexedDB")?;
    let list: Function = get(&indexed, "databases")?.dyn_into().ok()?;
    let told: Promise = list.call0(&indexed).ok()?.dyn_into().ok()?;
    let told = JsFuture::from(told).await.ok()?.dyn_into::<Array>().ok()?;
    told.iter().map(|one| get(&one, "name")?.as_string()).collect()
}
