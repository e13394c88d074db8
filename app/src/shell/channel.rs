//! The broadcast channel between tabs and the monitor.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::protocol::Message;

/// An open channel; what arrives goes to the listener given.
pub(super) struct Channel {
    inner: BroadcastChannel,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Opens the channel.
    pub(super) fn open(mut listener: impl FnMut(Message) + 'static) -> Result<Self, JsValue> {
        let inner = BroadcastChannel::new("almanac")?;
        let on_message = Closure::new(move |event: MessageEvent| {
            // A tab of another version may speak differently: what is not understood is passed over.
            let bytes = event.data().dyn_into::<Uint8Array>().map(|array| array.to_vec());
            if let Some(message) = bytes.ok().and_then(|bytes| Message::from_bytes(&bytes)) {
                listener(message);
            }
        });
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self { inner, _listener: on_message })
    }

    /// Sends to everybody else on the channel.
    pub(super) fn send(&self, message: &Message) {
        let _ = self.inner.post_message(&Uint8Array::from(message.to_bytes().as_slice()));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.inner.set_onmessage(None);
        self.inner.close();
    }
}
