//! `infravault integrity`: compares the object store with the database.
use super::{CommandResult, block_on, print_line, progress::progress_bar, renditions::parse_duration};
use crate::{app::App, config::Config, logging};
use indicatif::BinaryBytes;
use infravault_images::{Findings, IntegrityOptions, IntegrityReport};
use infravault_kernel::{Clock, Ctx};
use std::{error::Error, time::Duration};

pub(super) const EXAMPLES: &str = "\
Examples:
  infravault integrity --deep                        Verify every checksum
  infravault integrity --repair --orphan-age 7d      Repair; delete orphans older than 7 days";

#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Options {
    /// Read every object and verify its checksum, instead of only its length.
    #[arg(long)]
    deep: bool,
    /// Delete old orphans, delete the rows of lost renditions so that they are created again, and mark images whose
    /// original is missing or damaged. Never deletes an original that a row references.
    #[arg(long)]
    repair: bool,
    /// Minimum age of an orphan (an object without a row) before `--repair` deletes it, e.g. `24h`.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "24h")]
    orphan_age: Duration,
}

pub(super) fn run(options: Options, config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let app = App::build(config, &log, Clock::System)?;
        let options = IntegrityOptions {
            deep: options.deep,
            repair: options.repair,
            orphan_age: options.orphan_age,
        };
        let report = check_integrity(&app, &Ctx::system(&log, Clock::System), options).await?;
        require_clean(&report)
    })
}

/// Runs the check and prints its report.
pub(super) async fn check_integrity(
    app: &App,
    ctx: &Ctx,
    options: IntegrityOptions,
) -> Result<IntegrityReport, Box<dyn Error>> {
    let total = app.images.maintenance.estimate_size(true).await?;
    let run = app.images.maintenance.begin_integrity_run(ctx, options).await?;
    let run = run.ok_or("another integrity check is running; wait until it has ended")?;
    let progress = progress_bar(total.objects);
    let show = |report: &IntegrityReport| {
        progress.set_position(if options.deep { report.read } else { report.objects });
        progress.set_message(format!(
            "{} objects, {} orphan, {} missing, {} mismatching",
            report.objects, report.orphans.count, report.missing.count, report.mismatching.count
        ));
    };
    let report = app
        .images
        .maintenance
        .complete_integrity_run(ctx, run, show)
        .await?;
    progress.finish_and_clear();
    print_report(&report);
    Ok(report)
}

/// Fails if the report has findings.
pub(super) fn require_clean(report: &IntegrityReport) -> CommandResult {
    if report.is_clean() {
        return Ok(());
    }
    Err("the object store and the database differ; see docs/reliability.md".into())
}

fn print_report(report: &IntegrityReport) {
    print_line(format!(
        "objects      {:>10}  {}",
        report.objects,
        BinaryBytes(report.bytes)
    ));
    print_line(format!("referenced   {:>10}  by rows", report.referenced));
    print_line(format!("read         {:>10}  completely", report.read));
    let orphans = format!(
        "without a row, {} of them too young to delete",
        report.recently_stored
    );
    print_findings("orphan", &orphans, &report.orphans);
    print_findings("missing", "referenced by a row", &report.missing);
    print_findings("mismatching", "in length or checksum", &report.mismatching);
    let repaired = &report.repaired;
    for (count, action) in [
        (repaired.orphans, "orphans deleted"),
        (
            repaired.renditions,
            "lost renditions removed; they are created again on request",
        ),
        (repaired.marked, "images marked as missing or damaged"),
        (
            repaired.recovered,
            "marks removed, because the original is intact again",
        ),
    ] {
        if count > 0 {
            print_line(format!("repaired     {count:>10}  {action}"));
        }
    }
    for blocker in &report.blocked_by {
        print_line(format!("NOT REPAIRED: {blocker}"));
    }
}

fn print_findings(name: &str, meaning: &str, findings: &Findings) {
    print_line(format!("{name:<12} {:>10}  {meaning}", findings.count));
    for finding in &findings.examples {
        print_line(format!("             {} {}", finding.path, finding.defect));
    }
}
