//! Tests of the auth context with a real database and an issuer that can misbehave.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod api_tokens;
mod refresh;
mod sessions;
mod setup;
mod sign_in;
