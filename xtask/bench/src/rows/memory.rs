//! Memory of the server: idle, under reads, under 200 slow uploads of 50 MB; and bytes per image in the database.

use super::MANY;
use crate::{
    Outcome,
    bench::{Bench, Side},
    form::Form,
    load::Load,
    machine, say,
    table::{Goal, Row},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Large uploads at once.
const UPLOADS: u32 = 200;
/// Bytes per second of each.
const PACE: u32 = 4_000_000;
/// How long all of them may take.
const LIMIT: Duration = Duration::from_mins(4);
/// How soon memory has to come back.
const RECOVERY: Duration = Duration::from_mins(1);
/// How long a server that has just started is left alone.
const SETTLING: Duration = Duration::from_secs(2);

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let at_most = Goal::AtMost;
    let idle = idle(bench).await?;
    let reads = read_mix(bench).await?;
    let fresh = self::idle(bench).await?;
    let uploads = uploads(bench).await?;
    let recovery = recover(bench, 2.0 * fresh).await;
    bench.forget_uploads().await?;
    let each = (uploads.peak_mb - fresh) / f64::from(UPLOADS);
    let (ours, bare) = bench.database.bytes_per_image().await?;
    let name = "metadata per image, all tables and indexes (renditions not yet)";
    Ok(vec![
        Row::value("M", "memory, idle", "MB", idle, at_most(40.0)),
        Row::value(
            "M",
            "memory under reads, 64 connections",
            "MB",
            reads,
            at_most(96.0),
        ),
        Row::value(
            "M",
            "memory, 200 uploads of 50 MB at once",
            "MB",
            uploads.peak_mb,
            at_most(320.0),
        ),
        Row::value("M", "memory of each of these uploads", "MB", each, at_most(1.5)),
        Row::value(
            "M",
            "memory after them until below twice idle",
            "s",
            recovery,
            at_most(60.0),
        ),
        Row {
            baseline: Some(bare),
            ..Row::value("17", name, "bytes", ours, at_most(1200.0))
        },
    ])
}

/// What a server holds that has just started.
async fn idle(bench: &mut Bench) -> Outcome<f64> {
    bench.restart().await?;
    sleep(SETTLING).await;
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

async fn uploads(bench: &mut Bench) -> Outcome<crate::bench::Run> {
    say::note("200 uploads of 50 MB");
    let host = bench.ours.address;
    let request = |token: &String| {
        let form = Form {
            host,
            path: "/api/v1/images",
            token: Some(token),
            fields: &[],
        };
        form.upload(&bench.photos.huge).paced(PACE)
    };
    let requests = bench.targets.tokens.iter().map(request).collect();
    let load = Load::closed(host, requests, UPLOADS, LIMIT).at_most(UPLOADS);
    bench.run(Side::Ours, &load).await
}

/// Seconds until the server holds less than this.
async fn recover(bench: &Bench, goal_mb: f64) -> f64 {
    let begun = Instant::now();
    while machine::resident_mb(bench.ours.pid()) >= goal_mb {
        if begun.elapsed() > RECOVERY + SETTLING {
            break;
        }
        sleep(Duration::from_millis(200)).await;
    }
    begun.elapsed().as_secs_f64()
}
