//! Servers without a schema, and migrations that are killed or blocked.

use crate::{
    Outcome,
    report::Ran,
    world::{World, start_service, wait_for_exit},
};
use std::{
    process::Command,
    time::{Duration, Instant},
};
use tokio::time::sleep;
use xtask_support::{port, process, product::EXTENSIONS};

/// A new, empty database of the product.
pub(super) async fn fresh(world: &World, name: &str) -> Outcome<String> {
    let admin = world.cluster.client("postgres").await?;
    admin
        .batch_execute(&format!("CREATE DATABASE {name} OWNER infravault"))
        .await?;
    world
        .cluster
        .client(name)
        .await?
        .batch_execute(EXTENSIONS)
        .await?;
    let port = world.cluster.port;
    Ok(format!(
        "postgres://infravault@127.0.0.1:{port}/{name}?sslmode=disable"
    ))
}

pub(super) async fn forget(world: &World, name: &str) -> Outcome {
    let admin = world.cluster.client("postgres").await?;
    Ok(admin
        .batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
        .await?)
}

fn migrate(world: &World, url: &str, words: &[&str]) -> Command {
    let mut command = world.product(&[("DATABASE_URL", url)]);
    command.arg("migrate").args(words);
    command
}

/// A server starts before its schema is there, waits, and two processes make the schema at once.
pub(super) async fn start_before_schema(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for cycle in 0..world.times(1) {
        let name = format!("unmigrated_{cycle}");
        let url = fresh(world, &name).await?;
        let port = port::free()?.to_string();
        let (bind, origin) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let objects = world.home.join(&name).to_string_lossy().into_owned();
        let more: [(&str, &str); 5] = [
            ("DATABASE_URL", &url),
            ("HTTP_BIND", &bind),
            ("PUBLIC_ORIGIN", &origin),
            ("STORE_BACKEND", "fs"),
            ("STORE_DIR", &objects),
        ];
        let mut server = world.beside("early", &["serve"], &more)?;
        let began = Instant::now();
        let status = async |path: &str| {
            let answer = world.ledger.client.get(format!("{origin}{path}")).send().await;
            answer.map_or(0, |answer| answer.status().as_u16())
        };
        while status("/health/live").await != 200 && began.elapsed() < Duration::from_secs(10) {
            sleep(Duration::from_millis(50)).await;
        }
        let seen = (status("/health/live").await, status("/health/ready").await);
        ran.expect(seen == (200, 503), || {
            format!("alive and ready without a schema: {seen:?}")
        });
        let log = world.home.join("migrate.log");
        let mut both = [
            start_service("migrate", &mut migrate(world, &url, &["up"]), &log)?,
            start_service("migrate", &mut migrate(world, &url, &["up"]), &log)?,
        ];
        for one in &mut both {
            let status = wait_for_exit(one, Duration::from_mins(1)).await?;
            ran.expect(status.success(), || {
                format!("one of two migrations at once ended with {status}")
            });
        }
        let since = Instant::now();
        while status("/health/ready").await != 200 && since.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(25)).await;
        }
        ran.recovered(since.elapsed());
        ran.expect(since.elapsed() < Duration::from_secs(5), || {
            "not ready 5 s after the schema is there".to_owned()
        });
        ran.expect(server.exit_status().is_none(), || {
            "the early server has ended".to_owned()
        });
        drop(server);
        forget(world, &name).await?;
        ran.cycles += 1;
    }
    "no older release exists to run on the new schema".clone_into(&mut ran.note);
    Ok(ran)
}

/// A migration is killed anywhere and run again; one that must wait for a lock gives up.
pub(super) async fn kill_and_block(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let url = fresh(world, "killed").await?;
    for _ in 0..world.times(10) {
        let log = world.home.join("migrate.log");
        let mut run = start_service("migrate", &mut migrate(world, &url, &["up"]), &log)?;
        sleep(world.random.millis(10, 250)).await;
        run.kill();
        ran.cycles += 1;
    }
    process::capture(&mut migrate(world, &url, &["up"]))?;
    let status = process::capture(&mut migrate(world, &url, &["status"]))?;
    ran.expect(
        !status.contains("not applied") && !status.contains("missing"),
        || format!("the schema is not whole after killed migrations:\n{status}"),
    );
    let blocker = world.cluster.client("killed").await?;
    blocker
        .batch_execute("BEGIN; LOCK TABLE images.images, images.usage, users.accounts IN ACCESS SHARE MODE")
        .await?;
    let began = Instant::now();
    let mut down = start_service(
        "migrate",
        &mut migrate(world, &url, &["redo"]),
        &world.home.join("migrate.log"),
    )?;
    let ended = wait_for_exit(&mut down, Duration::from_secs(20)).await;
    ran.expect(ended.is_ok(), || "a blocked migration waits forever".to_owned());
    ran.note = format!("blocked: ended after {:.1} s", began.elapsed().as_secs_f64());
    down.kill();
    blocker.batch_execute("ROLLBACK").await?;
    let since = Instant::now();
    process::capture(&mut migrate(world, &url, &["up"]))?;
    ran.recovered(since.elapsed());
    ran.cycles += 1;
    forget(world, "killed").await?;
    Ok(ran)
}
