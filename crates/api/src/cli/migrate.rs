//! `infravault migrate`: changes the database schema.
use super::{CommandResult, block_on, print_line};
use crate::{config::Config, logging};
use infravault_db::migrate;
use slog::Logger;
use std::error::Error;

#[derive(Clone, Copy, clap::Subcommand)]
pub(super) enum Command {
    /// Apply all pending migrations. Several processes can run this at the same time.
    Up,
    /// Roll back the newest migrations. Data in their tables and columns is lost.
    Down {
        /// Number of migrations.
        #[arg(default_value_t = 1)]
        count: usize,
    },
    /// Roll back the newest migration and apply it again.
    Redo,
    /// Show all migrations and when they were applied.
    Status,
}

pub(super) fn run(command: Command, config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let url = config.db.url.expose().clone();
        match command {
            Command::Up => print_migrations("applied", &up(&url, &log).await?),
            Command::Down { count } => {
                print_migrations("rolled back", &migrate::down(&url, count, &log).await?);
                remove_queue_if_empty(&url).await?;
            }
            Command::Redo => {
                print_migrations("rolled back", &migrate::down(&url, 1, &log).await?);
                print_migrations("applied", &up(&url, &log).await?);
            }
            Command::Status => {
                for status in migrate::status(&url).await? {
                    let when = status.applied_on.as_deref().unwrap_or("not applied");
                    let changed = if status.changed {
                        "  CHANGED after it was applied"
                    } else {
                        ""
                    };
                    print_line(format!(
                        "V{:03}  {:<28} {when}{changed}",
                        status.version, status.name
                    ));
                }
                let queue = if infravault_jobs::is_installed(&url).await? {
                    "up to date"
                } else {
                    "missing or outdated; run `infravault migrate up`"
                };
                print_line(format!("queue {:<28} {queue}", ""));
            }
        }
        Ok(())
    })
}

/// Applies all pending migrations and installs or updates the job queue.
pub(super) async fn up(url: &str, log: &Logger) -> Result<Vec<String>, Box<dyn Error>> {
    let applied = migrate::up(url, log).await?;
    infravault_jobs::install(url, log).await?;
    Ok(applied)
}

/// Removes the job queue after the first migration was rolled back; until then, queued jobs are kept.
async fn remove_queue_if_empty(url: &str) -> CommandResult {
    if migrate::current_version(url).await? == 0 {
        infravault_jobs::remove(url).await?;
    }
    Ok(())
}

fn print_migrations(verb: &str, names: &[String]) {
    if names.is_empty() {
        print_line("nothing to do: the schema has the requested version");
    }
    for name in names {
        print_line(format!("{verb} {name}"));
    }
}
