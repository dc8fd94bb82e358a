//! The queue makes the presets of many uploads while lists are asked for.

use super::uploads;
use crate::{
    Outcome,
    bench::{Bench, Side, median},
    load::{Load, real},
    product::Jobs,
    table::{Goal, Row},
};
use tokio::time::Instant;

/// Lists per second meanwhile.
const LISTS: u32 = 200;
/// Connections that ask for them.
const FEW: u32 = 4;
/// Photographs for each second of a measurement: more than can be processed in it.
const PHOTOS: usize = 60;
/// Photographs that are made before the time counts.
const FIRST: i64 = 4;

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (mut rates, mut times) = (Vec::new(), Vec::new());
    for _ in 0..bench.repeats {
        let (rate, p95) = once(bench).await?;
        rates.push(rate);
        times.push(p95);
    }
    let name = format!("jobs of the four presets, while {LISTS} lists a second are asked for");
    let lists = format!("own lists at {LISTS}/s beside these jobs: p95");
    Ok(vec![
        Row::value("9", &name, "/s", median(rates), Goal::AtLeast(20.0)),
        Row::value("9", &lists, "ms", median(times), Goal::Nothing),
    ])
}

/// Jobs per second, and what the lists took.
async fn once(bench: &mut Bench) -> Outcome<(f64, f64)> {
    bench.restart(Jobs::Wait).await?;
    let seconds = usize::try_from(bench.duration.as_secs())?;
    let count = i64::try_from(uploads::many(bench, PHOTOS * seconds).await?.len())?;
    bench.restart(Jobs::Run).await?;
    // The time counts from when the worker is at work.
    let before = uploads::down_to(bench, count - FIRST).await?;
    let begun = Instant::now();
    let pages = bench.targets.own_pages.clone();
    let lists = Load::closed(bench.ours.address, pages, FEW, bench.duration).at_rate(LISTS);
    let lists = bench.run(Side::Ours, &lists).await?;
    let (after, failed) = uploads::unprocessed(bench).await?;
    let elapsed = begun.elapsed();
    if after == 0 || failed > 0 {
        return Err(format!("{after} photographs were left in the queue, {failed} failed").into());
    }
    bench.restart(Jobs::Wait).await?;
    bench.forget_uploads().await?;
    let made = real(usize::try_from(before - after)?);
    Ok((made / elapsed.as_secs_f64(), lists.p95))
}
