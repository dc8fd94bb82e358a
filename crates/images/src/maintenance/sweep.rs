//! The sweeper: finishes what should have ended long ago. It decides from rows; pieces of uploads that no row knows are found by
//! listing them.
use crate::{
    Error, Maintenance,
    maintenance::inventory::may_delete_in,
    sql::{self, Params},
};
use futures_util::future::join_all;
use infravault_db::Tx;
use infravault_kernel::{Clock, Ctx, Id, ImageId, Sha256};
use infravault_objects::ObjectKey;
use slog::Logger;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use time::OffsetDateTime;
use tokio::sync::watch;
use uuid::Uuid;

/// Held while rows are claimed, so that one node sweeps at a time. Any number will do that nothing else locks.
const LOCK: i64 = 0x6976_2073_7765_6570;
/// Rows of one batch, as the queries say.
pub(crate) const BATCH: usize = 100;
/// How many objects are deleted side by side.
pub(crate) const SIDE_BY_SIDE: usize = 8;
/// A node that claimed rows has so long to delete their objects, before another one does.
pub(crate) const CLAIM: time::Duration = time::Duration::minutes(2);
/// How often images are looked for whose work nobody does.
const LOOK_FOR_LOST: Duration = Duration::from_mins(10);
/// An image that has waited so long for its work has waited too long.
const LOST: time::Duration = time::Duration::minutes(10);
/// Maintenance of one batch of those, as the query says.
const LOST_BATCH: usize = 500;

/// What is to be deleted of one image.
struct Remains {
    id: Uuid,
    /// Its original, unless another image needs it.
    original: Option<ObjectKey>,
    renditions: Vec<Sha256>,
}

/// What one pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads given up.
    pub given_up: u64,
    /// Open uploads whose time was over.
    pub expired: u64,
    /// Pieces of open uploads that were deleted.
    pub pieces: u64,
    /// Maintenance purged, because they had lain in the trash for long enough.
    pub purged: u64,
    /// Maintenance whose objects were deleted.
    pub deleted: u64,
    /// Maintenance whose objects could not all be deleted this time.
    pub left: u64,
    /// Tombstones forgotten.
    pub forgotten: u64,
    /// Idempotency keys forgotten.
    pub keys: u64,
}

impl Maintenance {
    /// One pass over everything there is to sweep. While another node sweeps there is nothing to do.
    pub async fn sweep(&self, ctx: &Ctx) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        while self.give_up_stale(ctx, &mut swept).await? == BATCH {}
        while self.purge_expired(ctx, &mut swept).await? == BATCH {}
        self.sweep_uploads(ctx, &mut swept).await?;
        while self.delete_objects(ctx, &mut swept).await? == BATCH {}
        self.forget_old(ctx, &mut swept).await?;
        Ok(swept)
    }

    /// Sweeps for as long as the process lives: now and then, and when something was deleted.
    pub async fn sweep_forever(self, log: Logger, clock: Clock, mut stop: watch::Receiver<bool>) {
        let mut looked: Option<Instant> = None;
        loop {
            let ctx = Ctx::system(&log, clock.clone());
            self.sweep_and_say(&ctx).await;
            if looked.is_none_or(|looked| looked.elapsed() >= LOOK_FOR_LOST) {
                looked = Some(Instant::now());
                self.requeue_and_say(&ctx).await;
                self.delete_strays_and_say(&ctx).await;
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = self.wake_sweeper.notified() => {}
                () = tokio::time::sleep(self.config.sweep_interval) => {}
            }
        }
    }

    async fn sweep_and_say(&self, ctx: &Ctx) {
        match self.sweep(ctx).await {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => {
                slog::info!(ctx.log, "swept";
                    "given_up" => swept.given_up, "expired" => swept.expired, "pieces" => swept.pieces,
                    "purged" => swept.purged, "deleted" => swept.deleted, "left" => swept.left,
                    "forgotten" => swept.forgotten, "keys" => swept.keys);
            }
            Err(error) => {
                slog::warn!(ctx.log, "sweeping failed; it will be tried again"; "error" => %error);
            }
        }
    }

    async fn delete_strays_and_say(&self, ctx: &Ctx) {
        match self.sweep_strays(ctx).await {
            Ok(0) => {}
            Ok(count) => {
                slog::info!(ctx.log, "deleted pieces that no upload knows of"; "pieces" => count);
            }
            Err(error) => {
                slog::warn!(ctx.log, "looking for pieces that no upload knows of failed; it will be tried again";
                    "error" => %error);
            }
        }
    }

    async fn requeue_and_say(&self, ctx: &Ctx) {
        match self.requeue_lost(ctx).await {
            Ok(0) => {}
            Ok(count) => {
                slog::info!(ctx.log, "asked again for the work on images that waited too long"; "images" => count);
            }
            Err(error) => {
                slog::warn!(ctx.log, "looking for images that wait too long failed; it will be tried again";
                    "error" => %error);
            }
        }
    }

    /// Asks again for the work on images that have waited for long and that nobody is going to do: their jobs were given
    /// up, or they were stored before there were jobs. How many there were.
    pub async fn requeue_lost(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (mut after_time, mut after_id) = (OffsetDateTime::UNIX_EPOCH, Uuid::nil());
        let mut asked = 0;
        loop {
            let Some(tx) = self.begin_sweep().await? else {
                return Ok(asked);
            };
            let params = sql::sweep::ListUnprocessedParams {
                before: ctx.now() - LOST,
                after_time,
                after_id,
            };
            let waiting = sql::sweep::list_unprocessed().params(&*tx, &params).all().await?;
            let orphans: Vec<Uuid> = waiting.iter().filter(|row| row.lost).map(|row| row.id).collect();
            sql::sweep::enqueue_processing()
                .bind(&*tx, &orphans.as_slice())
                .one()
                .await?;
            tx.commit().await?;
            asked += count(orphans.len());
            match waiting.last() {
                Some(last) if waiting.len() == LOST_BATCH => {
                    (after_time, after_id) = (last.stored_at, last.id);
                }
                _ => return Ok(asked),
            }
        }
    }

    /// None while another node sweeps.
    pub(crate) async fn begin_sweep(&self) -> Result<Option<Tx>, Error> {
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

    /// Purges what has lain in the trash for longer than it is kept there.
    async fn purge_expired(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let now = ctx.now();
        let retention = time::Duration::try_from(self.config.trash_retention).unwrap_or(time::Duration::MAX);
        // Kept for longer than there is time: for ever.
        let Some(before) = now.checked_sub(retention) else {
            return Ok(0);
        };
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let params = sql::trash::PurgeExpiredParams { before, now };
        let purged = sql::trash::purge_expired().params(&*tx, &params).all().await?;
        tx.commit().await?;
        swept.purged += count(purged.len());
        Ok(purged.len())
    }

    /// Claims rows, deletes their objects outside of any transaction, then writes down which are gone. Stopped anywhere
    /// it is begun again when the claim has expired: deleting twice does no harm, and nothing is written down before.
    async fn delete_objects(&self, ctx: &Ctx, swept: &mut Swept) -> Result<usize, Error> {
        let now = ctx.now();
        let claimed = self.claim_remains(now).await?;
        let mut gone: Vec<&Remains> = Vec::with_capacity(claimed.len());
        for some in claimed.chunks(SIDE_BY_SIDE) {
            let deletions = some.iter().map(|remains| self.delete_remains(ctx, remains));
            let deleted = join_all(deletions).await;
            gone.extend(
                some.iter()
                    .zip(deleted)
                    .filter_map(|(one, deleted)| deleted.then_some(one)),
            );
        }
        let deleted = self.mark_deleted(ctx, now, &gone).await?;
        swept.deleted += deleted;
        swept.left += count(claimed.len()).saturating_sub(deleted);
        Ok(claimed.len())
    }

    async fn claim_remains(&self, now: OffsetDateTime) -> Result<Vec<Remains>, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(Vec::new());
        };
        if !may_delete_in(&tx).await? {
            return Ok(Vec::new());
        }
        let params = sql::sweep::ClaimDeletingParams {
            now,
            before: now - CLAIM,
        };
        let claimed = sql::sweep::claim_deleting().params(&*tx, &params).all().await?;
        tx.commit().await?;
        if claimed.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = claimed.iter().map(|row| row.id).collect();
        let tx = self.db.begin_system().await?;
        let made = sql::sweep::list_renditions()
            .bind(&*tx, &ids.as_slice())
            .all()
            .await?;
        tx.commit().await?;
        let mut renditions: HashMap<Uuid, Vec<Sha256>> = HashMap::new();
        for row in made {
            let sha256 =
                Sha256::try_from(row.sha256.as_slice()).map_err(|_| Error::inconsistent("a SHA-256"))?;
            renditions.entry(row.image_id).or_default().push(sha256);
        }
        let remains = claimed.into_iter().map(|row| Remains {
            id: row.id,
            original: (!row.shared).then(|| ObjectKey::Original {
                image: ImageId::from_uuid(row.stored_as),
                attempt: row.attempt,
            }),
            renditions: renditions.remove(&row.id).unwrap_or_default(),
        });
        Ok(remains.collect())
    }

    /// Whether all that is to be deleted of an image is gone.
    async fn delete_remains(&self, ctx: &Ctx, remains: &Remains) -> bool {
        let image = ImageId::from_uuid(remains.id);
        let renditions = remains
            .renditions
            .iter()
            .map(|&sha256| ObjectKey::Rendition { image, sha256 });
        for key in remains.original.into_iter().chain(renditions) {
            if let Err(error) = self.objects.delete(&key).await {
                slog::warn!(ctx.log, "an object could not be deleted; it will be tried again";
                    "image" => %image, "error" => %error);
                return false;
            }
        }
        true
    }

    /// Makes tombstones of images that were claimed then and whose objects are gone. How many it made.
    async fn mark_deleted(
        &self,
        ctx: &Ctx,
        claimed: OffsetDateTime,
        gone: &[&Remains],
    ) -> Result<u64, Error> {
        if gone.is_empty() {
            return Ok(0);
        }
        let ids: Vec<Uuid> = gone.iter().map(|remains| remains.id).collect();
        let made = |remains: &&Remains| {
            let id = remains.id;
            remains
                .renditions
                .clone()
                .into_iter()
                .map(move |sha256| (id, sha256))
        };
        let (images, digests): (Vec<Uuid>, Vec<Sha256>) = gone.iter().flat_map(made).unzip();
        let digests: Vec<&[u8]> = digests.iter().map(|sha256| sha256.bytes().as_slice()).collect();
        let tx = self.db.begin_system().await?;
        let params = sql::sweep::ForgetRenditionsParams {
            images: images.as_slice(),
            digests: digests.as_slice(),
        };
        sql::sweep::forget_renditions().params(&*tx, &params).await?;
        sql::sweep::forget_locations().bind(&*tx, &ids.as_slice()).await?;
        let params = sql::sweep::MarkDeletedParams {
            now: ctx.now(),
            ids: ids.as_slice(),
            claimed,
        };
        let marked = sql::sweep::mark_deleted().params(&*tx, &params).await?;
        tx.commit().await?;
        Ok(marked)
    }

    async fn forget_old(&self, ctx: &Ctx, swept: &mut Swept) -> Result<(), Error> {
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

pub(crate) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
