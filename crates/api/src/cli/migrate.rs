//! `infravault migrate`.
use super::{Outcome, block_on, say};
use crate::{config::Config, logging};
use infravault_db::migrate;
use slog::Logger;
use std::error::Error;

/// What to do with the schema.
#[derive(Clone, Copy, clap::Subcommand)]
pub(super) enum Command {
    /// Apply every migration that is missing. Safe when several processes start at once.
    Up,
    /// Take the newest migrations back. What they stored is lost.
    Down {
        /// How many.
        #[arg(default_value_t = 1)]
        count: usize,
    },
    /// Take the newest migration back and apply it again.
    Redo,
    /// Show every migration and whether it was applied.
    Status,
}

pub(super) fn run(command: Command, config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let url = config.db.url.expose().clone();
        match command {
            Command::Up => report("applied", &up(&url, &log).await?),
            Command::Down { count } => {
                report("took back", &migrate::down(&url, count, &log).await?);
                remove_queue_with_all(&url).await?;
            }
            Command::Redo => {
                report("took back", &migrate::down(&url, 1, &log).await?);
                report("applied", &up(&url, &log).await?);
            }
            Command::Status => {
                for status in migrate::status(&url).await? {
                    let when = status.applied_on.as_deref().unwrap_or("not applied");
                    let changed = if status.changed {
                        "  CHANGED since it was applied"
                    } else {
                        ""
                    };
                    say(format!(
                        "V{:03}  {:<28} {when}{changed}",
                        status.version, status.name
                    ));
                }
                let queue = if infravault_jobs::is_installed(&url).await? {
                    "as this binary wants it"
                } else {
                    "missing or outdated; run `infravault migrate up`"
                };
                say(format!("queue {:<28} {queue}", ""));
            }
        }
        Ok(())
    })
}

/// Applies every migration that is missing, and makes the queue of jobs or brings it up to date.
pub(super) async fn up(url: &str, log: &Logger) -> Result<Vec<String>, Box<dyn Error>> {
    let applied = migrate::up(url, log).await?;
    infravault_jobs::install(url, log).await?;
    Ok(applied)
}

/// Nothing is left behind when the first migration is taken back; until then, the jobs that wait are kept.
async fn remove_queue_with_all(url: &str) -> Outcome {
    if migrate::current_version(url).await? == 0 {
        infravault_jobs::remove(url).await?;
    }
    Ok(())
}

fn report(verb: &str, names: &[String]) {
    if names.is_empty() {
        say("nothing to do: the schema is as asked for");
    }
    for name in names {
        say(format!("{verb} {name}"));
    }
}
