//! Whether an element is in sight: of a thousand rows only those that are get drawn.

use leptos::html::Li;
use leptos::prelude::*;
use leptos::reactive::send_wrapper_ext::SendOption;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/widgets/sight.js")]
extern "C" {
    fn watch(element: &web_sys::Element, tell: &Closure<dyn FnMut(bool)>);
    fn leave(element: &web_sys::Element);
}

/// Whether an item is in sight, or will be with half a screen's scrolling; `at_first` until the
/// browser has told, which it does for a page that is shown.
pub(crate) fn in_sight(item: NodeRef<Li>, at_first: bool) -> Signal<bool> {
    let near = RwSignal::new(at_first);
    item.on_load(move |element| {
        let element: web_sys::Element = element.into();
        let tell = Closure::new(move |is_near| {
            let _ = near.try_set(is_near);
        });
        watch(&element, &tell);
        // The closure lives as long as the row.
        let watched = SendOption::new_local(Some((element, tell)));
        on_cleanup(move || {
            if let Some((element, _)) = &*watched {
                leave(element);
            }
        });
    });
    near.into()
}
