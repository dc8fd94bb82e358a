//! Runs imaging in isolated child processes.
#![doc = include_str!("../README.md")]

mod config;
mod confine;
mod error;
mod filter;
mod memory;
mod packet;
mod pool;
#[cfg(feature = "probes")]
mod probe;
mod process;
mod queues;
mod reply;
mod sandbox;
mod wire;
mod worker;
mod worker_main;

pub use config::Config;
pub use error::{Error, ExitReason};
#[cfg(feature = "probes")]
pub use probe::Probe;
pub use queues::Queue;
pub use reply::ProcessReply;
pub use sandbox::{Sandbox, Stats};
pub use wire::{Capabilities, Enforcement};
pub use worker_main::worker_main;
