//! Places where a build for the fault suite can be told to die; in every other build they are nothing.

/// Dies here without any farewell, as if killed, when the environment variable `CRASH_AT` names this place. Written
/// `CRASH_AT=name:3` it is the third time that counts.
///
/// Only with the feature `crash-points`, which the fault suite alone turns on.
#[cfg(feature = "crash-points")]
pub fn crash_point(name: &str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };
    static WANTED: OnceLock<(String, u32)> = OnceLock::new();
    static SEEN: AtomicU32 = AtomicU32::new(0);
    let (wanted, time) = WANTED.get_or_init(|| parse(&std::env::var("CRASH_AT").unwrap_or_default()));
    if wanted == name && SEEN.fetch_add(1, Ordering::Relaxed) + 1 == *time {
        std::process::abort();
    }
}

/// Nothing in this build.
#[cfg(not(feature = "crash-points"))]
pub const fn crash_point(_name: &str) {}

/// How far the system's clock is off: `CLOCK_SKEW`, in seconds.
#[cfg(feature = "crash-points")]
pub(crate) fn skew() -> time::Duration {
    static SKEW: std::sync::OnceLock<time::Duration> = std::sync::OnceLock::new();
    *SKEW.get_or_init(|| {
        let text = std::env::var("CLOCK_SKEW").unwrap_or_default();
        time::Duration::seconds(text.parse().unwrap_or_default())
    })
}

/// Never in this build.
#[cfg(not(feature = "crash-points"))]
pub(crate) const fn skew() -> time::Duration {
    time::Duration::ZERO
}

#[cfg(feature = "crash-points")]
fn parse(text: &str) -> (String, u32) {
    match text.split_once(':') {
        Some((name, time)) => (name.to_owned(), time.parse().unwrap_or(1)),
        None => (text.to_owned(), 1),
    }
}
