//! Every text that Almanac shows, in every language.
//!
//! The texts lie in `texts/`, a file a room, so that a text and its translations stand together.
//! The app's build script makes of each a function ([`code`]), so that a text that does not exist
//! does not compile and one that nobody shows is a warning; English is compiled in, and every
//! other language is a small file that is fetched when it is chosen ([`files`]).

mod code;
mod file;
mod language;
mod read;
mod text;

pub use code::code;
pub use file::{LanguageFile, files};
pub use language::{LANGUAGES, Language};
pub use read::{Error, read};
pub use text::{Room, Said, Text};

use std::path::PathBuf;

/// Rooms that only screens and dialogs of the later part of the app show: their English comes with
/// that part.
const LATER: [&str; 9] =
    ["account", "add", "data", "keys", "legend", "log", "plan", "results", "settings"];

/// Where the texts lie.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("texts")
}

#[cfg(test)]
mod completeness;
