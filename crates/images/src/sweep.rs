//! The sweeper: finishes what should have ended long ago. It decides from rows only.
use crate::{
    Error, Images,
    sql::{self, Params},
};
use futures_util::future::join_all;
use infravault_db::Tx;
use infravault_kernel::{Clock, Ctx, Id, ImageId};
use infravault_objects::ObjectKey;
use slog::Logger;
use tokio::sync::watch;
use uuid::Uuid;

/// Held while rows are claimed, so that one node sweeps at a time. Any number will do that nothing else locks.
const LOCK: i64 = 0x6976_2073_7765_6570;
/// Rows of one batch, as the queries say.
const BATCH: usize = 100;
/// How many objects are deleted side by side.
const SIDE_BY_SIDE: usize = 8;
/// A node that claimed rows has so long to delete their objects, before another one does.
const CLAIM: time::Duration = time::Duration::minutes(2);

/// What one pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads given up.
    pub given_up: u64,
    /// Objects deleted.
    pub deleted: u64,
    /// Objects that could not be deleted this time.
    pub left: u64,
    /// Tombstones forgotten.
    pub forgotten: u64,
    /// Idempotency keys forgotten.
    pub keys: u64,
}

impl Images {
    /// One pass over everything there is to sweep. While another node sweeps there is nothing to do.
    pub async fn sweep(&self, ctx: &Ctx) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        while self.give_up_stale(ctx, &mut swept).await? == BATCH {}
        while self.delete_objects(ctx, &mut swept).await? == BATCH {}
        self.forget(ctx, &mut swept).await?;
        Ok(swept)
    }

    /// Sweeps for as long as the process lives: now and then, and when something was deleted.
    pub async fn sweep_forever(self, log: Logger, clock: Clock, mut stop: watch::Receiver<bool>) {
        loop {
            let ctx = Ctx::system(&log, clock.clone());
            self.sweep_and_say(&ctx).await;
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = self.nudge.notified() => {}
                () = tokio::time::sleep(self.config.sweep_interval) => {}
            }
        }
    }

    async fn sweep_and_say(&self, ctx: &Ctx) {
        match self.sweep(ctx).await {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => {
                slog::info!(ctx.log, "swept";
                    "given_up" => swept.given_up, "deleted" => swept.deleted, "left" => swept.left,
                    "forgotten" => swept.forgotten, "keys" => swept.keys);
            }
            Err(error) => {
                slog::warn!(ctx.log, "sweeping failed; it will be tried again"; "error" => %error);
            }
        }
    }

    async fn begin_sweep(&self) -> Result<Option<Tx>, Error> {
        let tx = self.db.begin_system().await?;
        let taken = sql::sweep::lock_sweep().bind(&*tx, &LOCK).one().await?;
        Ok(taken.then_some(tx))
    }

    async fn give_up_stale(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let now = ctx.now();
        let params = sql::sweep::FailStaleParams {
            now,
            before: now - self.config.upload_grace,
        };
        let failed = sql::sweep::fail_stale().params(&*tx, &params).all().await?;
        tx.commit().await?;
        swept.given_up += count(failed.len());
        Ok(failed.len())
    }

    /// Claims rows, deletes their objects outside of any transaction, then writes down which are gone.
    async fn delete_objects(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let now = ctx.now();
        let params = sql::sweep::ClaimDeletingParams {
            now,
            before: now - CLAIM,
        };
        let claimed = sql::sweep::claim_deleting().params(&*tx, &params).all().await?;
        tx.commit().await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let mut gone: Vec<Uuid> = Vec::with_capacity(claimed.len());
        for some in claimed.chunks(SIDE_BY_SIDE) {
            let deletions: Vec<_> = some
                .iter()
                .map(|row| self.delete_object(ctx, row.id, row.attempt))
                .collect();
            gone.extend(join_all(deletions).await.into_iter().flatten());
        }
        let tx = self.db.begin_system().await?;
        let params = sql::sweep::MarkDeletedParams {
            now: ctx.now(),
            ids: gone.as_slice(),
        };
        sql::sweep::mark_deleted().params(&*tx, &params).await?;
        tx.commit().await?;
        swept.deleted += count(gone.len());
        swept.left += count(claimed.len() - gone.len());
        Ok(claimed.len())
    }

    async fn delete_object(&self, ctx: &Ctx, id: Uuid, attempt: Uuid) -> Option<Uuid> {
        let image = ImageId::from_uuid(id);
        match self.objects.delete(&ObjectKey::Original { image, attempt }).await {
            Ok(()) => Some(id),
            Err(error) => {
                slog::warn!(ctx.log, "an object could not be deleted; it will be tried again";
                    "image" => %image, "error" => %error);
                None
            }
        }
    }

    async fn forget(&self, ctx: &Ctx, swept: &mut Swept) -> Result<(), Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(());
        };
        let now = ctx.now();
        swept.forgotten = sql::sweep::forget_tombstones()
            .bind(&*tx, &(now - self.config.tombstone_ttl))
            .await?;
        swept.keys = sql::sweep::forget_keys()
            .bind(&*tx, &(now - self.config.key_ttl))
            .await?;
        Ok(tx.commit().await?)
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
