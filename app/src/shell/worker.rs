//! The worker: waits for its turn, then has the keeper come, which no page needs.

use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::browser::become_the_monitor;
use super::keeper::keep;
use super::later::Working;

/// Waits for its turn, then keeps the monitor until the worker ends.
pub(super) fn start() {
    spawn_local(async {
        // Without the lock there may be another monitor: better none than two.
        if become_the_monitor().await.is_ok()
            && let Ok(keep) = keeper().await
        {
            keep().await;
        }
    });
}

/// Has the keeper come: with the engine and the store it is a file of its own, which a page draws
/// itself without.
#[wasm_split(keeper, wasm_split_path = leptos::wasm_split, fallible)]
fn keeper() -> Result<fn() -> Working, SplitLoaderError> {
    Ok(|| Box::pin(keep()))
}
