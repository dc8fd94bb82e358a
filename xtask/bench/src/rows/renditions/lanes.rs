//! AVIF takes long and has a child of its own: how long others wait beside a hundred of them.

use super::{rendition, uploads};
use crate::{
    Outcome,
    bench::{Bench, Side, median},
    http::{Connection, Request},
    load::Load,
    product::Jobs,
    table::{Goal, Row},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};

/// AVIF renditions that are asked for at once.
const AVIF: usize = 100;
/// JPEG renditions of one run.
const JPEG: usize = 40;
/// Clients that request them, as many as there are cores.
const AT_ONCE: u32 = 2;
/// How long it takes until the AVIF are queued.
const QUEUED: Duration = Duration::from_secs(1);

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..bench.repeats {
        let (without, with) = once(bench).await?;
        alone.push(without);
        beside.push(with);
    }
    let name = "cold 512 px JPEG, two at once, while 100 AVIF are queued, against without them: p50";
    Ok(vec![Row {
        baseline: Some(median(alone)),
        ..Row::value("10", name, "ms", median(beside), Goal::RatioAtMost(1.2))
    }])
}

/// Milliseconds that half of the JPEGs took at most: without AVIF, with them.
async fn once(bench: &mut Bench) -> Outcome<(f64, f64)> {
    bench.restart(Jobs::Wait).await?;
    let ids = uploads::many(bench, AVIF + 2 * JPEG).await?;
    let address = bench.ours.address;
    let token = uploads::token(bench)?.to_owned();
    let ask = |id: &String, accept| rendition(address, id, "small", accept, Some(&token));
    let jpegs = |ids: &[String]| {
        let requests = ids.iter().map(|id| ask(id, "image/jpeg")).collect();
        Load::closed(address, requests, AT_ONCE, bench.duration).each_once()
    };
    let (first, rest) = ids.split_at(JPEG);
    let (second, others) = rest.split_at(JPEG);
    let (first, second) = (jpegs(first), jpegs(second));
    let without = bench.run(Side::Ours, &first).await?.p50;
    let done = Arc::new(AtomicUsize::new(0));
    // Aborts what still waits when it is dropped.
    let mut waiting = JoinSet::new();
    for id in others {
        waiting.spawn(wait_for(ask(id, "image/avif"), Arc::clone(&done), address));
    }
    sleep(QUEUED).await;
    let with = bench.run(Side::Ours, &second).await?.p50;
    if done.load(Ordering::Relaxed) >= others.len() {
        return Err("the AVIF were made before the JPEGs, so nothing was measured beside them".into());
    }
    waiting.abort_all();
    bench.restart(Jobs::Wait).await?;
    bench.forget_uploads().await?;
    Ok((without, with))
}

/// Asks until it is answered; the queue may be full or the wait too long.
async fn wait_for(request: Request, done: Arc<AtomicUsize>, address: std::net::SocketAddr) -> Outcome {
    let mut connection = Connection::open(address).await?;
    while connection.status(&request).await?.0 != 200 {
        sleep(QUEUED).await;
    }
    done.fetch_add(1, Ordering::Relaxed);
    Ok(())
}
