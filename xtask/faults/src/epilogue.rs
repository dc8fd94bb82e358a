//! What must hold after every fault: everything acknowledged is there, nothing else is, and every count is right.

use crate::{Outcome, load::Acknowledged, world::World};
use futures_util::{StreamExt as _, stream};
use infravault_kernel::{Id as _, ImageId, Sha256};
use infravault_objects::{ObjectKey, Prefix};
use reqwest::Method;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};
use tokio::time::sleep;
use tokio_postgres::Client;
use uuid::Uuid;

/// How long everything may take to come to rest.
const REST: Duration = Duration::from_secs(90);

/// Time passes for what waits for time only: claims of the sweeper, uploads without end, jobs that are tried later.
///
/// Uploads that are open then are those whose announcement was not answered: no client knows of them, and they expire.
const PASS: &str = "UPDATE images.images SET updated_at = updated_at - interval '1 hour' \
        WHERE state IN ('pending', 'deleting');
    UPDATE images.upload_sessions SET expires_at = now() WHERE state = 'open' AND expires_at > now();
    UPDATE images.upload_parts SET due_at = now() WHERE state <> 'stored' AND due_at > now();
    UPDATE graphile_worker._private_jobs SET run_at = now() \
        WHERE locked_at IS NULL AND run_at > now() AND attempts < max_attempts";
const AT_REST: &str = "SELECT \
    (SELECT count(*) FROM images.images WHERE state IN ('pending', 'deleting')), \
    (SELECT count(*) FROM images.upload_sessions WHERE state IN ('open', 'finishing')) \
        + (SELECT count(*) FROM images.upload_parts), \
    (SELECT count(*) FROM images.images WHERE state = 'stored' AND removed_at IS NULL), \
    (SELECT coalesce(sum(reserved_bytes), 0)::bigint FROM images.usage), \
    (SELECT count(*) FROM graphile_worker.jobs WHERE attempts < max_attempts), \
    (SELECT count(*) FROM graphile_worker.jobs WHERE attempts >= max_attempts)";
const ORIGINALS: &str = "SELECT DISTINCT coalesce(stored_as, id), attempt, byte_size FROM images.images \
    WHERE stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting', 'deleted')";
const RENDITIONS: &str = "SELECT image_id, sha256, byte_size::bigint FROM images.renditions";
const LIVE: &str = "SELECT id FROM images.images WHERE stored_at IS NOT NULL AND removed_at IS NULL";
const USAGE: &str = "SELECT coalesce(sum(u.used_bytes), 0)::bigint, coalesce(sum(u.image_count), 0)::bigint, \
    (SELECT coalesce(sum(byte_size), 0)::bigint FROM images.images WHERE state IN ('stored', 'ready', 'failed')) \
    FROM images.usage AS u";
const UNTOLD: &str = "SELECT count(*) FROM images.images WHERE state = 'failed' AND failure_code IS NULL";

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Uploads that were acknowledged since the last epilogue.
    pub(crate) acknowledged: usize,
    /// Those that are gone or have other bytes.
    pub(crate) lost: usize,
    /// Everything else that does not hold.
    pub(crate) broken: Vec<String>,
    /// How often each kind of failure was answered.
    pub(crate) failures: BTreeMap<String, u64>,
}

/// Heals, lets everything come to rest, and looks. `earlier` is how many uploads had been acknowledged before.
pub(crate) async fn epilogue(world: &mut World, earlier: usize) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    world.heal().await?;
    finish_open(world, &mut verdict).await;
    let client = world.cluster.client("infravault").await?;
    rest(&client, &mut verdict).await?;
    compare(world, &client, &mut verdict).await?;
    count(&client, &mut verdict).await?;
    let all = world.ledger.acknowledged();
    verdict.acknowledged = all.len().saturating_sub(earlier);
    once(&client, &all, &mut verdict).await?;
    let (old, new) = all.split_at(earlier.min(all.len()));
    // Of those that were looked at before, some are looked at again.
    let again = old.iter().rev().step_by(1 + old.len() / 200);
    let asked: Vec<Acknowledged> = new.iter().chain(again).copied().collect();
    verdict.lost = lost(world, &asked, &mut verdict).await;
    verdict.broken.extend(world.ledger.take_odd());
    verdict.failures = world.ledger.take_failures().0;
    Ok(verdict)
}

/// A client that was told nothing asks again, with the same key.
async fn finish_open(world: &World, verdict: &mut Verdict) {
    let open = world.ledger.take_open();
    let finished = stream::iter(open).map(|seed| world.ledger.upload(seed, Duration::from_secs(40)));
    let outcomes: Vec<_> = finished.buffer_unordered(8).collect().await;
    for error in outcomes.into_iter().filter_map(Result::err) {
        verdict.broken.push(error.to_string());
    }
    world.ledger.take_open();
}

/// Waits until nothing is under way: no upload, no deletion, no job, and nothing reserved.
async fn rest(client: &Client, verdict: &mut Verdict) -> Outcome {
    let began = Instant::now();
    loop {
        client.batch_execute(PASS).await?;
        let row = client.query_one(AT_REST, &[]).await?;
        let counts: Vec<i64> = (0..6).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
        if counts.iter().all(|count| *count == 0) {
            return Ok(());
        }
        if began.elapsed() > REST {
            let words = [
                "under way",
                "open uploads and pieces of them",
                "not processed",
                "bytes reserved",
                "jobs waiting",
                "jobs given up",
            ];
            let left = words.iter().zip(&counts).filter(|(_, count)| **count != 0);
            let left: Vec<String> = left.map(|(word, count)| format!("{count} {word}")).collect();
            verdict.broken.push(format!("no rest: {}", left.join(", ")));
            return Ok(());
        }
        sleep(Duration::from_millis(300)).await;
    }
}

/// Rows and store, both ways.
async fn compare(world: &World, client: &Client, verdict: &mut Verdict) -> Outcome {
    let mut expected = BTreeMap::new();
    for row in client.query(ORIGINALS, &[]).await? {
        let key = ObjectKey::Original {
            image: ImageId::from_uuid(row.try_get(0)?),
            attempt: row.try_get(1)?,
        };
        expected.insert(key.path(), u64::try_from(row.try_get::<_, i64>(2)?)?);
    }
    for row in client.query(RENDITIONS, &[]).await? {
        let sha256 =
            Sha256::try_from(row.try_get::<_, &[u8]>(1)?).map_err(|_| "a digest of another length")?;
        let key = ObjectKey::Rendition {
            image: ImageId::from_uuid(row.try_get(0)?),
            sha256,
        };
        expected.insert(key.path(), u64::try_from(row.try_get::<_, i64>(2)?)?);
    }
    let objects = world.objects()?;
    let (mut orphans, mut other) = (Vec::new(), Vec::new());
    for &area in Prefix::ALL {
        let mut after: Option<String> = None;
        loop {
            let listing = objects.list(area, after, 1000).await?;
            for found in listing.items {
                match expected.remove(&found.path) {
                    None => orphans.push(found.path),
                    Some(length) if length != found.len => other.push(found.path),
                    Some(_) => {}
                }
            }
            after = listing.next;
            if after.is_none() {
                break;
            }
        }
    }
    let missing: Vec<String> = expected.into_keys().collect();
    for (word, paths) in [("orphan", orphans), ("missing", missing), ("mismatching", other)] {
        if let Some(first) = paths.first() {
            verdict
                .broken
                .push(format!("{} {word} objects, such as {first}", paths.len()));
        }
    }
    Ok(())
}

async fn count(client: &Client, verdict: &mut Verdict) -> Outcome {
    let row = client.query_one(USAGE, &[]).await?;
    let (used, images, live): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if used != live {
        verdict
            .broken
            .push(format!("{used} bytes are counted, and {live} are stored"));
    }
    let rows = i64::try_from(client.query(LIVE, &[]).await?.len())?;
    if images != rows {
        verdict
            .broken
            .push(format!("{images} images are counted, and there are {rows}"));
    }
    let untold: i64 = client.query_one(UNTOLD, &[]).await?.try_get(0)?;
    if untold != 0 {
        verdict
            .broken
            .push(format!("{untold} images failed without a reason"));
    }
    Ok(())
}

/// Every upload made one image, and nothing made another.
async fn once(client: &Client, acknowledged: &[Acknowledged], verdict: &mut Verdict) -> Outcome {
    let told: BTreeSet<Uuid> = acknowledged.iter().map(|one| one.id).collect();
    let seeds: BTreeSet<u64> = acknowledged.iter().map(|one| one.seed).collect();
    if told.len() != seeds.len() {
        let text = format!("{} uploads were answered with {} images", seeds.len(), told.len());
        verdict.broken.push(text);
    }
    let rows = client.query(LIVE, &[]).await?;
    let untold = rows
        .iter()
        .filter(|row| row.try_get(0).is_ok_and(|id: Uuid| !told.contains(&id)))
        .count();
    if untold != 0 {
        verdict
            .broken
            .push(format!("{untold} images that were not acknowledged"));
    }
    Ok(())
}

/// How many of these cannot be had again as they were sent.
async fn lost(world: &World, asked: &[Acknowledged], verdict: &mut Verdict) -> usize {
    let found = stream::iter(asked).map(|one| async move {
        let path = format!("/api/v1/images/{}/download", one.id);
        let answer = world.ledger.request(Method::GET, &path).send().await;
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| error.to_string())?;
        if status.as_u16() == 200 && bytes == world.ledger.image(one.seed) {
            Ok(())
        } else {
            Err(format!(
                "image {} of upload {}: {status}, {} bytes",
                one.id,
                one.seed,
                bytes.len()
            ))
        }
    });
    let found: Vec<Result<(), String>> = found.buffer_unordered(8).collect().await;
    let lost: Vec<String> = found.into_iter().filter_map(Result::err).collect();
    if let Some(first) = lost.first() {
        verdict
            .broken
            .push(format!("LOST {}, such as {first}", lost.len()));
    }
    lost.len()
}
