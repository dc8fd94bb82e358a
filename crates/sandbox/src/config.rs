//! The configuration of the sandbox.

use std::{path::PathBuf, thread::available_parallelism, time::Duration};

/// The configuration of a [`crate::Sandbox`].
#[derive(Clone, Debug)]
pub struct Config {
    /// The program that calls [`crate::worker_main`] if its first argument is `sandbox-worker`. The default is the
    /// running program, by a link that stays valid when an upgrade replaces the file.
    pub program: PathBuf,
    /// Number of workers for interactive and background requests; 0 is one per core. The AVIF worker is additional.
    pub workers: usize,
    /// Maximum number of requests that wait in a queue (default 64). Unlimited for background requests.
    pub queue_size: usize,
    /// Maximum memory that a worker may map in addition to its program, in bytes (default 1 GiB).
    pub memory_bytes: u64,
    /// Maximum CPU time per request, rounded up to whole seconds (default 10 s).
    pub cpu_time: Duration,
    /// Maximum time per request (default 15 s). AVIF gets [`Config::AVIF_TIMEOUT_FACTOR`] times as much.
    pub timeout: Duration,
    /// Maximum time in a queue (default 15 s). Unlimited for background requests.
    pub queue_timeout: Duration,
}

impl Config {
    /// Multiplies the timeout of AVIF requests, whose worker only gets the CPU time that the others leave.
    pub const AVIF_TIMEOUT_FACTOR: u32 = 4;

    /// The number of workers for interactive and background requests, at least 1.
    pub(crate) fn worker_count(&self) -> usize {
        match self.workers {
            0 => available_parallelism().map_or(1, std::num::NonZero::get),
            workers => workers,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            workers: 0,
            queue_size: 64,
            memory_bytes: 1024 * 1024 * 1024,
            cpu_time: Duration::from_secs(10),
            timeout: Duration::from_secs(15),
            queue_timeout: Duration::from_secs(15),
        }
    }
}
