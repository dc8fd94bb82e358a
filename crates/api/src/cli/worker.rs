//! `infravault worker`: runs only background jobs.
use super::{CommandResult, block_on, serve::stop_signal};
use crate::{app::App, config::Config, logging, worker::build_worker};
use infravault_kernel::Clock;
use slog::info;
use std::sync::Arc;
use tokio::sync::watch;

/// Runs background jobs until SIGTERM or SIGINT.
pub(super) fn run(config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        logging::forward_library_logs(&log);
        let app = Arc::new(App::build(config, &log, Clock::System)?);
        app.sandbox.warm_up().await;
        let stopping = stop_signal()?;
        let (stop, stopped) = watch::channel(false);
        let mut jobs = tokio::spawn(build_worker(&app)?.run(stopped));
        tokio::select! {
            () = stopping => {
                info!(log, "stopping"; "grace" => format!("{:?}", app.config.jobs.shutdown_timeout));
                stop.send_replace(true);
                jobs.await?;
            }
            ended = &mut jobs => ended?,
        }
        app.sandbox.stop().await;
        info!(log, "stopped");
        Ok(())
    })
}
