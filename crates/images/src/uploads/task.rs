//! Work that continues when its request is canceled.
use crate::{BodyError, Error};
use infravault_kernel::Ctx;

/// Runs the work in a task of its own, so that it ends or is rolled back even if the caller stops waiting.
pub(super) fn spawn_detached<T: Send + 'static>(
    ctx: &Ctx,
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> impl Future<Output = Result<T, Error>> {
    let log = ctx.log.clone();
    let task = tokio::spawn(work);
    async move {
        task.await.unwrap_or_else(|error| {
            slog::error!(log, "upload task panicked"; "error" => %error);
            Err(BodyError::Abandoned.into())
        })
    }
}
