//! The contract of both stores, and their behavior when something fails.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may panic, and print what they skip"
)]

mod contract;
mod failing_s3;
mod folder;
mod setup;
