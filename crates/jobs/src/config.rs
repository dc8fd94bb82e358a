//! How background jobs are run.
use infravault_kernel::config::Env;
use std::time::Duration;

/// Settings of the worker.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Jobs at a time; 0 is one per core.
    pub concurrency: usize,
    /// A job that takes longer has failed.
    pub timeout: Duration,
    /// How long jobs under way may still take after the signal to stop. What is not done by then is handed back.
    pub grace: Duration,
    /// How often the queue is looked at where no notification came: a retry is due, or a notification was lost.
    pub poll: Duration,
    /// A worker that was not heard of for so long is dead, and its jobs are given to others.
    pub dead_after: Duration,
    /// Whether `serve` runs jobs too.
    pub in_serve: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            concurrency: 0,
            timeout: Duration::from_mins(2),
            grace: Duration::from_secs(20),
            poll: Duration::from_secs(2),
            dead_after: Duration::from_secs(35),
            in_serve: true,
        }
    }
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &mut Env) -> Self {
        let config = Self {
            concurrency: env.or(
                "JOBS_CONCURRENCY",
                "0",
                "Background jobs at a time; 0 is one per core.",
            ),
            timeout: env.duration("JOBS_TIMEOUT", "2m", "A job that takes longer has failed."),
            grace: env.duration(
                "JOBS_SHUTDOWN_TIMEOUT",
                "20s",
                "How long jobs under way may still take when the process stops.",
            ),
            dead_after: env.duration(
                "JOBS_WORKER_DEAD_AFTER",
                "35s",
                "A worker that was not heard of for so long is dead, and its jobs are given to others.",
            ),
            in_serve: env.or(
                "JOBS_IN_SERVE",
                "true",
                "Whether `serve` runs background jobs; if not, run `infravault worker`.",
            ),
            ..Self::default()
        };
        if config.dead_after < Duration::from_secs(1) {
            env.fault("JOBS_WORKER_DEAD_AFTER", "must be at least one second", "35s");
        }
        config
    }

    /// Jobs at a time.
    pub(crate) fn slots(&self) -> usize {
        match self.concurrency {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            slots => slots,
        }
    }
}
