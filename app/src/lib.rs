//! The Almanac browser application.
//!
//! One binary plays two parts: in a page it draws the screens, in a dedicated worker it runs the
//! monitor (a hidden page's timers are throttled, a worker's are not). `shell` carries out what
//! the engine decides; `views` and `widgets` show it and hold no logic of their own.

#[cfg(any(target_arch = "wasm32", test))]
mod archive;
mod desk;
mod device;
pub mod jobs;
#[cfg(any(target_arch = "wasm32", test))]
mod news;
#[cfg(any(target_arch = "wasm32", test))]
mod offset;
#[cfg(any(target_arch = "wasm32", test))]
mod outbox;
mod pace;
pub mod phrases;
mod platforms;
pub mod preferences;
pub mod protocol;
mod reactive;
pub mod route;
#[cfg(target_arch = "wasm32")]
pub mod shell;
pub mod state;
pub mod views;
pub mod widgets;
mod wire;
pub mod words;
