//! PostgreSQL is killed, restarted, slow, silent, read-only, or out of connections.

use crate::{
    Outcome,
    load::{Load, Tried},
    pgproxy::Mode,
    report::Ran,
    world::World,
};
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use xtask_support::service::Service;

/// The maximum time until readiness changes.
const SEEN: Duration = Duration::from_secs(5);
/// Longer than the longest that a request may wait for the database: a connection, then a statement.
const ANSWERED: Duration = Duration::from_secs(12);

/// Every process of PostgreSQL is killed under load.
pub(super) async fn kill(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for _ in 0..world.times(5) {
        let load = world.load(20);
        sleep(world.random.millis(400, 1200)).await;
        world.cluster.kill();
        let red = world.unready(SEEN).await;
        ran.expect(red.is_ok(), || {
            "readiness stays green without PostgreSQL".to_owned()
        });
        sleep(Duration::from_millis(500)).await;
        world.cluster.start()?;
        world.cluster.wait(Duration::from_secs(30)).await?;
        let since = Instant::now();
        let green = world.ready(SEEN).await;
        ran.expect(green.is_ok(), || {
            "readiness is not green 5 s after PostgreSQL is".to_owned()
        });
        ran.recovered(world.recovered(since).await?);
        load.stop().await;
        ran.cycles += 1;
    }
    answered(world, &mut ran);
    Ok(ran)
}

/// PostgreSQL restarts, all its connections are ended, or one of its processes is killed.
pub(super) async fn restart(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let load = world.load(20);
    for _ in 0..world.times(3) {
        for way in 0..3 {
            sleep(world.random.millis(300, 800)).await;
            match way {
                0 => {
                    world.cluster.stop().await?;
                    world.cluster.start()?;
                }
                1 => world.cluster.end_connections().await?,
                _ => world.cluster.kill_backend().await?,
            }
            // PostgreSQL needs a moment to notice that one of its processes is gone.
            sleep(Duration::from_millis(200)).await;
            world.cluster.wait(Duration::from_secs(30)).await?;
            ran.recovered(world.recovered(Instant::now()).await?);
            ran.cycles += 1;
        }
    }
    load.stop().await;
    let longest = ran.recovery;
    ran.expect(longest < Duration::from_secs(3), || {
        format!("errors for {longest:?} after PostgreSQL is back")
    });
    answered(world, &mut ran);
    Ok(ran)
}

/// The primary is killed and its synchronous standby takes over.
pub(super) async fn fail_over(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for cycle in 0..world.times(1) {
        let home = world.setup.home.join(format!("standby-{cycle}"));
        let standby = world.cluster.standby(&home).await?;
        world.cluster.set("synchronous_standby_names = 'standby'").await?;
        let load = world.load(20);
        sleep(Duration::from_secs(3)).await;
        world.cluster.kill();
        let since = Instant::now();
        standby.promote().await?;
        world.pg.lead_to(standby.port);
        world.pg.cut();
        world.cluster = standby;
        ran.recovered(world.recovered(since).await?);
        load.stop().await;
        ran.cycles += 1;
    }
    let longest = ran.recovery;
    ran.expect(longest < Duration::from_secs(30), || {
        format!("fail-over takes {longest:?}")
    });
    Ok(ran)
}

/// The connection breaks at a COMMIT, before it reached PostgreSQL or before its answer came back.
pub(super) async fn lose_commit_replies(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let (before, wanted) = (world.pg.cuts(), u64::from(world.times(25)));
    world.pg.set(Mode::CutCommits(9));
    let load = Load::start(&world.ledger, 20, false);
    let began = Instant::now();
    while world.pg.cuts() - before < wanted && began.elapsed() < Duration::from_secs(2 * wanted) {
        sleep(Duration::from_millis(50)).await;
    }
    world.pg.set(Mode::Pass);
    ran.recovered(world.recovered(Instant::now()).await?);
    load.stop().await;
    ran.cycles = u32::try_from(world.pg.cuts() - before)?;
    let cycles = ran.cycles;
    ran.expect(u64::from(cycles) >= wanted, || {
        format!("only {cycles} COMMITs were cut")
    });
    Ok(ran)
}

/// Answers take 200 ms, then 5 s, then never come.
pub(super) async fn slow_down(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let memory = world.server.as_ref().map_or(0, Service::memory);
    for _ in 0..world.times(1) {
        for (mode, for_so_long) in [
            (Mode::Delay(Duration::from_millis(200)), 4),
            (Mode::Delay(Duration::from_secs(5)), 8),
            (Mode::BlackHole, 8),
            (Mode::Refuse, 3),
        ] {
            let load = world.load(10);
            world.pg.set(mode);
            if mode == Mode::Refuse {
                world.pg.cut();
            }
            let began = Instant::now();
            if matches!(mode, Mode::BlackHole | Mode::Refuse) {
                let red = world.unready(SEEN).await;
                ran.expect(red.is_ok(), || format!("readiness stays green: {mode:?}"));
            }
            sleep(Duration::from_secs(for_so_long).saturating_sub(began.elapsed())).await;
            world.pg.set(Mode::Pass);
            ran.recovered(world.recovered(Instant::now()).await?);
            load.stop().await;
            ran.cycles += 1;
        }
    }
    answered(world, &mut ran);
    let grown = world
        .server
        .as_ref()
        .map_or(0, Service::memory)
        .saturating_sub(memory);
    ran.expect(grown < 100 << 10, || {
        format!("the server has grown by {} MiB", grown >> 10)
    });
    Ok(ran)
}

/// PostgreSQL takes no writes; reads go on.
pub(super) async fn make_read_only(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for _ in 0..world.times(2) {
        let id = world
            .ledger
            .upload(world.ledger.next(), Duration::from_secs(20))
            .await?;
        world.cluster.set("default_transaction_read_only = on").await?;
        sleep(Duration::from_millis(300)).await;
        let seed = world.ledger.next();
        let tried = world.ledger.try_once(seed).await;
        world.ledger.leave(seed);
        ran.expect(matches!(tried, Tried::Again), || {
            "an image was taken without writing".to_owned()
        });
        for path in [
            format!("/api/v1/images/{id}/download"),
            "/api/v1/images".to_owned(),
        ] {
            let answer = world.ledger.request(Method::GET, &path).send().await?;
            let status = answer.status();
            ran.expect(status.is_success(), || {
                format!("GET {path} is answered with {status}")
            });
        }
        world.cluster.set("default_transaction_read_only = off").await?;
        ran.recovered(world.recovered(Instant::now()).await?);
        ran.cycles += 1;
    }
    Ok(ran)
}

/// Many clients share two connections, then PostgreSQL gives no connection at all.
pub(super) async fn exhaust_connections(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    world
        .restart(&[("DB_MAX_CONNS", "2"), ("DB_MIN_CONNS", "0")])
        .await?;
    let began = Instant::now();
    let requests = (0..2000).map(|_| async {
        let sent = world
            .ledger
            .request(Method::GET, "/api/v1/images?limit=1")
            .send()
            .await;
        sent.map_or(0, |answer| answer.status().as_u16())
    });
    let statuses: Vec<u16> = stream::iter(requests).buffer_unordered(2000).collect().await;
    let took = began.elapsed();
    let served = statuses.iter().filter(|status| **status == 200).count();
    let busy = statuses.iter().filter(|status| **status == 503).count();
    ran.expect(served + busy == 2000, || {
        format!(
            "{served} served, {busy} refused, {} answered otherwise",
            2000 - served - busy
        )
    });
    ran.expect(served > 0, || "2000 clients block each other".to_owned());
    ran.cycles += 1;
    ran.note = format!(
        "2000 clients on 2 connections: {served} served, {busy} × 503, {:.1} s",
        took.as_secs_f64()
    );
    let admin = world.cluster.client("postgres").await?;
    admin
        .batch_execute("ALTER ROLE infravault CONNECTION LIMIT 0")
        .await?;
    world.cluster.end_connections().await?;
    let seed = world.ledger.next();
    let tried = world.ledger.try_once(seed).await;
    world.ledger.leave(seed);
    ran.expect(matches!(tried, Tried::Again), || {
        "an image was taken without a connection".to_owned()
    });
    admin
        .batch_execute("ALTER ROLE infravault CONNECTION LIMIT -1")
        .await?;
    ran.recovered(world.recovered(Instant::now()).await?);
    ran.cycles += 1;
    world.restart(&[]).await?;
    Ok(ran)
}

/// Every reply arrives within the time-outs.
fn answered(world: &World, ran: &mut Ran) {
    let (_, slowest) = world.ledger.take_failures();
    ran.expect(slowest < ANSWERED, || {
        format!("a failure was answered after {slowest:?}")
    });
    ran.note = format!("slowest failure {:.1} s", slowest.as_secs_f64());
}
