//! Which language this browser speaks, and how its texts get here.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::browser::{keep, kept};
use crate::words::{self, Language, language_for};

const LANGUAGE: &str = "almanac-language";

/// The language that the person chose.
pub(super) fn chosen() -> Option<Language> {
    kept(LANGUAGE).and_then(|tag| language_for([tag.as_str()].into_iter()))
}

/// The language that the person chose, or else the browser's first that is one of ours.
pub(super) fn wanted(chosen: Option<Language>) -> Language {
    let offered: Vec<String> =
        window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect();
    chosen.or_else(|| language_for(offered.iter().map(String::as_str))).unwrap_or_default()
}

/// Keeps the choice for the next visit; `None` follows the browser again.
pub(super) fn choose(language: Option<Language>) {
    keep(LANGUAGE, language.map(Language::tag));
}

/// The texts of a language; `None` where they are part of the program, or did not come.
pub(super) async fn texts(language: Language) -> Option<String> {
    match language {
        Language::En => None,
        other => fetched(other.file()).await.ok(),
    }
}

/// Speaks a language from now on; without its texts it is English.
pub(super) fn speak(language: Language, texts: Option<String>) {
    words::speak(language, texts);
    if let Some(root) = document().document_element() {
        let language = words::language();
        // They fail only for names that are none.
        let _ = root.set_attribute("lang", language.tag());
        let _ = root.set_attribute("dir", if language.rtl() { "rtl" } else { "ltr" });
    }
}

async fn fetched(file: &str) -> Result<String, JsValue> {
    let asked = window().fetch_with_str(&format!("/words/{file}"));
    let response: Response = JsFuture::from(asked).await?.dyn_into()?;
    if !response.ok() {
        return Err(response.status_text().into());
    }
    JsFuture::from(response.text()?).await?.as_string().ok_or_else(|| "no text".into())
}
