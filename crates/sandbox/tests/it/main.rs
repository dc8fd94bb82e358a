//! Tests of the public API of the sandbox: isolation, queues, and images.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

mod corpus;
mod images;
mod misbehavior;
mod queues;
mod setup;
