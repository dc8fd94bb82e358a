//! How many children there are and what one order may cost.

use std::{path::PathBuf, thread::available_parallelism, time::Duration};

/// The settings of a [`crate::Sandbox`]. The defaults are the product's limits.
#[derive(Clone, Debug)]
pub struct Config {
    /// The program that calls [`crate::child`] when its first argument is `sandbox-worker`. The default is the running
    /// program by the link that the kernel keeps to it, which still works when the file was replaced by an upgrade.
    pub program: PathBuf,
    /// Children that serve requests and jobs; 0 is one for each core. The child for AVIF comes on top.
    pub children: usize,
    /// Orders that may wait in a lane that does not wait for ever (default 64).
    pub queue: usize,
    /// What a child may map on top of its program, in bytes (default 1 GiB).
    pub memory_bytes: u64,
    /// Processor time of one order, rounded up to whole seconds (default 10 s).
    pub cpu: Duration,
    /// Time of one order by the clock (default 15 s). AVIF gets [`Config::AVIF_PATIENCE`] times as much.
    pub wall: Duration,
    /// The longest wait for a place (default 15 s), except for jobs.
    pub wait: Duration,
}

impl Config {
    /// How many times longer an order of the AVIF lane may take: its child only gets the time that others leave.
    pub const AVIF_PATIENCE: u32 = 4;

    /// The number of children for requests and jobs, at least 1.
    #[must_use]
    pub(crate) fn places(&self) -> usize {
        match self.children {
            0 => available_parallelism().map_or(1, std::num::NonZero::get),
            children => children,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            children: 0,
            queue: 64,
            memory_bytes: 1024 * 1024 * 1024,
            cpu: Duration::from_secs(10),
            wall: Duration::from_secs(15),
            wait: Duration::from_secs(15),
        }
    }
}
