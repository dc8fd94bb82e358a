//! The sandbox from outside: what children cannot do, and what becomes of those who wait when they try.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, and says what it saw"
)]

mod corpus;
mod images;
mod misbehavior;
mod places;
mod setup;
