//! The guarantees of the queue: a committed job runs at least once, despite crashes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]

mod deaths;
mod failures;
mod harness;
mod install;
mod once;
