//! Tests of the use cases, on a real database and a real folder store.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a panic is how a test fails, and a case may be long"
)]

mod bulk;
mod change;
mod download;
mod duplicates;
mod growth;
mod idempotency;
mod integrity;
mod isolation;
mod lists;
mod process;
mod quota;
mod search;
mod setup;
mod similar;
mod sweep;
mod trash;
mod upload;
mod uploads;
