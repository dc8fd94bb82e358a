//! Settings of background jobs.
use infravault_kernel::config::Env;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Maximum number of concurrent jobs; 0 is one per core.
    pub concurrency: usize,
    /// Maximum duration of a job.
    pub timeout: Duration,
    /// Time for running jobs to finish after a stop. Unfinished jobs are released.
    pub shutdown_timeout: Duration,
    /// Interval between polls, which find due retries and jobs whose notification was lost.
    pub poll_interval: Duration,
    /// A worker without a heartbeat for this long counts as dead, and its jobs are released.
    pub dead_after: Duration,
    /// Whether `serve` runs jobs.
    pub in_serve: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            concurrency: 0,
            timeout: Duration::from_mins(2),
            shutdown_timeout: Duration::from_secs(20),
            poll_interval: Duration::from_secs(2),
            dead_after: Duration::from_secs(35),
            in_serve: true,
        }
    }
}

impl Config {
    pub fn from_env(env: &mut Env) -> Self {
        let config = Self {
            concurrency: env.value(
                "JOBS_CONCURRENCY",
                "0",
                "Maximum number of concurrent background jobs; 0 is one per core.",
            ),
            timeout: env.duration("JOBS_TIMEOUT", "2m", "Maximum duration of a background job."),
            shutdown_timeout: env.duration(
                "JOBS_SHUTDOWN_TIMEOUT",
                "20s",
                "Time for running jobs to finish when the process stops.",
            ),
            dead_after: env.duration(
                "JOBS_WORKER_DEAD_AFTER",
                "35s",
                "A worker without a heartbeat for this long counts as dead, and its jobs are released.",
            ),
            in_serve: env.value(
                "JOBS_IN_SERVE",
                "true",
                "Run background jobs in `serve`. If `false`, run `infravault worker`.",
            ),
            ..Self::default()
        };
        if config.dead_after < Duration::from_secs(1) {
            env.reject("JOBS_WORKER_DEAD_AFTER", "must be at least one second", "35s");
        }
        config
    }

    /// The number of concurrent jobs.
    pub(crate) fn slots(&self) -> usize {
        match self.concurrency {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            slots => slots,
        }
    }
}
