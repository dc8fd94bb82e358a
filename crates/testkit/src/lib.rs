//! Dev-only: a database per test, an OpenID Connect issuer that can lie, images made in code.
#![doc = include_str!("../README.md")]
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that lacks what it stands on must stop there, and a panic is how a test says so"
)]

pub mod db;
pub mod issuer;
mod log;
pub mod samples;

pub use log::log;

/// Makes aws-lc-rs the TLS library of this process, which reqwest needs before its first client is built. May be
/// called any number of times.
pub fn install_crypto() {
    // The error only says that one has been installed before.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
