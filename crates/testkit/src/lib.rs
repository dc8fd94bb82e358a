//! Test support: a database per test, an OpenID Connect issuer with injectable defects, generated images.
#![doc = include_str!("../README.md")]
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test without its prerequisites must fail, and tests fail by panicking"
)]

pub mod db;
pub mod issuer;
mod log;
#[cfg(feature = "samples")]
pub mod samples;

pub use log::log;

/// Installs aws-lc-rs as the TLS provider of this process, which reqwest requires. Calling it again is safe.
pub fn install_crypto() {
    // An error means that a provider is already installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
