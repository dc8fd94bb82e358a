//! Resumable uploads (tus 1.0).
mod append;
mod chunks;

pub use append::AppendOutcome;
pub use chunks::{Checksum, ChecksumAlgorithm};
