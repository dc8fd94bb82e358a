//! `infravault serve`.
use super::{Outcome, migrate};
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
            migrate::up(config.db.url.expose(), &log).await?;
        }
        let server = Server::bind(config, &log, Clock::System)?;
        server.run(asked_to_stop()?).await
    })
}

/// Resolves at SIGTERM or SIGINT. It listens from now on, not only when it is awaited.
pub(super) fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
