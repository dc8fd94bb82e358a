//! The sweeper: cleans up abandoned uploads, expired trash and deleted images. It decides by rows, not by listing the store.
use crate::{
    Error, Maintenance,
    deletion_lock::may_delete_in,
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

/// The advisory lock of a sweep, so that one node sweeps at a time. "iv sweep" in ASCII.
const LOCK: i64 = 0x6976_2073_7765_6570;
/// The limit of the queries.
pub(crate) const BATCH: usize = 100;
pub(crate) const MAX_CONCURRENT_DELETIONS: usize = 8;
/// How long a node may take to delete the objects of claimed rows before another node claims them.
pub(crate) const CLAIM_LEASE: time::Duration = time::Duration::minutes(2);
/// Interval of the search for images without a job and for stray objects.
const REQUEUE_INTERVAL: Duration = Duration::from_mins(10);
/// Images that wait longer than this for their processing are checked.
const REQUEUE_AFTER: time::Duration = time::Duration::minutes(10);
/// The limit of `list_unprocessed`.
const REQUEUE_BATCH: usize = 500;

/// The objects of a deleted image.
struct DeletionTask {
    id: Uuid,
    /// `None` if another image shares the original.
    original: Option<ObjectKey>,
    renditions: Vec<Sha256>,
}

/// The counts of one sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Abandoned uploads that were failed.
    pub failed_uploads: u64,
    /// Upload sessions that expired.
    pub expired: u64,
    /// Deleted parts of upload sessions.
    pub parts: u64,
    /// Images purged at the end of the trash retention.
    pub purged: u64,
    /// Images whose objects were deleted.
    pub deleted: u64,
    /// Images whose objects could not be deleted; the next sweep tries again.
    pub deferred: u64,
    /// Deleted tombstones.
    pub tombstones: u64,
    /// Deleted idempotency keys.
    pub keys: u64,
}

impl Maintenance {
    /// Sweeps once. Does nothing while another node sweeps.
    pub async fn sweep(&self, ctx: &Ctx) -> Result<SweepReport, Error> {
        let mut report = SweepReport::default();
        while self.fail_stale_uploads(ctx, &mut report).await? == BATCH {}
        while self.purge_expired(ctx, &mut report).await? == BATCH {}
        self.sweep_upload_sessions(ctx, &mut report).await?;
        while self.delete_objects(ctx, &mut report).await? == BATCH {}
        self.delete_old_rows(ctx, &mut report).await?;
        Ok(report)
    }

    /// Sweeps every `sweep_interval` and after deletions, until the process stops.
    pub async fn sweep_until_stopped(self, log: Logger, clock: Clock, mut stop: watch::Receiver<bool>) {
        let mut last_requeue: Option<Instant> = None;
        loop {
            let ctx = Ctx::system(&log, clock.clone());
            self.sweep_and_log(&ctx).await;
            if last_requeue.is_none_or(|last| last.elapsed() >= REQUEUE_INTERVAL) {
                last_requeue = Some(Instant::now());
                self.requeue_and_log(&ctx).await;
                self.delete_strays_and_log(&ctx).await;
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = self.wake_sweeper.notified() => {}
                () = tokio::time::sleep(self.config.sweep_interval) => {}
            }
        }
    }

    async fn sweep_and_log(&self, ctx: &Ctx) {
        match self.sweep(ctx).await {
            Ok(report) if report == SweepReport::default() => {}
            Ok(report) => {
                slog::info!(ctx.log, "sweep finished";
                    "failed_uploads" => report.failed_uploads, "expired" => report.expired, "parts" => report.parts,
                    "purged" => report.purged, "deleted" => report.deleted, "deferred" => report.deferred,
                    "tombstones" => report.tombstones, "keys" => report.keys);
            }
            Err(error) => {
                slog::warn!(ctx.log, "sweep failed; the next one tries again"; "error" => %error);
            }
        }
    }

    async fn delete_strays_and_log(&self, ctx: &Ctx) {
        match self.delete_stray_parts(ctx).await {
            Ok(0) => {}
            Ok(count) => {
                slog::info!(ctx.log, "stray parts deleted"; "parts" => count);
            }
            Err(error) => {
                slog::warn!(ctx.log, "search for stray parts failed; the next one tries again";
                    "error" => %error);
            }
        }
    }

    async fn requeue_and_log(&self, ctx: &Ctx) {
        match self.requeue_unprocessed(ctx).await {
            Ok(0) => {}
            Ok(count) => {
                slog::info!(ctx.log, "image processing enqueued again"; "images" => count);
            }
            Err(error) => {
                slog::warn!(ctx.log, "search for unprocessed images failed; the next one tries again";
                    "error" => %error);
            }
        }
    }

    /// Enqueues the processing of images that have waited for long and have no job that is going to run. Returns their number.
    pub async fn requeue_unprocessed(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (mut after_time, mut after_id) = (OffsetDateTime::UNIX_EPOCH, Uuid::nil());
        let mut enqueued = 0;
        loop {
            let Some(tx) = self.begin_sweep().await? else {
                return Ok(enqueued);
            };
            let params = sql::sweep::ListUnprocessedParams {
                before: ctx.now() - REQUEUE_AFTER,
                after_time,
                after_id,
            };
            let waiting = sql::sweep::list_unprocessed().params(&*tx, &params).all().await?;
            let without_job: Vec<Uuid> = waiting
                .iter()
                .filter(|row| !row.has_job)
                .map(|row| row.id)
                .collect();
            sql::sweep::enqueue_processing()
                .bind(&*tx, &without_job.as_slice())
                .one()
                .await?;
            tx.commit().await?;
            enqueued += count(without_job.len());
            match waiting.last() {
                Some(last) if waiting.len() == REQUEUE_BATCH => {
                    (after_time, after_id) = (last.stored_at, last.id);
                }
                _ => return Ok(enqueued),
            }
        }
    }

    /// Returns `None` while another node sweeps.
    pub(crate) async fn begin_sweep(&self) -> Result<Option<Tx>, Error> {
        let tx = self.db.begin_system().await?;
        let locked = sql::sweep::try_lock_sweep().bind(&*tx, &LOCK).one().await?;
        Ok(locked.then_some(tx))
    }

    async fn fail_stale_uploads(&self, ctx: &Ctx, report: &mut SweepReport) -> Result<usize, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let now = ctx.now();
        let params = sql::sweep::FailStaleUploadsParams {
            now,
            before: now - self.config.upload_grace,
        };
        let failed = sql::sweep::fail_stale_uploads()
            .params(&*tx, &params)
            .all()
            .await?;
        tx.commit().await?;
        report.failed_uploads += count(failed.len());
        Ok(failed.len())
    }

    /// Purges images at the end of the trash retention.
    async fn purge_expired(&self, ctx: &Ctx, report: &mut SweepReport) -> Result<usize, Error> {
        let now = ctx.now();
        let retention = time::Duration::try_from(self.config.trash_retention).unwrap_or(time::Duration::MAX);
        // The retention is longer than the calendar: nothing expires.
        let Some(before) = now.checked_sub(retention) else {
            return Ok(0);
        };
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(0);
        };
        let params = sql::trash::PurgeExpiredParams { before, now };
        let purged = sql::trash::purge_expired().params(&*tx, &params).all().await?;
        tx.commit().await?;
        report.purged += count(purged.len());
        Ok(purged.len())
    }

    /// Claims rows, deletes their objects outside of any transaction, then updates the rows. If it is interrupted, it starts
    /// again when the claim has expired; deleting an object twice is harmless.
    async fn delete_objects(&self, ctx: &Ctx, report: &mut SweepReport) -> Result<usize, Error> {
        let now = ctx.now();
        let claimed = self.claim_deletions(now).await?;
        let mut gone: Vec<&DeletionTask> = Vec::with_capacity(claimed.len());
        for some in claimed.chunks(MAX_CONCURRENT_DELETIONS) {
            let deletions = some.iter().map(|task| self.execute_deletion(ctx, task));
            let deleted = join_all(deletions).await;
            gone.extend(
                some.iter()
                    .zip(deleted)
                    .filter_map(|(one, deleted)| deleted.then_some(one)),
            );
        }
        let deleted = self.mark_deleted(ctx, now, &gone).await?;
        report.deleted += deleted;
        report.deferred += count(claimed.len()).saturating_sub(deleted);
        Ok(claimed.len())
    }

    async fn claim_deletions(&self, now: OffsetDateTime) -> Result<Vec<DeletionTask>, Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(Vec::new());
        };
        if !may_delete_in(&tx).await? {
            return Ok(Vec::new());
        }
        let params = sql::sweep::ClaimDeletingParams {
            now,
            before: now - CLAIM_LEASE,
        };
        let claimed = sql::sweep::claim_deleting().params(&*tx, &params).all().await?;
        tx.commit().await?;
        if claimed.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = claimed.iter().map(|row| row.id).collect();
        let tx = self.db.begin_system().await?;
        let made = sql::sweep::list_rendition_objects()
            .bind(&*tx, &ids.as_slice())
            .all()
            .await?;
        tx.commit().await?;
        let mut renditions: HashMap<Uuid, Vec<Sha256>> = HashMap::new();
        for row in made {
            let sha256 = sql::digest(&row.sha256)?;
            renditions.entry(row.image_id).or_default().push(sha256);
        }
        let task = claimed.into_iter().map(|row| DeletionTask {
            id: row.id,
            original: (!row.shared).then(|| ObjectKey::Original {
                image: ImageId::from_uuid(row.stored_as),
                attempt: row.attempt,
            }),
            renditions: renditions.remove(&row.id).unwrap_or_default(),
        });
        Ok(task.collect())
    }

    /// Returns whether all objects are deleted.
    async fn execute_deletion(&self, ctx: &Ctx, task: &DeletionTask) -> bool {
        let image = ImageId::from_uuid(task.id);
        let renditions = task
            .renditions
            .iter()
            .map(|&sha256| ObjectKey::Rendition { image, sha256 });
        for key in task.original.into_iter().chain(renditions) {
            if let Err(error) = self.objects.delete(&key).await {
                slog::warn!(ctx.log, "object not deleted; the next sweep tries again";
                    "image" => %image, "error" => %error);
                return false;
            }
        }
        true
    }

    /// Turns images whose objects are deleted into tombstones, if they are still claimed. Returns their number.
    async fn mark_deleted(
        &self,
        ctx: &Ctx,
        claimed: OffsetDateTime,
        gone: &[&DeletionTask],
    ) -> Result<u64, Error> {
        if gone.is_empty() {
            return Ok(0);
        }
        let ids: Vec<Uuid> = gone.iter().map(|task| task.id).collect();
        let made = |task: &&DeletionTask| {
            let id = task.id;
            task.renditions
                .clone()
                .into_iter()
                .map(move |sha256| (id, sha256))
        };
        let (images, digests): (Vec<Uuid>, Vec<Sha256>) = gone.iter().flat_map(made).unzip();
        let digests: Vec<&[u8]> = digests.iter().map(|sha256| sha256.bytes().as_slice()).collect();
        let tx = self.db.begin_system().await?;
        let params = sql::sweep::DeleteRenditionsParams {
            images: images.as_slice(),
            digests: digests.as_slice(),
        };
        sql::sweep::delete_renditions().params(&*tx, &params).await?;
        sql::sweep::delete_locations().bind(&*tx, &ids.as_slice()).await?;
        let params = sql::sweep::MarkDeletedParams {
            now: ctx.now(),
            ids: ids.as_slice(),
            claimed,
        };
        let marked = sql::sweep::mark_deleted().params(&*tx, &params).await?;
        tx.commit().await?;
        Ok(marked)
    }

    async fn delete_old_rows(&self, ctx: &Ctx, report: &mut SweepReport) -> Result<(), Error> {
        let Some(tx) = self.begin_sweep().await? else {
            return Ok(());
        };
        let now = ctx.now();
        report.tombstones = sql::sweep::delete_tombstones()
            .bind(&*tx, &(now - self.config.tombstone_ttl))
            .await?;
        report.keys = sql::sweep::delete_expired_keys()
            .bind(&*tx, &(now - self.config.key_ttl))
            .await?;
        Ok(tx.commit().await?)
    }
}

pub(crate) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
