//! What the worker needs only now and then, and therefore not in the first download.
//!
//! What only [`Later`] reaches is in a file of its own, which comes when it is first used.

use std::pin::Pin;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen::JsValue;
use web_sys::BroadcastChannel;

use almanac_engine::view::AccountView;
use almanac_engine::{Monitor, Session, Zone};
use almanac_wire::{AccountId, Timestamp};

use crate::protocol::Details;

use super::files;
use super::keeper::Keeper;

/// How long it is waited before a file that did not come is asked for again.
const ASK_AGAIN_MS: u32 = 2_000;

/// Has a file come without which there is no going on: it is asked for until it does.
pub(super) async fn come<T>(fetch: impl AsyncFn() -> Result<T, SplitLoaderError>) -> T {
    loop {
        match fetch().await {
            Ok(come) => return come,
            Err(_) => TimeoutFuture::new(ASK_AGAIN_MS).await,
        }
    }
}

/// Work under way.
pub(super) type Working = Pin<Box<dyn Future<Output = ()>>>;

/// The functions in that file.
pub(super) struct Later {
    /// A snapshot of what is known, as JSON; `None` where there is none.
    pub(super) snapshot: fn(&Monitor, &Zone, &str, Timestamp) -> Option<String>,
    /// Does what was asked on the channel for work on files.
    pub(super) work: fn(Rc<Keeper>, BroadcastChannel, JsValue) -> Working,
    /// What the screen of an account shows, given its history and how many sessions to list, as
    /// [`Details`] go over the channel.
    pub(super) account: fn(&Monitor, &AccountId, Vec<Session>, usize, Clocks<'_>) -> Vec<u8>,
    /// What the Plan screen shows, in the same way.
    pub(super) plan: fn(&Monitor) -> Vec<u8>,
}

/// The clock that a screen goes by.
#[derive(Clone, Copy)]
pub(super) struct Clocks<'a> {
    /// Its zone.
    pub(super) zone: &'a Zone,
    /// The account has a zone of its own that this browser does not know.
    pub(super) zone_unknown: bool,
}

/// Has the file come, where it is not here yet.
#[wasm_split(seldom, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn fetched() -> Result<Later, SplitLoaderError> {
    Ok(Later { snapshot, account, plan, work: files::work })
}

fn account(
    monitor: &Monitor,
    account: &AccountId,
    history: Vec<Session>,
    listed: usize,
    Clocks { zone, zone_unknown }: Clocks<'_>,
) -> Vec<u8> {
    let details = match monitor.account_view(account, history, listed, zone) {
        Some(view) => Details::Account(Box::new(AccountView { zone_unknown, ..view })),
        None => Details::Nothing,
    };
    details.to_bytes()
}

fn plan(monitor: &Monitor) -> Vec<u8> {
    Details::Plan(monitor.plan_view(true)).to_bytes()
}

fn snapshot(monitor: &Monitor, zone: &Zone, name: &str, now: Timestamp) -> Option<String> {
    let snapshot = monitor.forecast_snapshot(zone, name, now).ok()?;
    serde_json::to_string(&snapshot).ok()
}
