//! A photograph of 3 MB is accepted: alone, and eight at once.

use crate::{
    Outcome,
    bench::{Bench, Runs, Side},
    form::Form,
    http::Request,
    load::Load,
    table::{Goal, Row},
};

/// How many photographs one run uploads at most, for the sake of the disk.
const MOST: u32 = 300;

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    let [alone, bare_alone, synced_alone] = rounds(bench, 1).await?;
    let [eight, bare_eight, synced_eight] = rounds(bench, 8).await?;
    let name = "3 MB photograph, alone: p50";
    let synced = "3 MB photograph, alone: p50, baseline that syncs the file";
    let synced_rate = "3 MB photograph, 8 at once, baseline that syncs the file";
    let cpu = eight.median(|run| run.server_cpu_ms);
    table.extend([
        Row::time(
            "5",
            name,
            &alone,
            &bare_alone,
            |run| run.p50,
            Goal::RatioAtMost(2.0),
        ),
        Row::time("5", synced, &alone, &synced_alone, |run| run.p50, Goal::Nothing),
        Row::rate(
            "5",
            "3 MB photograph, 8 at once",
            &eight,
            &bare_eight,
            Goal::RatioAtLeast(0.6),
        ),
        Row::rate("5", synced_rate, &eight, &synced_eight, Goal::Nothing),
        Row::value(
            "5",
            "3 MB photograph, 8 at once: CPU of the server",
            "ms",
            cpu,
            Goal::AtMost(8.0),
        ),
    ]);
    Ok(())
}

/// InfraVault, the baseline, and the baseline that syncs.
async fn rounds(bench: &mut Bench, connections: u32) -> Outcome<[Runs; 3]> {
    let requests = |form: Form| -> Vec<Request> {
        bench
            .photos
            .camera
            .iter()
            .map(|photo| form.upload(photo))
            .collect()
    };
    let bare = |path| Form {
        host: bench.bare.address,
        path,
        token: None,
    };
    let ours = Form {
        host: bench.ours.address,
        path: "/api/v1/images",
        token: bench.targets.tokens.first().map(String::as_str),
    };
    let load =
        |form: Form| Load::closed(form.host, requests(form), connections, bench.duration).at_most(MOST);
    let loads = [
        (Side::Ours, load(ours)),
        (Side::Bare, load(bare("/upload"))),
        (Side::Bare, load(bare("/upload?sync=true"))),
    ];
    for (_, load) in &loads {
        load.warm_up().run().await?;
    }
    let mut all = [Runs::default(), Runs::default(), Runs::default()];
    for _ in 0..bench.repeats {
        for ((side, load), runs) in loads.iter().zip(&mut all) {
            runs.push(bench.run(*side, load).await?);
            // Between the runs, so that no run pays for writing out what another left.
            bench.forget_uploads().await?;
        }
    }
    Ok(all)
}
