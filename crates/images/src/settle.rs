//! How an upload ends: settled, or its promise taken back.
use crate::{
    BodyFault, Error, IdempotencyFault, Image, Images, Upload,
    idempotency::fingerprint,
    sql::{self, Params, number},
    upload::{Promise, quota_exceeded},
};
use futures_util::try_join;
use infravault_db::Tx;
use infravault_imaging::Facts;
use infravault_kernel::{Ctx, Failure, Id, Kind, Scope};
use infravault_objects::Spooled;

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
}

impl Images {
    /// Step 6, the second transaction: the picture exists, its bytes count, its key is used.
    pub(crate) async fn settle(
        &self,
        ctx: &Ctx,
        upload: &Upload,
        promise: &Promise,
        spooled: &Spooled,
        facts: &Facts,
    ) -> Result<Image, Failed> {
        let (tx, image) = self
            .settle_all(ctx, upload, promise, spooled, facts)
            .await
            .map_err(|error| Failed::leaving(Left::Object, error))?;
        tx.commit()
            .await
            .map_err(|error| Failed::leaving(Left::Unknown, error))?;
        Ok(image)
    }

    async fn settle_all(
        &self,
        ctx: &Ctx,
        upload: &Upload,
        promise: &Promise,
        spooled: &Spooled,
        facts: &Facts,
    ) -> Result<(Tx, Image), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.with_scope(Scope::ImagesWrite)?;
        let (width, height) = facts.upright_size();
        let sha256 = spooled.sha256();
        let row = sql::images::SettleImageParams {
            media_type: facts.media_type.as_str(),
            byte_size: number(spooled.len())?,
            width: number(width)?,
            height: number(height)?,
            orientation: facts.orientation.into(),
            frames: number(facts.frames)?,
            sha256: sha256.bytes().as_slice(),
            now: ctx.now(),
            id: promise.id.uuid(),
            attempt: promise.attempt,
        };
        let usage = sql::upload::SettleUsageParams {
            real: number(spooled.len())?,
            reserved: promise.reserved,
            owner: promise.owner.uuid(),
            quota: person.quota_bytes,
        };
        let (settle_image, settle_usage) = (sql::images::settle_image(), sql::upload::settle_usage());
        let (settled, key_held, counted) = try_join!(
            settle_image.params(&*tx, &row).map(sql::image).opt(),
            finish_key_in(&tx, ctx, upload, promise, spooled),
            settle_usage.params(&*tx, &usage),
        )?;
        if !key_held {
            return Err(IdempotencyFault::InFlight.into());
        }
        // No row: the sweeper gave the upload up while it was under way.
        let image = settled.ok_or(BodyFault::GivenUp)??;
        if counted == 0 {
            return Err(quota_exceeded(person.quota_bytes));
        }
        Ok((tx, image))
    }

    /// Takes back what was promised to an upload that failed, and says why it failed. When that is not possible
    /// now, the sweeper does it after the grace time.
    pub(crate) async fn take_back(&self, ctx: &Ctx, promise: &Promise, failed: Failed) -> Error {
        let Failed { left, error } = failed;
        let outcome = match left {
            Left::Unknown => Ok(()),
            Left::Nothing | Left::Object => self.release(ctx, promise, left).await,
        };
        if let Err(release) = outcome {
            slog::warn!(ctx.log, "a failed upload is left to the sweeper"; "image" => %promise.id, "error" => %release);
        }
        if left == Left::Object {
            self.nudge.notify_one();
        }
        if matches!(error.kind(), Kind::Unavailable | Kind::Internal) {
            slog::warn!(ctx.log, "an upload failed"; "image" => %promise.id, "left" => ?left, "error" => %error);
        }
        error
    }

    /// As the worker, because the caller's session may have ended meanwhile.
    async fn release(&self, ctx: &Ctx, promise: &Promise, left: Left) -> Result<(), Error> {
        let tx = self.db.begin_system().await?;
        let (id, attempt) = (promise.id.uuid(), promise.attempt);
        let found = if left == Left::Nothing {
            let params = sql::upload::ForgetPendingParams { id, attempt };
            sql::upload::forget_pending().params(&*tx, &params).await?
        } else {
            let now = ctx.now();
            let params = sql::upload::AbandonPendingParams { now, id, attempt };
            sql::upload::abandon_pending().params(&*tx, &params).await?
        };
        if found == 1 {
            sql::upload::release_key().bind(&*tx, &id).await?;
            let params = sql::upload::ReleaseBytesParams {
                reserved: promise.reserved,
                owner: promise.owner.uuid(),
            };
            sql::upload::release_bytes().params(&*tx, &params).await?;
        } else if left == Left::Object {
            let now = ctx.now();
            let params = sql::upload::ReopenDeletingParams { now, id, attempt };
            sql::upload::reopen_deleting().params(&*tx, &params).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Records what the key was used for; whether it is still this upload's.
async fn finish_key_in(
    tx: &Tx,
    ctx: &Ctx,
    upload: &Upload,
    promise: &Promise,
    spooled: &Spooled,
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
