//! The imperative shell: runs the engine's actions against the browser.

mod browser;
mod channel;
mod fetch;
mod files;
mod keeper;
mod language;
mod later;
mod page;
mod porter;
mod preferences;
mod recall;
mod schema;
mod store;
mod whole;
mod worker;

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// Finds out which part this is, and plays it.
pub fn start() {
    match js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        Ok(_) => worker::start(),
        Err(_) => page::start(),
    }
}
