//! `infravault renditions`: counts and prunes stored renditions.
use super::{CommandResult, block_on, print_line};
use crate::{app::App, config::Config, logging};
use infravault_images::{PruneOptions, PruneReport};
use infravault_kernel::{Clock, Ctx, config::Env};
use std::time::Duration;

#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Delete unused renditions. They are created again on request.
    #[command(
        after_help = "Without --unused-for and --max-bytes, RENDITION_UNUSED_TTL and RENDITION_MAX_BYTES apply.\n\n\
                      Examples:\n  infravault renditions prune --unused-for 30d\n  infravault renditions prune --max-bytes 10GiB --dry-run"
    )]
    Prune {
        /// Delete renditions that have not been requested for this long, e.g. `30d`.
        #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
        unused_for: Option<Duration>,
        /// Delete the least recently requested renditions until the rest has at most this size, e.g. `10GiB`.
        #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
        max_bytes: Option<u64>,
        /// Print the number of renditions, but do not delete them.
        #[arg(long)]
        dry_run: bool,
    },
    /// Show the number and size of stored renditions by format.
    Stats,
}

pub(super) fn run(command: Command, config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let settings = config.images.clone();
        let app = App::build(config, &log, Clock::System)?;
        match command {
            Command::Stats => {
                for count in app.images.renditions.measure_formats().await? {
                    print_line(format!(
                        "{:<5} {:>10}  {:>15} bytes",
                        count.format, count.renditions, count.bytes
                    ));
                }
            }
            Command::Prune {
                unused_for,
                max_bytes,
                dry_run,
            } => {
                let given = unused_for.is_some() || max_bytes.is_some();
                let prune = PruneOptions {
                    unused_for: if given {
                        unused_for
                    } else {
                        Some(settings.rendition_unused_for)
                    },
                    max_bytes: if given {
                        max_bytes
                    } else {
                        settings.rendition_max_bytes
                    },
                    dry_run,
                };
                let show = |pruned: &PruneReport| print_line(format!("deleted {}", summary(pruned)));
                let ctx = Ctx::system(&log, Clock::System);
                let pruned = app.images.renditions.prune(&ctx, prune, show).await?;
                let verb = if dry_run {
                    "would delete about"
                } else {
                    "deleted a total of"
                };
                print_line(format!("{verb} {}", summary(&pruned)));
            }
        }
        Ok(())
    })
}

fn summary(pruned: &PruneReport) -> String {
    format!("{} renditions, {} bytes", pruned.renditions, pruned.bytes)
}

/// Parses a duration in the syntax of the settings.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    parse_setting(text, |env| env.duration("VALUE", "30d", ""))
}

fn parse_bytes(text: &str) -> Result<u64, String> {
    parse_setting(text, |env| env.bytes("VALUE", "10GiB", ""))
}

fn parse_setting<T>(text: &str, read: impl FnOnce(&mut Env) -> T) -> Result<T, String> {
    let mut env: Env = [("VALUE".to_owned(), text.to_owned())].into_iter().collect();
    let value = read(&mut env);
    let faults = env.finish().map_err(|error| error.0);
    faults.map(|()| value).map_err(|faults| {
        faults.first().map_or_else(String::new, |fault| {
            format!("{}, for example {}", fault.problem, fault.example)
        })
    })
}
