//! Installs the app, where the browser offers it.

use leptos::leptos_dom::helpers::window_event_listener_untyped;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::device;
use crate::reactive::flag;
use crate::words::settings as say;

pub(super) fn install() -> impl IntoView {
    let offered = RwSignal::new(device::says("installable"));
    let look = move |_| offered.set(device::says("installable"));
    let heard = ["almanac-installable", "appinstalled"]
        .map(|name| window_event_listener_untyped(name, look));
    on_cleanup(move || heard.into_iter().for_each(|one| one.remove()));
    let press = move |_| {
        device::tell("install", JsValue::NULL);
        offered.set(false);
    };
    view! {
        <div class="tools" hidden=flag(move || !offered.get())>
            <span class="hint">{say::install_what()}</span>
            <button type="button" on:click=press>
                {say::install()}
            </button>
        </div>
    }
}
