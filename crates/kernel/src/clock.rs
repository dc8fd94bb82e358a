//! The current time, as a value that tests can set.
use parking_lot::Mutex;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// A clock that returns the time in UTC.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system clock.
    #[default]
    System,
    /// A clock that only moves when it is advanced. Clones share it.
    Fixed(Arc<Mutex<OffsetDateTime>>),
}

impl Clock {
    /// Creates a fixed clock that shows `now`.
    #[must_use]
    pub fn fixed(now: OffsetDateTime) -> Self {
        Self::Fixed(Arc::new(Mutex::new(now)))
    }

    /// The time in UTC.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system clock"
    )]
    pub fn now(&self) -> OffsetDateTime {
        match self {
            Self::System => OffsetDateTime::now_utc() + crate::crash::clock_skew(),
            Self::Fixed(now) => *now.lock(),
        }
    }

    /// Advances a fixed clock. The system clock is not changed.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(now) = self {
            *now.lock() += by;
        }
    }
}
