//! What the worker needs only now and then, and therefore not in the first download.
//!
//! What only [`Later`] reaches is in a file of its own, which comes when it is first used.

use leptos::wasm_split::{SplitLoaderError, wasm_split};

use almanac_engine::{Monitor, Zone};
use almanac_wire::Timestamp;

/// The functions in that file.
pub(super) struct Later {
    /// A snapshot of what is known, as JSON; `None` where there is none.
    pub(super) snapshot: fn(&Monitor, &Zone, &str, Timestamp) -> Option<String>,
}

/// Has the file come, where it is not here yet.
#[wasm_split(seldom, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn fetched() -> Result<Later, SplitLoaderError> {
    Ok(Later { snapshot })
}

fn snapshot(monitor: &Monitor, zone: &Zone, name: &str, now: Timestamp) -> Option<String> {
    let snapshot = monitor.forecast_snapshot(zone, name, now).ok()?;
    serde_json::to_string(&snapshot).ok()
}
