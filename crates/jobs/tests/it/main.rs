//! What the queue promises: work asked for in a transaction is done once enough, whatever dies meanwhile.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod install;
