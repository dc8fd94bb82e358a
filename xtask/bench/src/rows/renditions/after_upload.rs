//! From the first byte of an upload to a rendition of it, on an idle machine.

use super::{rendition, uploads};
use crate::{
    Outcome,
    bench::{Bench, median},
    http::Connection,
    load::Sample,
    product::Jobs,
    table::{Goal, Row},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Uploads of one repeat.
const UPLOADS: usize = 20;
/// How soon it is asked again where the answer is not an image.
const PAUSE: Duration = Duration::from_millis(5);
/// How long a rendition may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    bench.restart(Jobs::Run).await?;
    one(bench, 0).await?;
    let (mut half, mut most, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.repeats {
        let begun = Instant::now();
        let (mut answered, mut complete) = (Vec::new(), Vec::new());
        for number in 0..UPLOADS {
            let (first, all) = one(bench, number).await?;
            answered.push(first);
            complete.push(all);
        }
        let answered = Sample::new(answered, begun.elapsed())?;
        half.push(answered.percentile(50));
        most.push(answered.percentile(95));
        ready.push(Sample::new(complete, begun.elapsed())?.percentile(50));
        bench.forget_uploads().await?;
    }
    let row = |name, value, goal| Row::value("7", name, "ms", median(value), goal);
    Ok(vec![
        row(
            "upload to 512 px JPEG, idle machine: p50",
            half,
            Goal::AtMost(120.0),
        ),
        row(
            "upload to 512 px JPEG, idle machine: p95",
            most,
            Goal::AtMost(250.0),
        ),
        row("upload to all presets made: p50", ready, Goal::Nothing),
    ])
}

/// Microseconds until the rendition was answered, and until all are made.
async fn one(bench: &Bench, number: usize) -> Outcome<(u32, u32)> {
    let photos = &bench.photos.camera;
    let photo = photos.get(number % photos.len().max(1)).ok_or("no photograph")?;
    let (upload, address) = (uploads::upload(bench, photo)?, bench.ours.address);
    let mut connection = Connection::open(address).await?;
    let begun = Instant::now();
    let micros = || u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
    let id = uploads::one(&mut connection, &upload).await?;
    let request = rendition(address, &id, "small", "image/jpeg", Some(uploads::token(bench)?));
    let answered = loop {
        let (status, body) = connection.status(&request).await?;
        if status == 200 {
            break micros();
        }
        if begun.elapsed() > PATIENCE {
            let text = String::from_utf8_lossy(&body).into_owned();
            return Err(format!("no rendition after {} s: {status} {text}", PATIENCE.as_secs()).into());
        }
        sleep(PAUSE).await;
    };
    uploads::down_to(bench, 0).await?;
    Ok((answered, micros()))
}
