//! Sweeping upload sessions: expiry, deleted parts, and stray objects.
use crate::{
    Error, Maintenance, SweepReport,
    maintenance::sweep::{BATCH, CLAIM_LEASE, MAX_CONCURRENT_DELETIONS, count},
    sql::{self, Params},
};
use futures_util::future::join_all;
use infravault_kernel::{Ctx, Id, UploadId};
use infravault_objects::{ObjectKey, Prefix};
use uuid::Uuid;

const PAGE: usize = 500;
/// The minimum age of a stray object, because the clocks of node and store may differ.
const MIN_STRAY_AGE: time::Duration = time::Duration::minutes(10);

impl Maintenance {
    pub(crate) async fn sweep_upload_sessions(
        &self,
        ctx: &Ctx,
        report: &mut SweepReport,
    ) -> Result<(), Error> {
        while self.expire_sessions(ctx, report).await? == BATCH {}
        while self.delete_parts(ctx, report).await? == BATCH {}
        self.delete_old_sessions(ctx).await
    }

    /// Ends expired sessions and releases chunks that a dead node stored but never acknowledged.
    async fn expire_sessions(&self, ctx: &Ctx, report: &mut SweepReport) -> Result<usize, Error> {
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
        report.expired += count(expired.len());
        Ok(expired.len())
    }

    /// Claims parts, deletes their objects outside of any transaction, then deletes their rows.
    async fn delete_parts(&self, ctx: &Ctx, report: &mut SweepReport) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let params = sql::upload_sessions::ClaimDiscardedPartsParams {
            until: ctx.now() + CLAIM_LEASE,
            now: ctx.now(),
        };
        let claimed = sql::upload_sessions::claim_discarded_parts()
            .params(&*tx, &params)
            .all()
            .await?;
        tx.commit().await?;
        let mut gone: Vec<Uuid> = Vec::with_capacity(claimed.len());
        for some in claimed.chunks(MAX_CONCURRENT_DELETIONS) {
            let deletions = some
                .iter()
                .map(|row| self.delete_part(ctx, row.stored_under, row.id));
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
            report.parts += sql::upload_sessions::delete_parts()
                .bind(&*tx, &gone.as_slice())
                .await?;
            tx.commit().await?;
        }
        Ok(claimed.len())
    }

    /// Returns whether the object is deleted.
    async fn delete_part(&self, ctx: &Ctx, stored_under: Uuid, part: Uuid) -> bool {
        let upload = UploadId::from_uuid(stored_under);
        let key = ObjectKey::Incoming { upload, part };
        let deleted = self.objects.delete(&key).await;
        if let Err(error) = &deleted {
            slog::warn!(ctx.log, "part not deleted; the next sweep tries again";
                "object" => key.path(), "error" => %error);
        }
        deleted.is_ok()
    }

    /// Deletes objects without a row. Rows are written before objects, so these were stored by a signed request after the end of
    /// its session, or the database was restored from a backup. Returns their number.
    pub async fn delete_stray_parts(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (mut after, mut strays) = (None, 0);
        loop {
            let page = self.objects.list(Prefix::Incoming, after, PAGE).await?;
            let old = page
                .items
                .iter()
                .filter(|item| item.modified < ctx.now() - MIN_STRAY_AGE);
            let parts: Vec<(Uuid, Uuid)> = old
                .filter_map(|item| match item.key {
                    Some(ObjectKey::Incoming { upload, part }) => Some((upload.uuid(), part)),
                    _ => None,
                })
                .collect();
            let ids: Vec<Uuid> = parts.iter().map(|(_, part)| *part).collect();
            let tx = self.db.begin_system().await?;
            let known = sql::upload_sessions::list_known_parts()
                .bind(&*tx, &ids.as_slice())
                .all()
                .await?;
            drop(tx);
            for (upload, part) in parts {
                if !known.contains(&part) && self.delete_part(ctx, upload, part).await {
                    strays += 1;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(strays);
            }
        }
    }

    /// Ended sessions are kept for a day, so that late clients get 410 instead of 404.
    async fn delete_old_sessions(&self, ctx: &Ctx) -> Result<(), Error> {
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
