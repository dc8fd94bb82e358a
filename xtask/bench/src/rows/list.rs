//! Lists of twenty, by cursor; the same at a fixed rate; and how filters, sorts, searches and depth compare with them.

use super::MANY;
use crate::{
    Outcome,
    bench::{Bench, Side},
    http::Request,
    load::Load,
    table::{Goal, Row},
};
use std::time::Duration;

/// Requests per second of the open loop.
const RATE: u32 = 1000;
/// Few enough that times are those of the work, not of a queue.
const FEW: u32 = 4;

/// Lists other than the plain one: what they are, and queries to draw from. Words are as common and as rare as in
/// the data; what is misspelt is in none of it.
const VARIANTS: [(&str, &[&str]); 10] = [
    (
        "of a tag",
        &["tag=family", "tag=sunset", "tag=album", "tag=archive"],
    ),
    (
        "of a rare media type",
        &["media_type=image/webp", "media_type=image/png"],
    ),
    (
        "of a period",
        &["created_after=2024-01-05T00:00:00Z&created_before=2024-01-06T00:00:00Z"],
    ),
    ("by title", &["sort=title", "sort=-title"]),
    ("by size", &["sort=size", "sort=-size"]),
    ("searched: a common word", &["q=beach", "q=morning", "q=winter"]),
    (
        "searched: a rare word",
        &["q=painted", "q=fj%C3%B6rd", "q=Zurich"],
    ),
    (
        "searched: two words",
        &["q=winter%20castle", "q=red%20boat", "q=island%20harbour"],
    ),
    (
        "searched: unfinished",
        &["q=mounta", "q=snow%20cast", "q=grandmo"],
    ),
    ("searched: misspelt", &["q=moutnain", "q=brigde", "q=fishermann"]),
];

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    table.extend(throughput(bench).await?);
    table.extend(at_rate(bench).await?);
    table.extend(depth(bench).await?);
    table.extend(variants(bench, "own images", "/api/v1/images").await?);
    table.extend(variants(bench, "public gallery", "/api/v1/images/public").await?);
    Ok(())
}

async fn throughput(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (ours, bare) = (bench.ours.address, bench.bare.address);
    let load = |address, requests| Load::closed(address, requests, MANY, bench.duration);
    let loads = [
        (Side::Ours, load(ours, bench.targets.public_pages.clone())),
        (Side::Ours, load(ours, bench.targets.own_pages.clone())),
        (Side::Ours, load(ours, bench.targets.session_pages.clone())),
        (Side::Bare, load(bare, bench.targets.bare_pages.clone())),
    ];
    let runs = bench.rounds(&loads).await?;
    let [public, own, session, list] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let least = Goal::RatioAtLeast;
    Ok(vec![
        Row::rate(
            "1",
            "public gallery, 20 rows, 64 connections",
            public,
            list,
            least(0.80),
        ),
        Row::rate(
            "2",
            "own images, 20 rows, API token, 64 connections",
            own,
            list,
            least(0.60),
        ),
        Row::rate(
            "2",
            "own images, 20 rows, session, 64 connections",
            session,
            list,
            least(0.60),
        ),
    ])
}

async fn at_rate(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (ours, bare) = (bench.ours.address, bench.bare.address);
    let load = |address, requests| Load::closed(address, requests, MANY, bench.duration).at_rate(RATE);
    let loads = [
        (Side::Ours, load(ours, bench.targets.session_pages.clone())),
        (Side::Bare, load(bare, bench.targets.bare_pages.clone())),
    ];
    let runs = bench.rounds(&loads).await?;
    let [own, list] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let name = |which| format!("own images, session, at {RATE}/s: {which}");
    Ok(vec![
        Row::time("2", &name("p50"), own, list, |run| run.p50, Goal::AtMost(4.0)),
        Row::time("2", &name("p95"), own, list, |run| run.p95, Goal::AtMost(8.0)),
        Row::time("2", &name("p99"), own, list, |run| run.p99, Goal::AtMost(15.0)),
    ])
}

async fn depth(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let load = |requests| Load::closed(bench.ours.address, requests, FEW, short(bench));
    let loads = [
        (Side::Ours, load(bench.targets.deep_pages.clone())),
        (Side::Ours, load(bench.targets.first_pages.clone())),
    ];
    let runs = bench.rounds(&loads).await?;
    let [deep, first] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let name = "own images, deepest pages against the first: p50";
    Ok(vec![Row::time(
        "16",
        name,
        deep,
        first,
        |run| run.p50,
        Goal::RatioAtMost(1.15),
    )])
}

/// Every variant against the plain list, with as many connections, in the same rounds.
async fn variants(bench: &mut Bench, list: &str, path: &str) -> Outcome<Vec<Row>> {
    let address = bench.ours.address;
    let public = path.ends_with("public");
    let load = |requests| (Side::Ours, Load::closed(address, requests, FEW, short(bench)));
    let plain = if public {
        &bench.targets.public_pages
    } else {
        &bench.targets.own_pages
    };
    let mut loads = vec![load(plain.clone())];
    for (_, queries) in VARIANTS {
        let token = bench
            .targets
            .tokens
            .first()
            .filter(|_| !public)
            .map(String::as_str);
        let get = |query: &&str| Request::get(address, &format!("{path}?limit=20&{query}"), token);
        loads.push(load(queries.iter().map(get).collect()));
    }
    let runs = bench.rounds(&loads).await?;
    let Some((plain, others)) = runs.split_first() else {
        return Err("a measurement is missing".into());
    };
    let row = |((variant, _), runs): (&(&str, _), _)| {
        let name = format!("{list} {variant}, against the plain list: p95");
        Row::time("16", &name, runs, plain, |run| run.p95, Goal::RatioAtMost(3.0))
    };
    Ok(VARIANTS.iter().zip(others).map(row).collect())
}

/// There are many of these.
fn short(bench: &Bench) -> Duration {
    bench.duration.min(Duration::from_secs(2))
}
