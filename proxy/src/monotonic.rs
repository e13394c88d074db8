//! Time that only goes forward, and goes on while the machine sleeps.
//!
//! The standard library's `Instant` stands still on Linux during sleep: a laptop's proxy would
//! be hours behind the world the next morning.

use std::time::Duration;

/// A moment of monotonic time, since some fixed moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Monotonic(Duration);

impl Monotonic {
    pub(crate) fn now() -> Self {
        Self(read())
    }

    /// How long ago the fixed moment was, in milliseconds, and the name of that moment: the start
    /// of the machine, where there is a name for it.
    pub(crate) fn since_boot(self) -> Option<(String, i64)> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some((boot.trim().to_owned(), i64::try_from(self.0.as_millis()).ok()?))
    }

    pub(crate) fn elapsed(self) -> Duration {
        read().saturating_sub(self.0)
    }
}

#[cfg(target_os = "linux")]
fn read() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(target_os = "linux"))]
fn read() -> Duration {
    static FIRST: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    FIRST.elapsed()
}
