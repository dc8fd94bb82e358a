//! What xtask and its tools share: console output, child processes, ports, SeaweedFS, the user that runs PostgreSQL.

pub mod console;
pub mod error;
pub mod http;
pub mod interrupt;
pub mod port;
pub mod process;
pub mod product;
pub mod run_as;
pub mod seaweed;
pub mod service;

pub use error::{CommandError, Explain, Outcome};
pub use nix::sys::signal::Signal;
