//! The few things of the browser that both parts need.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use almanac_engine::Zone;
use almanac_wire::{Span, Timestamp};

use crate::offset::offset_in;

/// This machine's time in milliseconds since the Unix epoch.
pub(super) fn machine_ms() -> f64 {
    js_sys::Date::now()
}

/// The zone of this browser, sampled for the years around a moment.
pub(super) fn zone(around: Timestamp) -> Zone {
    sampled(around, &offset_at)
}

fn sampled(around: Timestamp, offset: &dyn Fn(Timestamp) -> Span) -> Zone {
    let years = Span::DAY * 732;
    Zone::sample(around - years, around + years, offset)
}

/// What the time zone database calls the zone of this browser.
pub(super) fn zone_name() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

/// A zone by its name in the time zone database, sampled as [`zone`] is; `None` where the browser
/// knows no such zone.
pub(super) fn zone_named(name: &str, around: Timestamp) -> Option<Zone> {
    let options = js_sys::Object::new();
    for (key, value) in [("timeZone", name), ("timeZoneName", "longOffset")] {
        Reflect::set(&options, &key.into(), &value.into()).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let maker: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let arguments = js_sys::Array::of2(&"en".into(), &options);
    // An unknown name throws.
    let format = Reflect::construct(&maker, &arguments).ok()?;
    let say: Function = Reflect::get(&format, &"format".into()).ok()?.dyn_into().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let offset = |at: Timestamp| {
        let said = say.call1(&format, &JsValue::from_f64(at.ms() as f64)).ok();
        let said = said.and_then(|said| said.as_string()).unwrap_or_default();
        offset_in(&said).unwrap_or(Span::ZERO)
    };
    Some(sampled(around, &offset))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "dates and their offsets in minutes are far below 2^53"
)]
fn offset_at(at: Timestamp) -> Span {
    let date = js_sys::Date::new(&JsValue::from_f64(at.ms() as f64));
    Span::MINUTE * -(date.get_timezone_offset() as i64)
}

/// A random name, unique enough to tell requests and tabs apart.
pub(super) fn random_name() -> String {
    let number = js_sys::Math::random().to_bits();
    format!("{number:x}")
}

/// What this browser remembers under a name, for its pages alone.
pub(super) fn kept(name: &str) -> Option<String> {
    leptos::prelude::window().local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

/// Remembers something, or forgets it. A browser that remembers nothing loses only convenience.
pub(super) fn keep(name: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        let _ = match value {
            Some(value) => storage.set_item(name, value),
            None => storage.remove_item(name),
        };
    }
}

/// Waits for the one lock of this profile that makes its holder the monitor; it is held until
/// the worker ends. Without the Web Locks API every tab would be the monitor, so then an error.
pub(super) async fn become_the_monitor() -> Result<(), JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let granted = Promise::new(&mut |resolve, reject| {
        let hold = Closure::once_into_js(move || -> Promise {
            let _ = resolve.call0(&JsValue::NULL);
            // Never settles: the lock is given back when the worker is gone.
            Promise::new(&mut |_, _| {})
        });
        if let Err(error) = request.call2(&locks, &"almanac-monitor".into(), &hold) {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(granted).await.map(drop)
}

/// What JavaScript says of an error.
pub(super) fn describe(error: &JsValue) -> String {
    let text =
        |name: &str| Reflect::get(error, &name.into()).ok().and_then(|value| value.as_string());
    match (text("name"), text("message")) {
        (Some(name), Some(message)) if message.is_empty() => name,
        (Some(name), Some(message)) => format!("{name}: {message}"),
        (_, Some(message)) => message,
        _ => error.as_string().unwrap_or_else(|| "the browser did not say why".to_owned()),
    }
}
