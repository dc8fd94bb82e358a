//! Near duplicates among all images, by an index on parts of the perceptual hash.

use crate::{
    Outcome,
    bench::{Bench, Side},
    http::Request,
    load::Load,
    product::Jobs,
    seed::{self, OWNERS},
    table::{Goal, Row},
};
use uuid::Uuid;

/// Images to draw from.
const SAMPLED: usize = 1000;
/// Few enough that times are those of the work, not of a queue.
const FEW: u32 = 4;

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    bench.restart(Jobs::Wait).await?;
    let count: i64 = bench
        .database
        .client
        .query_one("SELECT count(*) FROM bare.images", &[])
        .await?
        .try_get(0)?;
    let query = format!(
        "SELECT id, owner_id FROM bare.images TABLESAMPLE BERNOULLI ({}) REPEATABLE (11)",
        seed::percent(SAMPLED, count)
    );
    let owners: Vec<String> = (0..OWNERS).map(seed::owner).collect();
    let address = bench.ours.address;
    let mut requests = Vec::new();
    for row in bench.database.client.query(&query, &[]).await? {
        let (id, owner): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
        let number = owners.iter().position(|known| *known == owner.to_string());
        let token = number.and_then(|number| bench.targets.tokens.get(number));
        let path = format!("/api/v1/images/{id}/similar");
        requests.extend(token.map(|token| Request::get(address, &path, Some(token))));
    }
    let load = |requests| (Side::Ours, Load::closed(address, requests, FEW, bench.duration));
    let loads = [load(requests), load(bench.targets.own_pages.clone())];
    let runs = bench.rounds(&loads).await?;
    let [similar, list] = runs.as_slice() else {
        return Err("a measurement is missing".into());
    };
    let name = "images similar to one, against the plain list: p95";
    Ok(vec![Row::time(
        "16",
        name,
        similar,
        list,
        |run| run.p95,
        Goal::RatioAtMost(3.0),
    )])
}
