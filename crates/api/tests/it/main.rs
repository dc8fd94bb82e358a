//! Tests of the server over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::print_stdout,
    clippy::unused_self,
    reason = "a panic is how a test fails, a skipped one says so, and a case may be long"
)]

mod access_matrix;
mod auth;
mod harness;
mod images;
mod platform;
mod send;
mod uploads;
mod users;
