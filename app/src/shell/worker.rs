//! The worker: waits for its turn, receives a first visitor, and has the keeper come.

use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::browser::become_the_monitor;
use super::keeper::keep;
use super::later::{Working, come};
use super::porter::{Asked, Porter, something_is_recorded};
use super::recall::recalled;

/// Waits for its turn, then keeps the monitor until the worker ends.
pub(super) fn start() {
    spawn_local(async {
        // Without the lock there may be another monitor: better none than two.
        if become_the_monitor().await.is_ok() {
            let porter = if something_is_recorded().await {
                // It is wanted soon.
                spawn_local(async {
                    let _ = recalled().await;
                });
                None
            } else {
                Porter::receive().await
            };
            let keep = come(keeper).await;
            keep(porter.map_or_else(Asked::default, |porter| porter.leave())).await;
        }
    });
}

/// Has the keeper come: with the engine and the store it is a file of its own, which no page needs
/// to draw itself, and a worker not before there is something to keep.
#[wasm_split(keeper, wasm_split_path = leptos::wasm_split, fallible)]
fn keeper() -> Result<fn(Asked) -> Working, SplitLoaderError> {
    Ok(|before| Box::pin(keep(before)))
}
