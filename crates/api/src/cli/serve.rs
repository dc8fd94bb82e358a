//! `infravault serve`: runs the HTTP server.
use super::{CommandResult, migrate};
use crate::{config::Config, logging, server::Server};
use infravault_kernel::Clock;
use slog::warn;
use tokio::signal::unix::{SignalKind, signal};

/// Serves requests until SIGTERM or SIGINT.
pub(super) fn run(config: Config) -> CommandResult {
    actix_web::rt::System::new().block_on(async {
        let (log, _log_guard) = logging::build_logger(&config.log);
        logging::forward_library_logs(&log);
        if config.server.insecure_dev {
            warn!(
                log,
                "INFRAVAULT_INSECURE_DEV is set: cookies are accepted over plain HTTP"
            );
        }
        if config.db.migrate_on_start {
            migrate::up(config.db.url.expose(), &log).await?;
        }
        let server = Server::bind(config, &log, Clock::System)?;
        server.run(stop_signal()?).await
    })
}

/// Resolves at SIGTERM or SIGINT. The handlers are installed immediately, not when the future is first polled.
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
