//! `infravault integrity`: compares the store with the database.
use super::{
    Outcome, block_on,
    progress::{Progress, size},
    renditions::span,
    say,
};
use crate::{app::App, config::Config, logging};
use infravault_images::{Check, Findings, Report};
use infravault_kernel::{Clock, Ctx};
use std::time::Duration;

/// How to compare.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Options {
    /// Read every byte and compare the checksums, not only the lengths.
    #[arg(long)]
    deep: bool,
    /// Delete old objects that no row names, forget lost renditions so that they are made again, and mark images whose
    /// original is missing or damaged. Originals that a row names are never deleted.
    #[arg(long)]
    repair: bool,
    /// How old an object that no row names must be before it is deleted.
    #[arg(long, value_parser = span, default_value = "24h")]
    orphan_age: Duration,
}

pub(super) fn run(options: Options, config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let app = App::build(config, &log, Clock::System)?;
        let check = Check {
            deep: options.deep,
            repair: options.repair,
            orphan_age: options.orphan_age,
        };
        let report = compare(&app, &Ctx::system(&log, Clock::System), check).await?;
        verdict(&report)
    })
}

/// Compares, and prints what was found.
pub(super) async fn compare(
    app: &App,
    ctx: &Ctx,
    check: Check,
) -> Result<Report, Box<dyn std::error::Error>> {
    let size_of_all = app.images.maintenance.inventory_size(true).await?;
    let run = app.images.maintenance.begin_integrity(ctx, check).await?;
    let run = run.ok_or("another comparison runs; wait until it has ended")?;
    let mut progress = Progress::of(Some(size_of_all.objects));
    let told = |report: &Report| {
        let done = if check.deep { report.read } else { report.objects };
        progress.show(done, || {
            format!(
                "{} objects, {} orphan, {} missing, {} mismatching",
                report.objects, report.orphans.count, report.missing.count, report.mismatching.count
            )
        });
    };
    let report = app.images.maintenance.check_integrity(ctx, run, told).await?;
    progress.end();
    print(&report);
    Ok(report)
}

/// A fault of the command where something is wrong, so that its exit code says so.
pub(super) fn verdict(report: &Report) -> Outcome {
    if report.is_clean() {
        return Ok(());
    }
    Err("the store and the database do not agree; docs/reliability.md says what to do".into())
}

fn print(report: &Report) {
    say(format!(
        "objects      {:>10}  {}",
        report.objects,
        size(report.bytes)
    ));
    say(format!("named        {:>10}  by rows", report.named));
    say(format!("read         {:>10}  to their end", report.read));
    let orphans = format!(
        "without a row, {} of them too young to be deleted",
        report.too_young
    );
    findings("orphan", &orphans, &report.orphans);
    findings("missing", "named by a row", &report.missing);
    findings("mismatching", "in length or checksum", &report.mismatching);
    let repaired = &report.repaired;
    for (count, what) in [
        (repaired.orphans, "orphans deleted"),
        (
            repaired.renditions,
            "lost renditions forgotten; they are made again",
        ),
        (
            repaired.marked,
            "images marked whose original is missing or damaged",
        ),
        (repaired.healed, "images whose original is there again"),
    ] {
        if count > 0 {
            say(format!("repaired     {count:>10}  {what}"));
        }
    }
    if let Some(refused) = &report.refused {
        say(format!("NOT REPAIRED: {refused}"));
    }
}

fn findings(name: &str, what: &str, findings: &Findings) {
    say(format!("{name:<12} {:>10}  {what}", findings.count));
    for finding in &findings.examples {
        say(format!("             {} {}", finding.path, finding.fault));
    }
}
