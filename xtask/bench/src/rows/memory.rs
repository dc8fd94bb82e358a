//! Memory of the server: idle, under reads, under 200 slow uploads of 50 MB. The processes that decode images are
//! counted apart.

use super::MANY;
use crate::{
    Outcome,
    bench::{Bench, Side},
    form::Form,
    load::Load,
    machine,
    product::Jobs,
    table::{Goal, Row},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use xtask_support::{console, service};

/// Large uploads at once.
const UPLOADS: u32 = 200;
/// Bytes per second of each; together as much as two cores take beside the loader.
const PACE: u32 = 2_000_000;
/// How long all of them may take.
const LIMIT: Duration = Duration::from_mins(4);
/// How soon memory has to come back.
const RECOVERY: Duration = Duration::from_mins(1);
/// How long a server that has just started is left alone.
const IDLE_TIME: Duration = Duration::from_secs(2);

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    let mut push =
        |name, unit, value, most| table.push(Row::value("M", name, unit, value, Goal::AtMost(most)));
    push("memory, idle", "MB", idle(bench).await?, 40.0);
    let children = service::children(bench.ours.pid());
    let children: f64 = children.into_iter().map(machine::proportional_mb).sum();
    table.push(Row::value(
        "M",
        "memory of the processes that decode, idle, all together (PSS)",
        "MB",
        children,
        Goal::Nothing,
    ));
    let mut push =
        |name, unit, value, most| table.push(Row::value("M", name, unit, value, Goal::AtMost(most)));
    push(
        "memory under reads, 64 connections",
        "MB",
        read_mix(bench).await?,
        96.0,
    );
    let fresh = idle(bench).await?;
    let peak = uploads(bench).await?;
    push("memory, 200 uploads of 50 MB at once", "MB", peak, 320.0);
    push(
        "memory of each of these uploads",
        "MB",
        (peak - fresh) / f64::from(UPLOADS),
        1.5,
    );
    let after = recover(bench, 2.0 * fresh).await;
    push("memory at most a minute after them", "MB", after, 2.0 * fresh);
    bench.forget_uploads().await
}

/// What a server holds that has just started.
async fn idle(bench: &mut Bench) -> Outcome<f64> {
    bench.restart(Jobs::Wait).await?;
    sleep(IDLE_TIME).await;
    Ok(machine::resident_mb(bench.ours.pid()))
}

/// Lists and rows, public and own, all at once.
async fn read_mix(bench: &mut Bench) -> Outcome<f64> {
    let targets = &bench.targets;
    let kinds = [
        &targets.public_pages,
        &targets.own_pages,
        &targets.session_pages,
        &targets.public_rows,
        &targets.own_rows,
        &targets.session_rows,
    ];
    let requests = kinds.into_iter().flatten().cloned().collect();
    let load = Load::closed(bench.ours.address, requests, MANY, 2 * bench.duration);
    Ok(bench.run(Side::Ours, &load).await?.peak_mb)
}

/// Most memory while all of them are under way.
async fn uploads(bench: &mut Bench) -> Outcome<f64> {
    console::note("200 uploads of 50 MB");
    let host = bench.ours.address;
    let request = |token: &String| {
        let form = Form {
            host,
            path: "/api/v1/images",
            token: Some(token),
        };
        form.upload(&bench.photos.huge).paced(PACE)
    };
    let requests = bench.targets.tokens.iter().map(request).collect();
    let load = Load::closed(host, requests, UPLOADS, LIMIT).at_most(UPLOADS);
    Ok(bench.run(Side::Ours, &load).await?.peak_mb)
}

/// What the server holds when it is below this, or after a minute.
async fn recover(bench: &Bench, goal_mb: f64) -> f64 {
    let begun = Instant::now();
    loop {
        let held = machine::resident_mb(bench.ours.pid());
        if held < goal_mb || begun.elapsed() > RECOVERY {
            return held;
        }
        sleep(Duration::from_millis(200)).await;
    }
}
