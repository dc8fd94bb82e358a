//! One image by its id, public and own.

use super::MANY;
use crate::{
    Outcome,
    bench::{Bench, Side},
    load::Load,
    table::{Goal, Row},
};

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    let (ours, bare) = (bench.ours.address, bench.bare.address);
    let load = |address, requests| Load::closed(address, requests, MANY, bench.duration);
    let loads = [
        (Side::Ours, load(ours, bench.targets.public_rows.clone())),
        (Side::Ours, load(ours, bench.targets.own_rows.clone())),
        (Side::Ours, load(ours, bench.targets.session_rows.clone())),
        (Side::Bare, load(bare, bench.targets.bare_rows.clone())),
    ];
    let runs = bench.rounds(&loads).await?;
    let [public, own, session, row] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let least = Goal::RatioAtLeast;
    table.extend([
        Row::rate("3", "public image by id", public, row, least(0.75)),
        Row::rate("3", "own image by id, API token", own, row, least(0.40)),
        Row::rate("3", "own image by id, session", session, row, least(0.40)),
    ]);
    Ok(())
}
