//! The test kit itself: what tests stand on must hold.
mod databases;
