//! Migrations up and down, and row-level security.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod authentication;
mod migrations;
mod read_race;
mod row_level_security;
