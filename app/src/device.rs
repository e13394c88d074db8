//! What `device.js` does for the page: the service worker, notifications, the badge, sharing.
//!
//! Where it is missing, or the browser cannot, nothing happens: the app works without.

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

fn call(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let device = Reflect::get(&window(), &"almanac".into()).ok()?;
    let function: Function = Reflect::get(&device, &name.into()).ok()?.dyn_into().ok()?;
    function.apply(&device, &arguments.iter().collect::<Array>()).ok()
}

/// Has the device do something, with a value where it needs one.
pub(crate) fn tell(name: &str, value: impl Into<JsValue>) {
    let _ = call(name, &[value.into()]);
}

/// What the device answers in words.
pub(crate) fn word(name: &str) -> Option<String> {
    call(name, &[])?.as_string()
}

/// What the device answers in words, once it can.
pub(crate) async fn answer(name: &str) -> Option<String> {
    let promise: Promise = call(name, &[])?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()?.as_string()
}

/// Whether the device says yes.
pub(crate) fn says(name: &str) -> bool {
    call(name, &[]).is_some_and(|answer| answer.is_truthy())
}

/// The app's worker, which the device has started already.
#[cfg(target_arch = "wasm32")]
pub(crate) fn worker() -> Option<web_sys::Worker> {
    call("worker", &[])?.dyn_into().ok()
}

/// Shows a notification: one with the same tag takes the earlier one's place. A click on it opens
/// `url`, or the app, and tells the app which it was.
#[cfg(target_arch = "wasm32")]
pub(crate) fn notify(title: &str, body: &str, tag: &str, id: f64, url: Option<&str>) {
    let data = js_sys::Object::new();
    let options = js_sys::Object::new();
    let url = url.map_or(JsValue::NULL, JsValue::from);
    let fields: [(&JsValue, &str, JsValue); 5] = [
        (&data, "id", id.into()),
        (&data, "url", url),
        (&options, "body", body.into()),
        (&options, "tag", tag.into()),
        (&options, "data", data.clone().into()),
    ];
    for (object, name, value) in fields {
        // It fails only on objects that are sealed.
        let _ = Reflect::set(object, &name.into(), &value);
    }
    let _ = call("notify", &[title.into(), options.into()]);
}
