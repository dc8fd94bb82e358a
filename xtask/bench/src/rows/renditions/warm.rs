//! Renditions that are there: public and private, beside a file and a row of the baseline.

use super::{rendition, uploads};
use crate::{
    Outcome,
    bench::{Bench, Side},
    http::Connection,
    load::{Load, real},
    product::Jobs,
    rows::MANY,
    table::{Goal, Row},
};

/// Bytes of a rendition as lists show it; the preset that comes nearest is measured.
const BYTES: f64 = 20_000.0;

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    bench.restart(Jobs::Wait).await?;
    let ids = uploads::many(bench, 2).await?;
    let [public, private] = ids.as_slice() else {
        return Err("an upload brought no id".into());
    };
    let id: uuid::Uuid = public.parse()?;
    let publish = "UPDATE images.images SET visibility = 'public' WHERE id = $1";
    bench.database.client.execute(publish, &[&id]).await?;
    let (ours, bare) = (bench.ours.address, bench.bare.address);
    let token = uploads::token(bench)?;
    let ask = |id: &str, preset: &str, token| rendition(ours, id, preset, "image/jpeg", token);
    let mut connection = Connection::open(ours).await?;
    let mut found = Vec::new();
    for preset in ["thumb", "small"] {
        found.push((preset, connection.fetch(&ask(public, preset, None)).await?));
    }
    let away = |bytes: usize| (real(bytes) / BYTES).ln().abs();
    let nearest = found
        .iter()
        .min_by(|one, other| away(one.1.len()).total_cmp(&away(other.1.len())));
    let (preset, bytes) = nearest.ok_or("no preset")?;
    std::fs::write(bench.bare_store().join("rendition"), bytes)?;
    let (name, kilobytes) = (*preset, real(bytes.len()) / 1000.0);
    let load = |address, request| Load::closed(address, vec![request], MANY, bench.duration);
    let loads = [
        (Side::Ours, load(ours, ask(public, name, None))),
        (
            Side::Bare,
            load(bare, crate::http::Request::get(bare, "/file/rendition", None)),
        ),
        (Side::Ours, load(ours, ask(private, name, Some(token)))),
        (
            Side::Bare,
            Load::closed(bare, bench.targets.bare_rows.clone(), MANY, bench.duration),
        ),
    ];
    let runs = bench.rounds(&loads).await?;
    bench.forget_uploads().await?;
    let [public, file, private, row] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let least = Goal::RatioAtLeast;
    let what = |kind: &str| format!("{kind} warm rendition of {kilobytes:.0} KB, 64 connections");
    let public_name = format!("{}, against the baseline's file", what("public"));
    let slowest = format!("{}: p99", what("public"));
    let private_name = format!("{}, API token, against the baseline's row", what("private"));
    Ok(vec![
        Row::rate("12", &public_name, public, file, least(0.8)),
        Row::time("12", &slowest, public, file, |run| run.p99, Goal::AtMost(20.0)),
        Row::rate("12", &private_name, private, row, least(0.4)),
    ])
}
