//! The broadcast channel for work on files: words, and perhaps a file beside them. Each word goes
//! with the name of the request that it belongs to.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BroadcastChannel, MessageEvent};

/// An open end of the channel; it hears until it is dropped.
pub(crate) struct Wire {
    inner: BroadcastChannel,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Wire {
    /// Opens an end; what is said goes to the listener as it came, for [`heard`] to read.
    pub(crate) fn open(mut listener: impl FnMut(JsValue) + 'static) -> Result<Self, JsValue> {
        let inner = BroadcastChannel::new("almanac-files")?;
        let on_message = Closure::new(move |event: MessageEvent| listener(event.data()));
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self { inner, _listener: on_message })
    }

    /// The channel, to say something on.
    pub(crate) fn channel(&self) -> BroadcastChannel {
        self.inner.clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.inner.set_onmessage(None);
        self.inner.close();
    }
}

/// Says something.
pub(crate) fn say(
    channel: &BroadcastChannel,
    id: &str,
    word: &impl Serialize,
    file: Option<&Blob>,
) {
    let bytes = postcard::to_allocvec(&(id, word)).unwrap_or_default();
    let file = file.map_or(JsValue::NULL, JsValue::from);
    let parts = Array::of2(&Uint8Array::from(bytes.as_slice()), &file);
    // Nobody hears it where the browser is closing.
    let _ = channel.post_message(&parts);
}

/// What was said: to which request it belongs, the word, and the file beside it. `None` where it
/// is something else.
pub(crate) fn heard<H: DeserializeOwned>(data: &JsValue) -> Option<(String, H, Option<Blob>)> {
    let parts = data.dyn_ref::<Array>()?;
    let bytes = parts.get(0).dyn_into::<Uint8Array>().ok()?.to_vec();
    let (id, word) = postcard::from_bytes(&bytes).ok()?;
    Some((id, word, parts.get(1).dyn_into::<Blob>().ok()))
}
