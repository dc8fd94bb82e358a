//! What the database promises: migrations go up and down, and nobody sees rows that are not theirs.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod gate;
mod migrations;
mod read_race;
mod row_level_security;
