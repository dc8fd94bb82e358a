//! Ends upload sessions that do not become images.
use super::lock_session_in;
use crate::{
    Error, UploadError, Uploads,
    model::SessionState,
    sql::{self, Params},
    uploads::reserve::{abandon_pending_in, release_bytes_in},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Scope, UploadId};
use time::OffsetDateTime;

impl Uploads {
    /// Ends an upload session: its reserved bytes are released and its parts deleted. An image made of it stays. Idempotent.
    pub async fn end_upload_session(&self, ctx: &Ctx, id: UploadId) -> Result<(), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let owner = actor.require_scope(Scope::ImagesWrite)?.account;
        let row = lock_session_in(&tx, id).await?;
        if row.claimed {
            return Err(UploadError::Busy.into());
        }
        // A finishing session without a valid claim was left by a node that crashed.
        if sql::session_state(row.state) == Some(SessionState::Finishing)
            && let (Some(image), Some(attempt)) = (row.image_id, row.attempt)
            && abandon_pending_in(&tx, ctx, image, attempt).await?
        {
            release_bytes_in(&tx, owner, row.declared_bytes).await?;
        }
        end_session_in(&tx, ctx.now(), id, owner).await?;
        tx.commit().await?;
        self.wake_sweeper.notify_one();
        Ok(())
    }
}

/// Ends a session and releases its reserved bytes.
pub(super) async fn end_session_in(
    tx: &Tx,
    now: OffsetDateTime,
    id: UploadId,
    owner: AccountId,
) -> Result<(), Error> {
    let params = sql::upload_sessions::EndSessionParams { id: id.uuid(), now };
    let end_session = sql::upload_sessions::end_session();
    let reserved = end_session.params(&**tx, &params).opt().await?;
    Ok(release_bytes_in(tx, owner, reserved.unwrap_or_default()).await?)
}
