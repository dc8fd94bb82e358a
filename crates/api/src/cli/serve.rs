//! `infravault serve`.
use super::Outcome;
use crate::{app::Server, config::Config, logging};
use infravault_kernel::Clock;
use slog::warn;
use tokio::signal::unix::{SignalKind, signal};

/// Answers requests until SIGTERM or SIGINT.
pub(super) fn run(config: Config) -> Outcome {
    actix_web::rt::System::new().block_on(async {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        logging::bridge(&log);
        if config.server.insecure_dev {
            warn!(
                log,
                "INFRAVAULT_INSECURE_DEV is set: cookies work over plain HTTP, on loopback only"
            );
        }
        if config.db.migrate_on_start {
            infravault_db::migrate::up(config.db.url.expose(), &log).await?;
        }
        let server = Server::bind(config, &log, Clock::System)?;
        let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        server
            .run(async move {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = interrupt.recv() => {}
                }
            })
            .await
    })
}
