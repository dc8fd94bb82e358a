//! Runs imaging in child processes that can do nothing else.
#![doc = include_str!("../README.md")]

mod answer;
mod child;
mod config;
mod confine;
mod error;
mod filter;
mod lanes;
mod memory;
mod packet;
mod pool;
#[cfg(feature = "probes")]
mod probe;
mod process;
mod station;
mod wire;

pub use answer::{Answer, Made};
pub use child::child;
#[cfg(feature = "probes")]
pub use child::child_with;
pub use config::Config;
pub use error::{Error, Fate};
pub use lanes::Lane;
pub use pool::{Sandbox, Stats};
#[cfg(feature = "probes")]
pub use probe::Probe;
pub use wire::{Capabilities, Holds};
