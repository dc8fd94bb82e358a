//! Tests of the test kit.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod databases;
mod samples;
mod sign_in;
