//! HTTP requests to URLs from users, restricted to public addresses.
#![doc = include_str!("../README.md")]
mod address;
mod config;
mod error;
mod get;
mod resolve;

pub use config::Config;
pub use error::Error;
pub use get::{FetchResponse, Fetcher};
