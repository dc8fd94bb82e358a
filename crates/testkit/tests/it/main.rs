//! The test kit itself: what tests stand on must hold.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod databases;
mod samples;
mod sign_in;
