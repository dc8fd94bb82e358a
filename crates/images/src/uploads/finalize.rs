//! How an upload ends: settled, or its promise taken back.
use crate::{
    BodyError, Error, IdempotencyError, Image, Upload, Uploads,
    sql::{self, Params, number},
    uploads::idempotency::fingerprint,
    uploads::pipeline::{Promise, quota_exceeded},
};
use futures_util::try_join;
use infravault_db::Tx;
use infravault_imaging::ImageInfo;
use infravault_kernel::{Ctx, DomainError, ErrorKind, Id, ImageId, Scope, UploadId, crash_point};
use infravault_objects::SpooledFile;

/// What may be left of an upload that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The row and its promise only.
    Nothing,
    /// Bytes may be stored, too.
    Object,
    /// The last commit may have happened. The row knows; nobody else may decide.
    Unknown,
}

/// Why an upload failed, and what may be left of it.
#[derive(Debug)]
pub(crate) struct Failed {
    left: Left,
    error: Error,
}

impl Failed {
    pub(crate) fn leaving(left: Left, error: impl Into<Error>) -> Self {
        Self {
            left,
            error: error.into(),
        }
    }

    pub(crate) fn into_parts(self) -> (Left, Error) {
        (self.left, self.error)
    }
}

/// What the second transaction writes down.
pub(crate) struct Settling<'a> {
    pub(crate) upload: &'a Upload,
    pub(crate) promise: &'a Promise,
    pub(crate) spooled: &'a SpooledFile,
    pub(crate) facts: &'a ImageInfo,
    /// The open upload that this finishes.
    pub(crate) finishes: Option<UploadId>,
}

impl Uploads {
    /// Step 6, the second transaction: the image exists, its bytes count, its key is used, its job waits.
    pub(crate) async fn settle(&self, ctx: &Ctx, settling: &Settling<'_>) -> Result<Image, Failed> {
        let settled = self.settle_all(ctx, settling, None).await;
        let (tx, image) = settled.map_err(|error| Failed::leaving(Left::Object, error))?;
        // No row: the sweeper gave the upload up while it was under way.
        let image = image.ok_or_else(|| Failed::leaving(Left::Object, BodyError::GivenUp))?;
        commit(tx, image).await
    }

    /// The same without having stored anything: the bytes are those of another image. `None` where that is gone, or the
    /// promise is.
    pub(crate) async fn settle_duplicate(
        &self,
        ctx: &Ctx,
        settling: &Settling<'_>,
        twin: ImageId,
    ) -> Result<Option<Image>, Failed> {
        let settled = self.settle_all(ctx, settling, Some(twin)).await;
        let (tx, image) = settled.map_err(|error| Failed::leaving(Left::Nothing, error))?;
        match image {
            Some(image) => commit(tx, image).await.map(Some),
            None => Ok(None),
        }
    }

    async fn settle_all(
        &self,
        ctx: &Ctx,
        settling: &Settling<'_>,
        twin: Option<ImageId>,
    ) -> Result<(Tx, Option<Image>), Error> {
        let Settling {
            upload,
            promise,
            spooled,
            ..
        } = *settling;
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        // Uploads are locked before images everywhere.
        if !finish_open_in(&tx, ctx, settling).await? {
            return Ok((tx, None));
        }
        let usage = sql::upload::SettleUsageParams {
            real: number(spooled.len())?,
            reserved: promise.reserved,
            owner: promise.owner.uuid(),
            quota: person.quota_bytes,
        };
        let (settle_usage, enqueue) = (sql::upload::settle_usage(), sql::upload::enqueue_processing());
        let id = promise.id.uuid();
        let (settled, key_held, counted, _) = try_join!(
            settle_row(&tx, ctx, settling, twin),
            async { Ok(finish_key_in(&tx, ctx, upload, promise, spooled).await?) },
            async { Ok(settle_usage.params(&*tx, &usage).await?) },
            async { Ok(enqueue.bind(&*tx, &id).one().await?) },
        )?;
        let Some(image) = settled else {
            return Ok((tx, None));
        };
        if !key_held {
            return Err(IdempotencyError::InFlight.into());
        }
        if counted == 0 {
            return Err(quota_exceeded(person.quota_bytes));
        }
        Ok((tx, Some(image)))
    }

    /// Takes back what was promised to an upload that failed, and says why it failed. When that is not possible
    /// now, the sweeper does it after the grace time.
    pub(crate) async fn take_back(&self, ctx: &Ctx, promise: &Promise, failed: Failed) -> Error {
        let Failed { left, error } = failed;
        let outcome = match left {
            Left::Unknown => Ok(()),
            Left::Nothing | Left::Object => self.free_promise(ctx, promise, left).await,
        };
        if let Err(release) = outcome {
            slog::warn!(ctx.log, "a failed upload is left to the sweeper"; "image" => %promise.id, "error" => %release);
        }
        if left == Left::Object {
            self.wake_sweeper.notify_one();
        }
        if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal) {
            slog::warn!(ctx.log, "an upload failed"; "image" => %promise.id, "left" => ?left, "error" => %error);
        }
        error
    }

    /// As the worker, because the caller's session may have ended meanwhile.
    async fn free_promise(&self, ctx: &Ctx, promise: &Promise, left: Left) -> Result<(), Error> {
        let tx = self.db.begin_system().await?;
        if self.drop_promise_in(&tx, ctx, promise, left).await? {
            sql::upload::release_key().bind(&*tx, &promise.id.uuid()).await?;
            let params = sql::upload::ReleaseBytesParams {
                reserved: promise.reserved,
                owner: promise.owner.uuid(),
            };
            sql::upload::release_bytes().params(&*tx, &params).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Drops the row of a promise, as far as nothing is stored under it: whether it was still there, and with it the bytes
    /// that are reserved for it.
    pub(crate) async fn drop_promise_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        promise: &Promise,
        left: Left,
    ) -> Result<bool, Error> {
        let (id, attempt) = (promise.id.uuid(), promise.attempt);
        let found = if left == Left::Nothing {
            let params = sql::upload::ForgetPendingParams { id, attempt };
            sql::upload::forget_pending().params(&**tx, &params).await?
        } else {
            let now = ctx.now();
            let params = sql::upload::AbandonPendingParams { now, id, attempt };
            sql::upload::abandon_pending().params(&**tx, &params).await?
        };
        if found == 0 && left == Left::Object {
            let now = ctx.now();
            let params = sql::upload::ReopenDeletingParams { now, id, attempt };
            sql::upload::reopen_deleting().params(&**tx, &params).await?;
        }
        Ok(found == 1)
    }
}

/// Marks the upload finished that the image is made of, if it is one; not where another node has taken that over.
async fn finish_open_in(tx: &Tx, ctx: &Ctx, settling: &Settling<'_>) -> Result<bool, Error> {
    let Some(upload) = settling.finishes else {
        return Ok(true);
    };
    let params = sql::uploads::FinishUploadParams {
        now: ctx.now(),
        id: upload.uuid(),
        attempt: settling.promise.attempt,
    };
    let finished = sql::uploads::finish_upload().params(&**tx, &params).opt().await?;
    Ok(finished.is_some())
}

async fn commit(tx: Tx, image: Image) -> Result<Image, Failed> {
    crash_point("before-t2");
    tx.commit()
        .await
        .map_err(|error| Failed::leaving(Left::Unknown, error))?;
    crash_point("after-t2");
    Ok(image)
}

/// The row of the image; none where the promise is gone, or the image that has the same bytes.
async fn settle_row(
    tx: &Tx,
    ctx: &Ctx,
    settling: &Settling<'_>,
    twin: Option<ImageId>,
) -> Result<Option<Image>, Error> {
    let Settling { promise, facts, .. } = *settling;
    let (width, height) = facts.upright_size();
    let (width, height) = (number(width)?, number(height)?);
    let (media_type, orientation) = (facts.media_type.as_str(), facts.orientation.into());
    let (frames, byte_size) = (number(facts.frames)?, number(settling.spooled.len())?);
    let sha256 = settling.spooled.sha256();
    let sha256 = sha256.bytes().as_slice();
    let (now, id, attempt) = (ctx.now(), promise.id.uuid(), promise.attempt);
    let row = match twin {
        None => {
            let row = sql::images::SettleImageParams {
                media_type,
                byte_size,
                width,
                height,
                orientation,
                frames,
                sha256,
                now,
                id,
                attempt,
            };
            let settle = sql::images::settle_image();
            settle.params(&**tx, &row).map(sql::image).opt().await?
        }
        Some(twin) => {
            let row = sql::images::SettleDuplicateParams {
                twin: twin.uuid(),
                owner: promise.owner.uuid(),
                sha256,
                media_type,
                byte_size,
                width,
                height,
                orientation,
                frames,
                now,
                id,
                attempt,
            };
            let settle = sql::images::settle_duplicate();
            settle.params(&**tx, &row).map(sql::image).opt().await?
        }
    };
    row.transpose()
}

/// Records what the key was used for; whether it is still this upload's.
async fn finish_key_in(
    tx: &Tx,
    ctx: &Ctx,
    upload: &Upload,
    promise: &Promise,
    spooled: &SpooledFile,
) -> Result<bool, deadpool_postgres::tokio_postgres::Error> {
    let Some(key) = &upload.key else {
        return Ok(true);
    };
    let fingerprint = fingerprint(upload, spooled.sha256());
    let params = sql::upload::FinishKeyParams {
        fingerprint: fingerprint.bytes().as_slice(),
        now: ctx.now(),
        owner: promise.owner.uuid(),
        key: key.as_str(),
        image: promise.id.uuid(),
    };
    Ok(sql::upload::finish_key().params(&**tx, &params).await? == 1)
}
