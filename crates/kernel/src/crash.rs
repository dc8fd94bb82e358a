//! Crash points: named places where the fault suite ends the process. Other builds contain none.
//!
//! Not the crate `fail`: none of its actions ends a process, and it needs a set-up call at start.

/// Aborts the process if the environment variable `CRASH_AT` names this crash point. `CRASH_AT=name:3` aborts at the
/// third pass.
///
/// Only the feature `crash-points` compiles it in.
#[cfg(feature = "crash-points")]
pub fn crash_point(name: &str) {
    use std::sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    };
    static TARGET: LazyLock<(String, u32)> = LazyLock::new(|| {
        let text = std::env::var("CRASH_AT").unwrap_or_default();
        let (name, pass) = text.split_once(':').unwrap_or((&text, "1"));
        (name.to_owned(), pass.parse().unwrap_or(1))
    });
    static PASSES: AtomicU32 = AtomicU32::new(0);
    let (target, pass) = &*TARGET;
    if target == name && PASSES.fetch_add(1, Ordering::Relaxed) + 1 == *pass {
        std::process::abort();
    }
}

/// Does nothing in this build.
#[cfg(not(feature = "crash-points"))]
pub const fn crash_point(_name: &str) {}

/// The offset of the system clock: `CLOCK_SKEW`, in seconds.
#[cfg(feature = "crash-points")]
pub(crate) fn clock_skew() -> time::Duration {
    static SKEW: std::sync::LazyLock<time::Duration> = std::sync::LazyLock::new(|| {
        let text = std::env::var("CLOCK_SKEW").unwrap_or_default();
        time::Duration::seconds(text.parse().unwrap_or_default())
    });
    *SKEW
}

/// Always zero in this build.
#[cfg(not(feature = "crash-points"))]
pub(crate) const fn clock_skew() -> time::Duration {
    time::Duration::ZERO
}
