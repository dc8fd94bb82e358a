//! Bytes of metadata per image in the database.

use crate::{
    Outcome,
    bench::Bench,
    table::{Goal, Row},
};

/// How many renditions each image of the data has.
const RENDITIONS: f64 = 4.0;

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    let [all, renditions, bare] = bench.database.bytes_per_image().await?;
    let row = |name: &str, bytes, goal| Row {
        baseline: Some(bare),
        ..Row::value("17", name, "bytes", bytes, goal)
    };
    let with = |count: f64| all - renditions + renditions * count / RENDITIONS;
    table.extend([
        row(
            "metadata per image with three renditions, all tables and indexes",
            with(3.0),
            Goal::AtMost(1200.0),
        ),
        row(
            "the same with the four of the default presets",
            all,
            Goal::Nothing,
        ),
        row("the same without renditions", with(0.0), Goal::Nothing),
    ]);
    Ok(())
}
