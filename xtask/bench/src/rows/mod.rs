//! The measurements, group by group, as the table of goals numbers them.

mod download;
mod list;
mod memory;
mod metadata;
mod upload;

use crate::{Group, Outcome, bench::Bench, table::Row};

/// Connections of the rows about throughput.
const MANY: u32 = 64;

/// Measures one group.
pub(crate) async fn measure(group: Group, bench: &mut Bench) -> Outcome<Vec<Row>> {
    match group {
        Group::List => list::measure(bench).await,
        Group::Metadata => metadata::measure(bench).await,
        Group::Upload => upload::measure(bench).await,
        Group::Download => download::measure(bench).await,
        Group::Memory => memory::measure(bench).await,
    }
}
