//! The measurements, group by group, as the table of goals numbers them.

mod download;
mod list;
mod memory;
mod metadata;
mod renditions;
mod size;
mod thumbnails;
mod upload;

use crate::{Group, Outcome, bench::Bench, table::Row};

/// Connections of the rows about throughput.
const MANY: u32 = 64;

/// Measures one group. What was measured before something fails stays in the table.
pub(crate) async fn measure(group: Group, bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    match group {
        Group::List => list::measure(bench, table).await,
        Group::Metadata => metadata::measure(bench, table).await,
        Group::Upload => upload::measure(bench, table).await,
        Group::Download => download::measure(bench, table).await,
        Group::Memory => memory::measure(bench, table).await,
        Group::Size => size::measure(bench, table).await,
        Group::Thumbnails => thumbnails::measure(bench, table).await,
        Group::Renditions => {
            renditions::measure(bench, table).await;
            Ok(())
        }
    }
}
