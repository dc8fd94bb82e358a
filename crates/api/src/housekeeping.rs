//! Periodic maintenance that `serve` runs in the background.
use crate::app::App;
use infravault_images::{PruneOptions, PruneReport};
use infravault_kernel::Ctx;
use slog::{info, warn};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Once a minute: closes idle connections, frees idle rate limiters, stores when renditions were last used.
/// Once an hour: prunes renditions, deletes expired sessions. Ends when `stopped` changes.
pub(crate) async fn run_housekeeping(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut minute = tokio::time::interval(Duration::from_mins(1));
    let mut minutes = 0_u32;
    if let Err(error) = app.db.warm_up().await {
        warn!(app.log, "PostgreSQL is not available"; "error" => error.to_string());
    }
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = minute.tick() => {}
        }
        let ctx = Ctx::system(&app.log, app.clock.clone());
        app.db.close_idle();
        app.rate_limits.forget_idle_callers();
        if let Err(error) = app.images.renditions.flush_last_used(&ctx).await {
            warn!(ctx.log, "storing the last use of renditions failed"; "error" => error.to_string());
        }
        if minutes.is_multiple_of(60) {
            prune_renditions(&app, &ctx).await;
            if let Err(error) = app.auth.delete_expired(&ctx).await {
                warn!(ctx.log, "deleting expired sessions failed"; "error" => error.to_string());
            }
        }
        minutes = minutes.wrapping_add(1);
    }
}

async fn prune_renditions(app: &App, ctx: &Ctx) {
    let config = &app.images.config;
    let settings = PruneOptions {
        unused_for: Some(config.rendition_unused_for),
        max_bytes: config.rendition_max_bytes,
        dry_run: false,
    };
    match app.images.renditions.prune(ctx, settings, |_| {}).await {
        Ok(pruned) if pruned == PruneReport::default() => {}
        Ok(pruned) => {
            info!(ctx.log, "renditions pruned"; "renditions" => pruned.renditions, "bytes" => pruned.bytes);
        }
        Err(error) => warn!(ctx.log, "pruning renditions failed"; "error" => error.to_string()),
    }
}
