//! Kills the server: at a named step of an upload, and at any moment under load.

use crate::{Outcome, load::Tried, report::Ran, world::World};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The steps of an upload, in their order.
const PLACES: [&str; 7] = [
    "before-t1",
    "after-t1",
    "mid-store",
    "after-store",
    "before-t2",
    "after-t2",
    "before-answer",
];

/// An upload meets a server that dies at one of its steps.
pub(super) async fn crash_during_upload(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for _ in 0..world.times(5) {
        for place in PLACES {
            world.kill_server();
            world.start_server(&[("CRASH_AT", place), ("JOBS_IN_SERVE", "false")])?;
            world.ready(Duration::from_secs(20)).await?;
            let seed = world.ledger.next();
            let tried = world.ledger.try_once(seed).await;
            match tried {
                Tried::Acknowledged(_) => ran.broken.push(format!("the server does not die {place}")),
                Tried::Again => world.ledger.leave(seed),
            }
            ran.cycles += 1;
        }
    }
    world.kill_server();
    world.start_server(&[])?;
    ran.recovered(world.recovered(Instant::now()).await?);
    Ok(ran)
}

/// The server is killed at any moment while images come in.
pub(super) async fn kill_during_upload(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let load = world.load(20);
    for _ in 0..world.times(30) {
        let wait = world.random.millis(200, 900);
        sleep(wait).await;
        world.kill_server();
        let since = Instant::now();
        world.start_server(&[])?;
        world.ready(Duration::from_secs(30)).await?;
        ran.recovered(since.elapsed());
        ran.cycles += 1;
    }
    load.stop().await;
    Ok(ran)
}
