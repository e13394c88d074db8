//! The first drawing takes turns with whatever else the browser has to do: a page that draws itself
//! in one go neither scrolls nor answers meanwhile, on a slow phone for half a second.

use gloo_timers::future::TimeoutFuture;
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// Something to do at its turn, most often to draw something with [`put`].
pub(crate) type Job = Box<dyn FnOnce()>;

/// Lets the browser do what waits. On a hidden page timers are slow and nobody waits.
pub(crate) async fn turn() {
    if !document().hidden() {
        TimeoutFuture::new(0).await;
    }
}

/// Has the owner that draws at present do jobs once it has drawn, each at a turn of its own; without
/// any in between where `at_once`.
pub(crate) fn in_turn(at_once: bool, jobs: Vec<Job>) {
    let Some(owner) = Owner::current() else { return };
    // It is gone when what was drawn is taken off again.
    let still_there = StoredValue::new(());
    spawn_local(async move {
        for job in jobs {
            if !at_once {
                turn().await;
            }
            if still_there.try_get_value().is_none() {
                return;
            }
            owner.with(job);
        }
    });
}

/// Draws something into an element, after what is there, for as long as its owner draws. (What a
/// signal draws at its turn would weigh more: that could be drawn again.)
pub(crate) fn put<V: IntoView + 'static>(
    place: Option<impl Into<HtmlElement>>,
    view: impl FnOnce() -> V + 'static,
) {
    if let Some(place) = place {
        StoredValue::new_local(mount_to(place.into(), view));
    }
}
