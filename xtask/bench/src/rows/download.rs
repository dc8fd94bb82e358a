//! Originals from the folder store, beside files that the baseline reads: 20 KB and 3 MB.

use super::MANY;
use crate::{
    Outcome,
    bench::{Bench, Side},
    form::Form,
    http::{Connection, Request},
    load::Load,
    table::{Goal, Row},
};
use bytes::Bytes;
use serde::Deserialize;

/// Connections of the large file.
const EIGHT: u32 = 8;

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    let loads = loads(bench).await?;
    let runs = bench.rounds(&loads).await?;
    bench.forget_uploads().await?;
    let [small, row, bare_small, large, bare_large] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let least = Goal::RatioAtLeast;
    let name = "20 KB original, own, 64 connections, against the baseline's row";
    let slowest = "20 KB original, own, 64 connections: p99";
    let file = "20 KB original, own, 64 connections, against the baseline's file";
    let large_name = "3 MB original, own, 8 connections";
    table.extend([
        Row::rate("12", name, small, row, least(0.4)),
        Row::time("12", slowest, small, row, |run| run.p99, Goal::AtMost(20.0)),
        Row::rate("12", file, small, bare_small, Goal::Nothing),
        Row::rate("13", large_name, large, bare_large, least(0.9)),
    ]);
    Ok(())
}

/// Stores the same images on both sides; then what is asked for, in the order that the rows take them. Originals go
/// to their owners only, so there is nothing here that is public.
async fn loads(bench: &Bench) -> Outcome<[(Side, Load); 5]> {
    let large = bench.photos.camera.first().ok_or("no photograph")?;
    let small = &bench.photos.small;
    let token = bench.targets.tokens.first().ok_or("no token")?;
    std::fs::write(bench.bare_store().join("small"), small)?;
    std::fs::write(bench.bare_store().join("large"), large)?;
    let (ours, bare) = (bench.ours.address, bench.bare.address);
    let get = |id: &str| Request::get(ours, &format!("/api/v1/images/{id}/download"), Some(token));
    let own_small = get(&upload(bench, small, token).await?);
    let own_large = get(&upload(bench, large, token).await?);
    let file = |name| vec![Request::get(bare, &format!("/file/{name}"), None)];
    let load = |address, requests, connections| Load::closed(address, requests, connections, bench.duration);
    Ok([
        (Side::Ours, load(ours, vec![own_small], MANY)),
        (Side::Bare, load(bare, bench.targets.bare_rows.clone(), MANY)),
        (Side::Bare, load(bare, file("small"), MANY)),
        (Side::Ours, load(ours, vec![own_large], EIGHT)),
        (Side::Bare, load(bare, file("large"), EIGHT)),
    ])
}

/// What an upload answers with.
#[derive(Deserialize)]
struct Stored {
    id: String,
}

/// Uploads an image and gives its id.
async fn upload(bench: &Bench, file: &Bytes, token: &str) -> Outcome<String> {
    let form = Form {
        host: bench.ours.address,
        path: "/api/v1/images",
        token: Some(token),
    };
    let mut connection = Connection::open(form.host).await?;
    let stored: Stored = serde_json::from_slice(&connection.fetch(&form.upload(file)).await?)?;
    Ok(stored.id)
}
