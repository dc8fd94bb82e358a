//! The second transaction: the upload becomes an image.
use super::{
    reserve::{Cleanup, Reservation, quota_exceeded},
    source::UploadSource,
};
use crate::{
    BodyError, Error, Image, Uploads,
    sql::{self, Params, number},
};
use futures_util::try_join;
use infravault_db::Tx;
use infravault_imaging::ImageInfo;
use infravault_kernel::{Ctx, Id, ImageId, Scope, crash_point};
use infravault_objects::SpooledFile;

/// Why an upload failed after its reservation, and what must be cleaned up.
#[derive(Debug)]
pub(super) struct IngestError {
    pub(super) cleanup: Cleanup,
    pub(super) error: Error,
}

impl IngestError {
    pub(super) fn with<E: Into<Error>>(cleanup: Cleanup) -> impl Fn(E) -> Self {
        move |error| Self {
            cleanup,
            error: error.into(),
        }
    }
}

/// An upload whose bytes have arrived.
pub(super) struct Received {
    pub(super) reservation: Reservation,
    pub(super) spooled: SpooledFile,
    pub(super) facts: ImageInfo,
}

impl Uploads {
    /// Commits the image, its usage and its processing job. `duplicate` shares its object with the image. Returns `None` if
    /// the duplicate was deleted meanwhile.
    pub(super) async fn finalize(
        &self,
        ctx: &Ctx,
        source: &impl UploadSource,
        received: &Received,
        duplicate: Option<ImageId>,
    ) -> Result<Option<Image>, IngestError> {
        let cleanup = match duplicate {
            Some(_) => Cleanup::Row,
            None => Cleanup::Object,
        };
        let (tx, actor) = self.db.begin(ctx).await.map_err(IngestError::with(cleanup))?;
        let finalized = async {
            let principal = actor.require_scope(Scope::ImagesWrite)?;
            source.lock_in(&tx).await?;
            let Received {
                reservation, spooled, ..
            } = received;
            let usage = sql::upload::FinalizeUsageParams {
                real: number(spooled.len())?,
                reserved: reservation.bytes,
                owner: reservation.owner.uuid(),
                quota: principal.quota_bytes,
            };
            let (finalize_usage, enqueue) =
                (sql::upload::finalize_usage(), sql::upload::enqueue_processing());
            let id = reservation.image.uuid();
            let (image, joined, counted, _) = try_join!(
                finalize_image_in(&tx, ctx, received, duplicate),
                async { Ok(source.finalize_in(ctx, &tx, reservation, spooled).await) },
                async { Ok(finalize_usage.params(&*tx, &usage).await?) },
                async { Ok(enqueue.bind(&*tx, &id).one().await?) },
            )?;
            match image {
                None if duplicate.is_none() => Err(BodyError::Abandoned.into()),
                None => Ok(None),
                Some(image) => {
                    joined?;
                    if counted == 0 {
                        return Err(quota_exceeded(principal));
                    }
                    Ok(Some(image))
                }
            }
        };
        let Some(image) = finalized.await.map_err(IngestError::with(cleanup))? else {
            return Ok(None);
        };
        crash_point("before-t2");
        tx.commit()
            .await
            .map_err(IngestError::with(Cleanup::LeaveToSweeper))?;
        crash_point("after-t2");
        Ok(Some(image))
    }
}

/// Returns `None` if the sweeper released the reservation, or if the duplicate was deleted.
async fn finalize_image_in(
    tx: &Tx,
    ctx: &Ctx,
    received: &Received,
    duplicate: Option<ImageId>,
) -> Result<Option<Image>, Error> {
    let Received {
        reservation,
        spooled,
        facts,
    } = received;
    let (width, height) = facts.upright_size();
    let (width, height) = (number(width)?, number(height)?);
    let (media_type, orientation) = (facts.media_type.as_str(), facts.orientation.into());
    let (frames, byte_size) = (number(facts.frames)?, number(spooled.len())?);
    let sha256 = spooled.sha256();
    let sha256 = sha256.bytes().as_slice();
    let (now, id, attempt) = (ctx.now(), reservation.image.uuid(), reservation.attempt);
    let row = match duplicate {
        None => {
            let row = sql::images::FinalizeImageParams {
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
            let finalize = sql::images::finalize_image();
            finalize.params(&**tx, &row).map(sql::image).opt().await?
        }
        Some(duplicate) => {
            let row = sql::images::FinalizeDuplicateParams {
                duplicate: duplicate.uuid(),
                owner: reservation.owner.uuid(),
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
            let finalize = sql::images::finalize_duplicate();
            finalize.params(&**tx, &row).map(sql::image).opt().await?
        }
    };
    row.transpose()
}
