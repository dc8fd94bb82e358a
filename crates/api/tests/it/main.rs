//! Tests of the server through its front door.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod access_matrix;
mod auth;
mod harness;
mod images;
mod platform;
mod users;
