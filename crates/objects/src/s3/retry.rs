//! Retries requests to the store with exponential backoff, and detects stalled requests.
use crate::{Error, error::BoxError};
use backon::{ExponentialBuilder, Retryable};
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

/// Three attempts, with pauses of about 200 ms and 800 ms. The jitter spreads requests that failed together.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(200))
    .with_factor(4.0)
    .with_max_times(2)
    .with_jitter();

/// The error of one attempt.
#[derive(Debug)]
pub(super) enum RetryError {
    /// A retry would fail as well.
    Permanent(Error),
    /// A retry may succeed.
    Transient(BoxError),
}

/// Limits the number and the time of retries.
#[derive(Debug)]
pub(super) struct RetryPolicy {
    window: Duration,
    log: Logger,
}

impl RetryPolicy {
    pub(super) fn new(window: Duration, log: Logger) -> Self {
        Self { window, log }
    }

    /// Calls `request` up to three times. No attempt starts after the window. Logs every error but the last one, which it
    /// returns.
    pub(super) async fn call<T, F>(
        &self,
        operation: &'static str,
        request: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, RetryError>>,
    {
        let started = Instant::now();
        let outcome = request
            .retry(BACKOFF)
            .when(|error| matches!(error, RetryError::Transient(_)))
            .adjust(|_, pause| pause.filter(|pause| started.elapsed() + *pause <= self.window))
            .notify(|error, _| {
                if let RetryError::Transient(error) = error {
                    slog::warn!(self.log, "request to the object store failed; retrying";
                        "operation" => operation, "error" => %error);
                }
            })
            .await;
        outcome.map_err(|error| match error {
            RetryError::Permanent(error) => error,
            RetryError::Transient(cause) => Error::unavailable(operation, cause),
        })
    }
}

/// Counts the progress of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Records progress.
    pub(super) fn record(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs the request until it ends or makes no progress for `idle`.
    pub(super) async fn run_with_idle_timeout<T>(
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
                return Err(format!("no progress for {} ms", idle.as_millis()).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn policy() -> RetryPolicy {
        RetryPolicy::new(Duration::from_secs(20), Logger::root(slog::Discard, slog::o!()))
    }

    #[tokio::test(start_paused = true)]
    async fn request_is_attempted_at_most_three_times() {
        for (failures, ok, attempts) in [(0, true, 1), (2, true, 3), (3, false, 3), (9, false, 3)] {
            let count = Cell::new(0);
            let outcome = policy()
                .call("test", || async {
                    count.set(count.get() + 1);
                    if count.get() > failures {
                        Ok(())
                    } else {
                        Err(RetryError::Transient("no".into()))
                    }
                })
                .await;
            assert_eq!(
                (outcome.is_ok(), count.get()),
                (ok, attempts),
                "{failures} failures"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_attempt_starts_after_the_window_or_after_a_permanent_error() {
        let count = Cell::new(0);
        let slow = policy()
            .call("test", || async {
                count.set(count.get() + 1);
                tokio::time::sleep(Duration::from_secs(21)).await;
                Err::<(), _>(RetryError::Transient("slow".into()))
            })
            .await;
        assert!(matches!(slow, Err(Error::Unavailable { .. })));
        assert_eq!(count.get(), 1);
        let permanent = policy()
            .call("test", || async {
                count.set(count.get() + 1);
                Err::<(), _>(RetryError::Permanent(Error::Busy))
            })
            .await;
        assert!(matches!(permanent, Err(Error::Busy)));
        assert_eq!(count.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn only_stalled_requests_time_out() {
        let idle = Duration::from_secs(5);
        let progress = Progress::default();
        let sender = progress.clone();
        let slow = async {
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_secs(4)).await;
                sender.record();
            }
        };
        assert!(progress.run_with_idle_timeout(idle, slow).await.is_ok());
        let stalled = std::future::pending::<()>();
        assert!(
            Progress::default()
                .run_with_idle_timeout(idle, stalled)
                .await
                .is_err()
        );
    }
}
