//! The entry of both parts: a page draws, a worker monitors.

#[cfg(target_arch = "wasm32")]
fn main() {
    almanac::shell::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
