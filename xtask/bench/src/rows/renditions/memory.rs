//! Memory of the server with the processes that decode, while they work on photographs.

use super::uploads;
use crate::{
    Outcome,
    bench::{Bench, median},
    http::Connection,
    machine,
    product::Jobs,
    table::{Goal, Row},
};
use bytes::Bytes;
use std::{collections::HashMap, pin::pin, time::Duration};
use tokio::time::{MissedTickBehavior, interval, sleep};
use xtask_support::service;

/// How often memory is looked at; reading it costs some time too.
const SAMPLING: Duration = Duration::from_millis(20);
/// How long a server that has just started is left alone.
const IDLE_TIME: Duration = Duration::from_secs(2);
/// Photographs of 12 megapixels, enough that two are always under way.
const MANY: usize = 32;

/// Megabytes at their highest.
#[derive(Clone, Copy, Debug, Default)]
struct Peak {
    /// Of everything together at one moment, shared pages counted once.
    together: f64,
    /// Of each process at its own moment, added up, shared pages counted for each.
    added: f64,
}

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    let photos: Vec<Bytes> = bench.photos.camera.iter().cycle().take(MANY).cloned().collect();
    let cases = [
        ("12 megapixels, two cores", photos, 192.0),
        (
            "one JPEG of 50 megapixels",
            vec![bench.photos.fifty.clone()],
            512.0,
        ),
        (
            "one PNG of 50 megapixels",
            vec![bench.photos.fifty_png.clone()],
            512.0,
        ),
    ];
    for (name, files, most) in cases {
        let mut peaks = Vec::new();
        for _ in 0..bench.repeats {
            peaks.push(peak(bench, &files).await?);
            bench.forget_uploads().await?;
        }
        let of = |pick: fn(&Peak) -> f64| median(peaks.iter().map(pick).collect());
        let name = format!("memory while renditions are made, {name}");
        rows.extend([
            Row::value(
                "M",
                &format!("{name}: server and sandbox together (PSS)"),
                "MB",
                of(|peak| peak.together),
                Goal::AtMost(most),
            ),
            Row::value(
                "M",
                &format!("{name}: highest of each process, added up (VmHWM)"),
                "MB",
                of(|peak| peak.added),
                Goal::Nothing,
            ),
        ]);
    }
    Ok(rows)
}

/// Uploads the files one after the other and waits until all are processed.
async fn peak(bench: &mut Bench, files: &[Bytes]) -> Outcome<Peak> {
    bench.restart(Jobs::Run).await?;
    sleep(IDLE_TIME).await;
    let pid = bench.ours.pid();
    let bench = &*bench;
    let mut working = pin!(async {
        let mut connection = Connection::open(bench.ours.address).await?;
        for file in files {
            uploads::one(&mut connection, &uploads::upload(bench, file)?).await?;
        }
        uploads::down_to(bench, 0).await
    });
    let mut ticks = interval(SAMPLING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut together, mut highest): (f64, HashMap<u32, f64>) = (0.0, HashMap::new());
    loop {
        tokio::select! {
            done = &mut working => {
                done?;
                break;
            }
            _ = ticks.tick() => {
                let mut sum = 0.0;
                for process in service::children(pid).into_iter().chain([pid]) {
                    sum += machine::proportional_mb(process);
                    let most = highest.entry(process).or_default();
                    *most = most.max(machine::highest_mb(process));
                }
                together = together.max(sum);
            }
        }
    }
    Ok(Peak {
        together,
        added: highest.values().sum(),
    })
}
