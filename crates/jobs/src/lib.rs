//! Background jobs in PostgreSQL: the queue and who works it off.
#![doc = include_str!("../README.md")]

mod config;
mod error;
mod install;

pub use config::Config;
pub use error::{Error, JobError};
pub use install::{Counts, REVISION, counts, install, is_installed, remove};
