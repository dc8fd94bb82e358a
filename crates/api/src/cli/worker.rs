//! `infravault worker`.
use super::{Outcome, block_on, serve::asked_to_stop};
use crate::{app::App, config::Config, logging, worker};
use infravault_kernel::Clock;
use slog::info;
use std::sync::Arc;
use tokio::sync::watch;

/// Runs background jobs, and nothing else, until SIGTERM or SIGINT.
pub(super) fn run(config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        logging::bridge(&log);
        let app = Arc::new(App::build(config, &log, Clock::System)?);
        app.sandbox.warm_up().await;
        let asked = asked_to_stop()?;
        let (stop, stopped) = watch::channel(false);
        let mut jobs = tokio::spawn(worker::build(&app)?.run(stopped));
        tokio::select! {
            () = asked => {
                info!(log, "stopping"; "grace" => format!("{:?}", app.config.jobs.grace));
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
