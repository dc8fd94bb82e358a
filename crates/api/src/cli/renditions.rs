//! `infravault renditions`: how many there are, and letting them go.
use super::{Outcome, block_on, say};
use crate::{app::App, config::Config, logging};
use infravault_images::{Prune, Pruned};
use infravault_kernel::{Clock, Ctx, config::Env};
use std::time::Duration;

/// What to do with renditions.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Delete renditions that nobody asks for. They are made again when somebody does.
    Prune {
        /// Those that nobody asked for in so long, such as 30d.
        #[arg(long, value_parser = span)]
        unused_for: Option<Duration>,
        /// The longest unused ones, until all together have at most so many bytes, such as 10GiB.
        #[arg(long, value_parser = bytes)]
        max_bytes: Option<u64>,
        /// Only say how many would go.
        #[arg(long)]
        dry_run: bool,
    },
    /// Show how many there are, by format.
    Stats,
}

pub(super) fn run(command: Command, config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let settings = config.images.clone();
        let app = App::build(config, &log, Clock::System)?;
        match command {
            Command::Stats => {
                for count in app.images.renditions.count_renditions().await? {
                    say(format!(
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
                let prune = Prune {
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
                let told = |pruned: &Pruned| say(format!("deleted {pruned}", pruned = line(pruned)));
                let ctx = Ctx::system(&log, Clock::System);
                let pruned = app.images.renditions.prune(&ctx, prune, told).await?;
                let verb = if dry_run {
                    "would delete about"
                } else {
                    "deleted in all"
                };
                say(format!("{verb} {}", line(&pruned)));
            }
        }
        Ok(())
    })
}

fn line(pruned: &Pruned) -> String {
    format!("{} renditions, {} bytes", pruned.renditions, pruned.bytes)
}

/// Spans and sizes are written as in the environment.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    read(text, |env| env.duration("VALUE", "30d", ""))
}

fn bytes(text: &str) -> Result<u64, String> {
    read(text, |env| env.bytes("VALUE", "10GiB", ""))
}

fn read<T>(text: &str, read: impl FnOnce(&mut Env) -> T) -> Result<T, String> {
    let mut env: Env = [("VALUE".to_owned(), text.to_owned())].into_iter().collect();
    let value = read(&mut env);
    let faults = env.finish().map_err(|error| error.0);
    faults.map(|()| value).map_err(|faults| {
        faults.first().map_or_else(String::new, |fault| {
            format!("{}, for example {}", fault.fault, fault.example)
        })
    })
}
