//! What the queue promises: work asked for in a transaction is done once enough, whatever dies meanwhile.
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
