//! Handlers for administrators.
mod get_integrity;
mod start_integrity;

pub use get_integrity::{__path_get_integrity, get_integrity};
pub use start_integrity::{__path_start_integrity, start_integrity};
