//! Background workers and sandbox workers are killed or paused.

use crate::{
    Outcome,
    report::Ran,
    world::{World, wait_for_exit},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tokio_postgres::Client;
use xtask_support::{
    Signal,
    service::{self, Service},
};

/// The steps of a job, in their order.
const PLACES: [&str; 3] = ["after-decode", "after-rendition", "before-mark"];
const APART: &[(&str, &str)] = &[("JOBS_IN_SERVE", "false")];
const UNFINISHED: &str = "SELECT count(*) FROM images.images WHERE state = 'stored' AND removed_at IS NULL";
const HELD: &str = "SELECT count(*) FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL";
const GIVEN_UP: &str =
    "SELECT count(*) FROM graphile_worker.jobs WHERE attempts >= max_attempts AND locked_at IS NULL";
const CLEAR: &str =
    "DELETE FROM graphile_worker._private_jobs WHERE attempts >= max_attempts AND locked_at IS NULL";
const DUE: &str =
    "UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL AND run_at > now()";
/// A lease of 3 s, and what it may take on top.
const REDELIVERED: Duration = Duration::from_secs(18);

async fn number(client: &Client, question: &str) -> Outcome<i64> {
    Ok(client.query_one(question, &[]).await?.try_get(0)?)
}

/// Waits until every image is ready or failed; how long that took.
async fn finished(client: &Client, within: Duration) -> Outcome<Duration> {
    let began = Instant::now();
    while number(client, UNFINISHED).await? != 0 {
        if began.elapsed() > within {
            return Err(format!("images still wait for their work after {within:?}").into());
        }
        client.batch_execute(DUE).await?;
        sleep(Duration::from_millis(50)).await;
    }
    Ok(began.elapsed())
}

/// A worker dies at a step of its job, and another one takes the job up.
pub(super) async fn crash_worker(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let client = world.cluster.client("infravault").await?;
    world.restart(APART).await?;
    for _ in 0..world.times(10) {
        for place in PLACES {
            world
                .ledger
                .upload(world.ledger.next(), Duration::from_secs(20))
                .await?;
            let more = [("CRASH_AT", place), ("JOBS_CONCURRENCY", "1")];
            let mut worker = world.beside("worker", &["worker"], &more)?;
            client.batch_execute(DUE).await?;
            let died = wait_for_exit(&mut worker, Duration::from_secs(20)).await;
            ran.expect(died.is_ok(), || format!("no worker dies {place}"));
            ran.cycles += 1;
        }
        let _worker = world.beside("worker", &["worker"], &[])?;
        match finished(&client, REDELIVERED).await {
            Ok(after) => ran.recovered(after),
            Err(error) => ran.broken.push(error.to_string()),
        }
    }
    world.restart(&[]).await?;
    Ok(ran)
}

/// A worker is paused for longer than its lease, and continues when another has its job.
pub(super) async fn pause_worker(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let client = world.cluster.client("infravault").await?;
    world.restart(APART).await?;
    for _ in 0..world.times(10) {
        // So little that what is measured is the handing over, not a backlog.
        let load = world.load(4);
        let sleeper = world.beside("worker", &["worker"], &[])?;
        sleep(world.random.millis(900, 1600)).await;
        let held = asleep_at_work(world, &client, &sleeper).await?;
        ran.expect(held, || "the worker holds no job when it is stopped".to_owned());
        let _other = world.beside("worker", &["worker"], &[])?;
        // The lease is 3 s.
        sleep(Duration::from_millis(4500)).await;
        load.stop().await;
        sleeper.signal(Signal::SIGCONT);
        match finished(&client, REDELIVERED).await {
            Ok(after) => ran.recovered(after),
            Err(error) => ran.broken.push(error.to_string()),
        }
        ran.cycles += 1;
    }
    world.restart(&[]).await?;
    Ok(ran)
}

/// Stops a worker while it holds a job: whether it could be met at one.
async fn asleep_at_work(world: &mut World, client: &Client, worker: &Service) -> Outcome<bool> {
    for _ in 0..100 {
        worker.signal(Signal::SIGSTOP);
        if number(client, HELD).await? != 0 {
            return Ok(true);
        }
        worker.signal(Signal::SIGCONT);
        sleep(world.random.millis(20, 60)).await;
    }
    Ok(false)
}

/// A job that kills its worker each time is parked; the others go on; it is asked for again later.
pub(super) async fn poison(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let client = world.cluster.client("infravault").await?;
    world.restart(APART).await?;
    let poison = world
        .ledger
        .upload(world.ledger.next(), Duration::from_secs(20))
        .await?;
    let began = Instant::now();
    while number(&client, GIVEN_UP).await? == 0 && began.elapsed() < Duration::from_mins(1) {
        let more = [("CRASH_AT", "after-decode"), ("JOBS_CONCURRENCY", "1")];
        let mut worker = world.beside("worker", &["worker"], &more)?;
        while worker.exit_status().is_none() && number(&client, GIVEN_UP).await? == 0 {
            client.batch_execute(DUE).await?;
            sleep(Duration::from_millis(100)).await;
            if began.elapsed() > Duration::from_mins(1) {
                break;
            }
        }
        if worker.exit_status().is_some() {
            ran.cycles += 1;
        }
    }
    let deaths = ran.cycles;
    ran.expect(deaths == 5, || {
        format!("parked after {deaths} deaths instead of 5")
    });
    world.restart(&[]).await?;
    world
        .ledger
        .upload(world.ledger.next(), Duration::from_secs(20))
        .await?;
    let since = Instant::now();
    let others = format!("{UNFINISHED} AND id <> '{poison}'");
    while number(&client, &others).await? != 0 && since.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(20)).await;
    }
    let waited = since.elapsed();
    ran.recovered(waited);
    ran.expect(waited < Duration::from_secs(2), || {
        format!("another image waits for {waited:?}")
    });
    // Later the sweeper asks again, and this time it works.
    let age = "UPDATE images.images SET stored_at = stored_at - interval '1 hour' WHERE id = $1";
    client.execute(age, &[&poison]).await?;
    world.restart(&[]).await?;
    let again = finished(&client, Duration::from_secs(20)).await;
    ran.expect(again.is_ok(), || {
        "what was parked is not asked for again".to_owned()
    });
    // Failed jobs stay visible to the operator until they are deleted.
    let seen = client.execute(CLEAR, &[]).await?;
    ran.expect(seen == 1, || format!("{seen} jobs are shown as given up"));
    Ok(ran)
}

/// Sandbox workers are killed all the time; only their own images are affected.
pub(super) async fn kill_sandbox_workers(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let load = world.load(10);
    let wanted = world.times(1000);
    let began = Instant::now();
    while ran.cycles < wanted && began.elapsed() < Duration::from_millis(200) * wanted {
        sleep(world.random.millis(10, 50)).await;
        let children = world.server.as_ref().map(Service::children).unwrap_or_default();
        if children.is_empty() {
            continue;
        }
        let at = usize::try_from(world.random.next()).unwrap_or_default() % children.len();
        if let Some(child) = children.get(at) {
            service::send_signal(*child, Signal::SIGKILL);
            ran.cycles += 1;
        }
    }
    let killed = ran.cycles;
    ran.expect(killed == wanted, || format!("only {killed} decoders were killed"));
    load.stop().await;
    ran.recovered(world.recovered(Instant::now()).await?);
    let (failures, _) = world.ledger.take_failures();
    ran.expect(failures.is_empty(), || {
        format!("uploads fail when decoders die: {failures:?}")
    });
    Ok(ran)
}
