//! The sweeper's part: uploads whose time is over, and objects that are no piece of anything any more.
use crate::{
    Error, Images, Swept,
    sql::{self, Params},
    sweep::{BATCH, CLAIM, SIDE_BY_SIDE, count},
};
use futures_util::future::join_all;
use infravault_kernel::{Ctx, Id, UploadId};
use infravault_objects::ObjectKey;
use uuid::Uuid;

impl Images {
    /// One pass over uploads.
    pub(crate) async fn sweep_uploads(&self, ctx: &Ctx, swept: &mut Swept) -> Result<(), Error> {
        while self.expire_uploads(ctx, swept).await? == BATCH {}
        while self.delete_pieces(ctx, swept).await? == BATCH {}
        self.forget_uploads(ctx).await
    }

    /// Ends what has expired, and takes chunks back that a dead node never made part of anything.
    async fn expire_uploads(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let expired = sql::uploads::expire_uploads()
            .bind(&*tx, &ctx.now())
            .all()
            .await?;
        sql::uploads::drop_stale_chunks().bind(&*tx, &ctx.now()).await?;
        tx.commit().await?;
        swept.expired += count(expired.len());
        Ok(expired.len())
    }

    /// Claims pieces, deletes their objects outside of any transaction, then forgets those that are gone.
    async fn delete_pieces(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let params = sql::uploads::ClaimPiecesParams {
            until: ctx.now() + CLAIM,
            now: ctx.now(),
        };
        let claimed = sql::uploads::claim_pieces().params(&*tx, &params).all().await?;
        tx.commit().await?;
        let mut gone: Vec<Uuid> = Vec::with_capacity(claimed.len());
        for some in claimed.chunks(SIDE_BY_SIDE) {
            let deletions = some
                .iter()
                .map(|row| self.delete_piece(ctx, row.stored_under, row.id));
            let deleted = join_all(deletions).await;
            gone.extend(
                some.iter()
                    .zip(deleted)
                    .filter(|(_, deleted)| *deleted)
                    .map(|(row, _)| row.id),
            );
        }
        if !gone.is_empty() {
            let tx = self.db.begin_system().await?;
            swept.pieces += sql::uploads::forget_pieces().bind(&*tx, &gone.as_slice()).await?;
            tx.commit().await?;
        }
        Ok(claimed.len())
    }

    /// Whether its object is gone.
    async fn delete_piece(&self, ctx: &Ctx, stored_under: Uuid, piece: Uuid) -> bool {
        let upload = UploadId::from_uuid(stored_under);
        let key = ObjectKey::Incoming { upload, piece };
        let deleted = self.objects.delete(&key).await;
        if let Err(error) = &deleted {
            slog::warn!(ctx.log, "a piece of an upload could not be deleted; it will be tried again";
                "object" => key.path(), "error" => %error);
        }
        deleted.is_ok()
    }

    /// For a day after their time, late clients are told that an upload has ended instead of that there is none.
    async fn forget_uploads(&self, ctx: &Ctx) -> Result<(), Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(());
        };
        let before = ctx.now() - time::Duration::DAY;
        sql::uploads::forget_uploads().bind(&*tx, &before).await?;
        Ok(tx.commit().await?)
    }
}
