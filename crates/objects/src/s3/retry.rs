//! Tries a request to the store again, with growing, jittered pauses, and notices one that no longer moves.
use crate::{Error, error::BoxError};
use slog::Logger;
use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Why a try failed.
#[derive(Debug)]
pub(super) enum RetryError {
    /// Another try would fail as well.
    Permanent(Error),
    /// Another try may succeed.
    Transient(BoxError),
}

/// How often and how long requests are tried.
#[derive(Debug)]
pub(super) struct RetryPolicy {
    window: Duration,
    log: Logger,
}

impl RetryPolicy {
    pub(super) fn new(window: Duration, log: Logger) -> Self {
        Self { window, log }
    }

    /// Tries up to three times; no try begins after the window. What failed and is tried again is logged here, the last
    /// failure is the caller's.
    pub(super) async fn run<T, F>(&self, doing: &'static str, work: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, RetryError>>,
    {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        for tried in 1.. {
            let cause = match work().await {
                Ok(done) => return Ok(done),
                Err(RetryError::Permanent(error)) => return Err(error),
                Err(RetryError::Transient(cause)) => cause,
            };
            let wait = pause.mul_f32(jitter());
            if tried >= TRIES || started.elapsed() + wait > self.window {
                return Err(Error::unavailable(doing, cause));
            }
            slog::warn!(self.log, "a request to the object store failed and is tried again";
                "doing" => doing, "tried" => tried, "error" => %cause);
            tokio::time::sleep(wait).await;
            pause *= 4;
        }
        Err(Error::unavailable(doing, "no try was made"))
    }
}

/// Between 0.5 and 1.5, so that requests that failed together do not come back together.
fn jitter() -> f32 {
    let mut byte = [0_u8; 1];
    // Without random bytes the pause is only less spread.
    let _ = aws_lc_rs::rand::fill(&mut byte);
    let [byte] = byte;
    0.5 + f32::from(byte) / 255.0
}

/// Counts what moved while a request runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Notes that something moved.
    pub(super) fn moved(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs the request until it is done or nothing has moved for `idle`.
    pub(super) async fn watch<T>(
        &self,
        idle: Duration,
        request: impl Future<Output = T>,
    ) -> Result<T, BoxError> {
        let mut request = pin!(request);
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            tokio::select! {
                biased;
                outcome = &mut request => return Ok(outcome),
                () = tokio::time::sleep(idle / 8) => {}
            }
            let count = self.0.load(Ordering::Relaxed);
            if count != seen {
                (seen, since) = (count, Instant::now());
            } else if since.elapsed() >= idle {
                return Err(format!("nothing moved for {} ms", idle.as_millis()).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn attempts() -> RetryPolicy {
        RetryPolicy::new(Duration::from_secs(20), Logger::root(slog::Discard, slog::o!()))
    }

    #[tokio::test(start_paused = true)]
    async fn tries_three_times_and_then_gives_up() {
        for (failures, ok, tries) in [(0, true, 1), (2, true, 3), (3, false, 3), (9, false, 3)] {
            let count = Cell::new(0);
            let outcome = attempts()
                .run("test", || async {
                    count.set(count.get() + 1);
                    if count.get() > failures {
                        Ok(())
                    } else {
                        Err(RetryError::Transient("no".into()))
                    }
                })
                .await;
            assert_eq!((outcome.is_ok(), count.get()), (ok, tries), "{failures} failures");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_begins_after_the_window_or_after_a_final_failure() {
        let count = Cell::new(0);
        let slow = attempts()
            .run("test", || async {
                count.set(count.get() + 1);
                tokio::time::sleep(Duration::from_secs(21)).await;
                Err::<(), _>(RetryError::Transient("slow".into()))
            })
            .await;
        assert!(matches!(slow, Err(Error::Unavailable { .. })));
        assert_eq!(count.get(), 1);
        let done = attempts()
            .run("test", || async {
                count.set(count.get() + 1);
                Err::<(), _>(RetryError::Permanent(Error::Busy))
            })
            .await;
        assert!(matches!(done, Err(Error::Busy)));
        assert_eq!(count.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_request_that_stands_still_is_given_up() {
        let idle = Duration::from_secs(5);
        let progress = Progress::default();
        let moving = progress.clone();
        let slow = async {
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_secs(4)).await;
                moving.moved();
            }
        };
        assert!(progress.watch(idle, slow).await.is_ok());
        assert!(
            Progress::default()
                .watch(idle, std::future::pending::<()>())
                .await
                .is_err()
        );
    }
}
