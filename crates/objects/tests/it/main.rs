//! The contract that both stores keep, and what each of them does when something fails.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic, and says what it skips"
)]

mod contract;
mod failing_s3;
mod folder;
mod setup;
