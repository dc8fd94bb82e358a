//! The upload pipeline: reserve → receive → inspect → deduplicate or store → finalize.
use super::{
    finalize::{IngestError, Received},
    receive::inspect,
    reserve::{Cleanup, Reservation, UploadStart, delete_pending_in},
    source::UploadSource,
};
use crate::{Error, Uploads, model::Uploaded};
use infravault_kernel::{Ctx, DomainError, ErrorKind, Scope, crash_point};

/// How often another image with the same bytes is looked up, if the one found is deleted meanwhile.
const DUPLICATE_LOOKUPS: u8 = 3;

impl Uploads {
    /// Makes an image of the bytes of a source. A returned image is stored durably. After an error the reservation is
    /// rolled back, at once or by the sweeper.
    ///
    /// Two uploads of the same bytes at the same moment may both store them, because neither sees the other.
    pub(super) async fn ingest(&self, ctx: &Ctx, source: &mut impl UploadSource) -> Result<Uploaded, Error> {
        let reservation = match self.reserve(ctx, source).await? {
            UploadStart::Reserved(reservation) => reservation,
            UploadStart::Finished(image) => return source.replay(ctx, image).await,
        };
        let ingest = async {
            let spooled = source
                .receive(ctx, &reservation)
                .await
                .map_err(IngestError::with(Cleanup::Row))?;
            let facts = inspect(&spooled, &self.config.limits)
                .await
                .map_err(IngestError::with(Cleanup::Row))?;
            let received = Received {
                reservation,
                spooled,
                facts,
            };
            let mut lookups = DUPLICATE_LOOKUPS;
            loop {
                let duplicate = self.deduplicate_or_store(ctx, &received, lookups > 0).await?;
                if let Some(image) = self.finalize(ctx, source, &received, duplicate).await? {
                    let duplicate_of = duplicate;
                    return Ok(Uploaded { image, duplicate_of });
                }
                lookups = lookups.saturating_sub(1);
            }
        };
        match ingest.await {
            Ok(uploaded) => {
                crash_point("before-answer");
                Ok(uploaded)
            }
            Err(failed) => Err(self.roll_back(ctx, source, &reservation, failed).await),
        }
    }

    /// The first transaction.
    async fn reserve(&self, ctx: &Ctx, source: &mut impl UploadSource) -> Result<UploadStart, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let principal = actor.require_scope(Scope::ImagesWrite)?;
        let start = source.reserve_in(ctx, &tx, principal).await?;
        if matches!(start, UploadStart::Reserved(_)) {
            crash_point("before-t1");
            tx.commit().await?;
            crash_point("after-t1");
        }
        Ok(start)
    }

    /// Releases the reservation of a failed upload and returns the error to answer with. If the reservation cannot be
    /// released now, the sweeper releases it after the grace time.
    async fn roll_back(
        &self,
        ctx: &Ctx,
        source: &impl UploadSource,
        reservation: &Reservation,
        IngestError { cleanup, error }: IngestError,
    ) -> Error {
        if cleanup != Cleanup::LeaveToSweeper
            && let Err(rollback) = self
                .release_reservation(ctx, source, reservation, cleanup, &error)
                .await
        {
            slog::warn!(ctx.log, "rollback of an upload failed; left to the sweeper";
                "image" => %reservation.image, "error" => %rollback);
        }
        if cleanup == Cleanup::Object {
            self.wake_sweeper.notify_one();
        }
        if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal) {
            slog::warn!(ctx.log, "upload failed";
                "image" => %reservation.image, "cleanup" => ?cleanup, "error" => %error);
        }
        error
    }

    /// Runs as the worker role, because the caller's session may have ended meanwhile.
    async fn release_reservation(
        &self,
        ctx: &Ctx,
        source: &impl UploadSource,
        reservation: &Reservation,
        cleanup: Cleanup,
        error: &Error,
    ) -> Result<(), Error> {
        let tx = self.db.begin_system().await?;
        source.lock_in(&tx).await?;
        let released = delete_pending_in(&tx, ctx, reservation, cleanup).await?;
        source
            .roll_back_in(ctx, &tx, reservation, released, error)
            .await?;
        Ok(tx.commit().await?)
    }
}
