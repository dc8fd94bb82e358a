//! Ending an upload before it is an image.
use super::{Progress, UploadError, lock_in};
use crate::{
    Error, Uploads,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Scope, UploadId};
use time::OffsetDateTime;

impl Uploads {
    /// Ends an upload: what was reserved for it is free again, its pieces are deleted. Ending it again does no harm, and the
    /// image that was made of it stays.
    pub async fn end_upload(&self, ctx: &Ctx, id: UploadId) -> Result<(), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        let row = lock_in(&tx, id).await?;
        if row.claimed {
            return Err(UploadError::Busy.into());
        }
        if let (Some(id), Some(attempt), true) = (
            row.image_id,
            row.attempt,
            sql::progress(row.state) == Some(Progress::Finishing),
        ) {
            // Whoever was making the image has died.
            let now = ctx.now();
            let params = sql::upload::AbandonPendingParams { now, id, attempt };
            if sql::upload::abandon_pending().params(&*tx, &params).await? == 1 {
                release_in(&tx, person.account, row.declared_bytes).await?;
            }
        }
        end_in(&tx, ctx.now(), id, person.account).await?;
        tx.commit().await?;
        self.wake_sweeper.notify_one();
        Ok(())
    }
}

/// Ends it and gives back what is reserved for it.
pub(super) async fn end_in(
    tx: &Tx,
    now: OffsetDateTime,
    id: UploadId,
    owner: AccountId,
) -> Result<(), Error> {
    let params = sql::uploads::EndUploadParams { id: id.uuid(), now };
    let reserved = sql::uploads::end_upload().params(&**tx, &params).opt().await?;
    release_in(tx, owner, reserved.unwrap_or_default()).await
}

pub(super) async fn release_in(tx: &Tx, owner: AccountId, reserved: i64) -> Result<(), Error> {
    if reserved > 0 {
        let params = sql::upload::ReleaseBytesParams {
            reserved,
            owner: owner.uuid(),
        };
        sql::upload::release_bytes().params(&**tx, &params).await?;
    }
    Ok(())
}
