//! How much is kept in this browser, and whether the browser may throw it away.

use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::phrases::storage_used;
use crate::reactive::{flag, text};
use crate::words::settings as say;

/// Asks the browser's storage manager something that takes no argument.
async fn ask(method: &str) -> Option<JsValue> {
    let storage = Reflect::get(&window().navigator(), &"storage".into()).ok()?;
    let method: js_sys::Function = Reflect::get(&storage, &method.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = method.call0(&storage).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

pub(super) fn storage() -> impl IntoView {
    let used = RwSignal::new(None);
    let persisted = RwSignal::new(None);
    let refused = RwSignal::new(false);
    spawn_local(async move {
        if let Some(estimate) = ask("estimate").await {
            let number = |name: &str| Reflect::get(&estimate, &name.into()).ok()?.as_f64();
            used.set(number("usage").zip(number("quota")));
        }
        persisted.set(ask("persisted").await.and_then(|answer| answer.as_bool()));
    });
    let persist = move |_| {
        spawn_local(async move {
            let granted = ask("persist").await.and_then(|answer| answer.as_bool());
            persisted.set(granted);
            refused.set(granted != Some(true));
        });
    };
    let kept = flag(move || persisted.get() == Some(true));
    view! {
        <p>{text(move || used.get().map(|(used, quota)| storage_used(used, quota)).unwrap_or_default())}</p>
        <p role="status">
            {text(move || {
                match (persisted.get(), refused.get()) {
                    (None, _) => "",
                    (Some(true), _) => say::persisted(),
                    (Some(false), true) => say::persist_refused(),
                    (Some(false), false) => say::not_persisted(),
                }
                .to_owned()
            })}
        </p>
        <div class="tools" hidden=kept>
            <button type="button" on:click=persist>
                {say::persist()}
            </button>
        </div>
    }
}
