//! What the database promises: migrations go up and down, and nobody sees rows that are not theirs.
mod gate;
mod migrations;
mod row_level_security;
