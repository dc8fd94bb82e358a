//! The sweeper's part: uploads whose time is over, and objects that are no piece of anything any more.
use crate::{
    Error, Maintenance, Swept,
    maintenance::sweep::{BATCH, CLAIM, SIDE_BY_SIDE, count},
    sql::{self, Params},
};
use futures_util::future::join_all;
use infravault_kernel::{Ctx, Id, UploadId};
use infravault_objects::{ObjectKey, Prefix};
use uuid::Uuid;

/// Objects of one page of the pieces.
const PAGE: usize = 500;
/// An object that is younger may belong to somebody whose clock is another one.
const SETTLED: time::Duration = time::Duration::minutes(10);

impl Maintenance {
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
        let expired = sql::upload_sessions::expire_sessions()
            .bind(&*tx, &ctx.now())
            .all()
            .await?;
        sql::upload_sessions::discard_stale_parts()
            .bind(&*tx, &ctx.now())
            .await?;
        tx.commit().await?;
        swept.expired += count(expired.len());
        Ok(expired.len())
    }

    /// Claims pieces, deletes their objects outside of any transaction, then forgets those that are gone.
    async fn delete_pieces(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let params = sql::upload_sessions::ClaimDiscardedPartsParams {
            until: ctx.now() + CLAIM,
            now: ctx.now(),
        };
        let claimed = sql::upload_sessions::claim_discarded_parts()
            .params(&*tx, &params)
            .all()
            .await?;
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
            swept.pieces += sql::upload_sessions::delete_parts()
                .bind(&*tx, &gone.as_slice())
                .await?;
            tx.commit().await?;
        }
        Ok(claimed.len())
    }

    /// Whether its object is gone.
    async fn delete_piece(&self, ctx: &Ctx, stored_under: Uuid, piece: Uuid) -> bool {
        let upload = UploadId::from_uuid(stored_under);
        let key = ObjectKey::Incoming { upload, part: piece };
        let deleted = self.objects.delete(&key).await;
        if let Err(error) = &deleted {
            slog::warn!(ctx.log, "a piece of an upload could not be deleted; it will be tried again";
                "object" => key.path(), "error" => %error);
        }
        deleted.is_ok()
    }

    /// Deletes what lies among the pieces and has no row, which comes before every object: written by a signed request after
    /// its upload had ended, or older than the backup that the database was restored from. How many there were.
    pub async fn sweep_strays(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (mut after, mut strays) = (None, 0);
        loop {
            let page = self.objects.list(Prefix::Incoming, after, PAGE).await?;
            let old = page
                .items
                .iter()
                .filter(|item| item.modified < ctx.now() - SETTLED);
            let pieces: Vec<(Uuid, Uuid)> = old
                .filter_map(|item| match item.key {
                    Some(ObjectKey::Incoming { upload, part: piece }) => Some((upload.uuid(), piece)),
                    _ => None,
                })
                .collect();
            let ids: Vec<Uuid> = pieces.iter().map(|(_, piece)| *piece).collect();
            let tx = self.db.begin_system().await?;
            let known = sql::upload_sessions::list_known_parts()
                .bind(&*tx, &ids.as_slice())
                .all()
                .await?;
            drop(tx);
            for (upload, piece) in pieces {
                if !known.contains(&piece) && self.delete_piece(ctx, upload, piece).await {
                    strays += 1;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(strays);
            }
        }
    }

    /// For a day after their time, late clients are told that an upload has ended instead of that there is none.
    async fn forget_uploads(&self, ctx: &Ctx) -> Result<(), Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(());
        };
        let before = ctx.now() - time::Duration::DAY;
        sql::upload_sessions::delete_old_sessions()
            .bind(&*tx, &before)
            .await?;
        Ok(tx.commit().await?)
    }
}
