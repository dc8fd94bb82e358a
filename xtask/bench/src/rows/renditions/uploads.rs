//! Photographs that are uploaded to have renditions made of them, and how far these are.

use crate::{
    Outcome,
    bench::Bench,
    form::Form,
    http::{Connection, Request},
};
use bytes::Bytes;
use serde::Deserialize;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

/// Uploads at once.
const AT_ONCE: usize = 8;
/// How long images may take until they are ready.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often it is looked whether they are.
const LOOKING: Duration = Duration::from_millis(10);

/// What an upload answers with.
#[derive(Deserialize)]
struct Stored {
    id: String,
}

/// The token of who uploads.
pub(super) fn token(bench: &Bench) -> Outcome<&str> {
    Ok(bench.targets.tokens.first().ok_or("no token")?)
}

/// The request that uploads a file.
pub(super) fn upload(bench: &Bench, file: &Bytes) -> Outcome<Request> {
    let form = Form {
        host: bench.ours.address,
        path: "/api/v1/images",
        token: Some(token(bench)?),
    };
    Ok(form.upload(file))
}

/// Uploads a file and gives its id.
pub(super) async fn one(connection: &mut Connection, request: &Request) -> Outcome<String> {
    let stored: Stored = serde_json::from_slice(&connection.fetch(request).await?)?;
    Ok(stored.id)
}

/// Uploads so many photographs, all different, and gives their ids.
pub(super) async fn many(bench: &Bench, count: usize) -> Outcome<Vec<String>> {
    let photos: Vec<Request> = bench
        .photos
        .camera
        .iter()
        .map(|photo| upload(bench, photo))
        .collect::<Outcome<_>>()?;
    let address: SocketAddr = bench.ours.address;
    let mut tasks = JoinSet::new();
    for first in 0..AT_ONCE {
        let photos = photos.clone();
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut ids = Vec::new();
            for number in (first..count).step_by(AT_ONCE) {
                let photo = photos.get(number % photos.len().max(1));
                ids.push(one(&mut connection, photo.ok_or("no photograph")?).await?);
            }
            Outcome::Ok(ids)
        });
    }
    let mut ids = Vec::new();
    while let Some(more) = tasks.join_next().await {
        ids.extend(more??);
    }
    Ok(ids)
}

/// How many uploads wait for their job, and how many it could make nothing of.
pub(super) async fn unprocessed(bench: &Bench) -> Outcome<(i64, i64)> {
    let query = "SELECT count(*) FILTER (WHERE state = 'stored'), count(*) FILTER (WHERE state = 'failed') \
        FROM images.images WHERE created_at > now() - interval '1 day' AND state IN ('stored', 'failed')";
    let row = bench.database.client.query_one(query, &[]).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Waits until at most so many uploads wait for their job; gives how many do.
pub(super) async fn down_to(bench: &Bench, most: i64) -> Outcome<i64> {
    let begun = Instant::now();
    loop {
        let (waiting, failed) = unprocessed(bench).await?;
        if failed > 0 {
            return Err(format!("{failed} photographs failed to be processed").into());
        }
        if waiting <= most {
            return Ok(waiting);
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!(
                "{waiting} photographs were not processed after {} s",
                PATIENCE.as_secs()
            )
            .into());
        }
        sleep(LOOKING).await;
    }
}
