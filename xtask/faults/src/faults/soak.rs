//! One server process under load, with a fault in every round that it must survive; memory and files must not grow.

use crate::{
    Outcome,
    load::Ledger,
    pgproxy::Mode,
    report::Ran,
    s3proxy::{Act, Rule},
    world::World,
};
use reqwest::Method;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{interval, sleep};
use xtask_support::{
    Signal,
    service::{self, Service},
};

/// Seconds of a round, and how many there are; a soak has a round a minute.
const SHORT: (u64, u32) = (10, 6);
const LONG: u64 = 60;
/// What is read while images come in, a second.
const READS: u32 = 20;

/// What is looked at after each round.
#[derive(Debug, Clone, Copy)]
struct Sample {
    /// Minutes since the beginning.
    at: f64,
    /// Of the server's process, in MiB.
    memory: f64,
    /// Open files and connections.
    files: usize,
}

/// Load of every kind, and a fault in each round.
pub(super) async fn run_rounds(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    // So little that it is full when it is looked at.
    world.restart(&[("RENDITION_CACHE_BYTES", "1MiB")]).await?;
    let (seconds, rounds) = world.setup.soak.map_or(SHORT, |minutes| (LONG, minutes));
    let load = world.load(10);
    let reader = tokio::spawn(read(Arc::clone(&world.ledger)));
    let began = Instant::now();
    let mut samples = Vec::new();
    for round in 0..rounds {
        let round_began = Instant::now();
        disturb(world, round).await?;
        ran.recovered(world.recovered(Instant::now()).await?);
        sleep(Duration::from_secs(seconds).saturating_sub(round_began.elapsed())).await;
        let server = world.server.as_mut().ok_or("no server")?;
        if let Some(status) = server.exit_status() {
            return Err(format!("the server ended by itself in round {round}: {status}").into());
        }
        samples.push(Sample {
            at: began.elapsed().as_secs_f64() / 60.0,
            memory: mebibytes(server.memory()),
            files: server.open_files(),
        });
        ran.cycles += 1;
    }
    reader.abort();
    load.stop().await;
    world.restart(&[]).await?;
    judge(&samples, world.setup.soak.is_some(), &mut ran);
    Ok(ran)
}

/// One fault that the server survives; each is over when this returns.
async fn disturb(world: &mut World, round: u32) -> Outcome {
    match round % 6 {
        0 => world.cluster.end_connections().await?,
        1 => {
            world.cluster.kill();
            sleep(Duration::from_secs(1)).await;
            world.cluster.start()?;
            world.cluster.wait(Duration::from_secs(30)).await?;
        }
        2 => {
            world.pg.set(Mode::CutCommits(9));
            sleep(Duration::from_secs(3)).await;
            world.pg.set(Mode::Pass);
        }
        3 => {
            let children = world.server.as_ref().map(Service::children).unwrap_or_default();
            for child in children {
                service::send_signal(child, Signal::SIGKILL);
            }
        }
        4 => {
            world.pg.set(Mode::BlackHole);
            sleep(Duration::from_secs(3)).await;
            world.pg.set(Mode::Pass);
        }
        _ => {
            if let Some((_, proxy)) = &world.s3 {
                let act = Act::CutBody;
                proxy.set(Some(Rule {
                    act,
                    method: None,
                    times: u32::MAX,
                }));
                sleep(Duration::from_secs(3)).await;
                proxy.set(None);
            }
        }
    }
    Ok(())
}

/// Reads what was stored: originals, renditions, rows, lists. What fails now is looked at in the epilogue.
async fn read(ledger: Arc<Ledger>) {
    let mut tick = interval(Duration::from_secs(1) / READS);
    for number in 0_usize.. {
        tick.tick().await;
        let path = match (number % 4, ledger.latest(number % 50)) {
            (0, _) | (_, None) => "/api/v1/images?limit=50".to_owned(),
            (1, Some(id)) => format!("/api/v1/images/{id}/download"),
            (2, Some(id)) => format!("/api/v1/images/{id}/renditions/small"),
            (_, Some(id)) => format!("/api/v1/images/{id}"),
        };
        let ledger = Arc::clone(&ledger);
        tokio::spawn(async move {
            if let Ok(answer) = ledger.request(Method::GET, &path).send().await {
                let _ = answer.bytes().await;
            }
        });
    }
}

/// The last two thirds are judged, because caches and pools fill first.
fn judge(samples: &[Sample], soak: bool, ran: &mut Ran) {
    let later = samples.get(samples.len() / 3..).unwrap_or_default();
    let files = later.iter().map(|sample| sample.files);
    let (fewest, most) = (files.clone().min().unwrap_or(0), files.max().unwrap_or(0));
    let slope = slope(later) * 10.0;
    let memory = |sample: Option<&Sample>| sample.map_or(0.0, |sample| sample.memory);
    ran.note = format!(
        "memory {:.0} MiB, at last {:.0}; {slope:+.1} MiB in ten minutes; {fewest} to {most} open files",
        memory(samples.first()),
        memory(samples.last()),
    );
    ran.expect(most < 2 * fewest.max(100), || {
        format!("open files grow: {fewest} to {most}")
    });
    // A minute says nothing about ten.
    ran.expect(!soak || slope < 1.0, || {
        format!("memory grows by {slope:.1} MiB in ten minutes")
    });
}

/// By how much memory grows in a minute: the line with the least squares.
fn slope(samples: &[Sample]) -> f64 {
    let (mut count, mut at, mut memory) = (0.0, 0.0, 0.0);
    for sample in samples {
        count += 1.0;
        at += sample.at;
        memory += sample.memory;
    }
    let (at, memory) = (at / count, memory / count);
    let (mut both, mut square) = (0.0, 0.0);
    for sample in samples {
        both += (sample.at - at) * (sample.memory - memory);
        square += (sample.at - at) * (sample.at - at);
    }
    if square > 0.0 { both / square } else { 0.0 }
}

fn mebibytes(kibibytes: u64) -> f64 {
    u32::try_from(kibibytes).map_or(f64::INFINITY, f64::from) / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_a_line_is_found() {
        let samples: Vec<Sample> = (0..10)
            .map(|at| Sample {
                at: f64::from(at),
                memory: 50.0 + 0.25 * f64::from(at),
                files: 10,
            })
            .collect();
        assert!((slope(&samples) - 0.25).abs() < 1e-9);
        assert!(slope(&samples[..1]).abs() < 1e-9);
    }
}
