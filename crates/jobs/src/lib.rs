//! Background jobs in PostgreSQL: the queue and its workers.
#![doc = include_str!("../README.md")]

mod config;
mod driver;
mod error;
mod install;
mod task;
mod worker;

pub use config::Config;
pub use error::{Error, JobError};
pub use install::{Counts, REVISION, counts, install, is_installed, remove};
pub use task::{Attempt, JobKind};
pub use worker::Worker;
