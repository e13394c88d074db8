//! The focus: where readers begin on a screen, and that it stays on an account whose row moves.
//!
//! Rows move when accounts go live and off air; the browser drops the focus of what is moved, also
//! of what a closing dialog means to give it back to. Whoever goes by keyboard would begin anew.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::Screen;

#[wasm_bindgen(module = "/src/views/focus.js")]
extern "C" {
    fn keep_the_focus();

    /// Readers begin at the search, where it is sought; else on the row of the account they come from;
    /// else at the heading of the screen that has opened. False while there is none of these.
    pub(super) fn arrive_at(from: &str, sought: bool) -> bool;
}

/// Gives the focus back to the link that had it, unless somebody has gone elsewhere since.
pub(super) fn keep(screen: Screen) {
    Effect::new(move |_| {
        screen.sorted.with(|_| ());
        for dialog in [screen.adding, screen.alerting, screen.using, screen.keys] {
            dialog.get();
        }
        keep_the_focus();
    });
}
