//! Uploads whose bytes arrive with one request.
use super::{
    idempotency::KeyClaim,
    permits::UploadPermit,
    receive::{BodyChunk, CHUNK_BUFFER, pump, receive},
    request::UploadRequest,
    reserve::{Reservation, UploadStart, insert_pending_in, release_bytes_in, reserve_bytes_in},
    source::UploadSource,
    task::spawn_detached,
};
use crate::{
    BodyError, Error, IdempotencyError, Uploads,
    model::Uploaded,
    sql::{self, number},
};
use bytes::Bytes;
use futures_util::{Stream, try_join};
use infravault_db::Tx;
use infravault_kernel::{AccessError, Credential, Ctx, Id, ImageId, Principal, Scope};
use infravault_objects::{Spool, SpooledFile};
use tokio::sync::mpsc::{self, Receiver};

impl Uploads {
    /// Stores an image. A returned image is stored durably.
    ///
    /// If the caller stops waiting, the upload continues: the image is stored, or its reservation is rolled back.
    pub async fn upload(
        &self,
        ctx: &Ctx,
        request: UploadRequest,
        body: impl Stream<Item = Result<Bytes, BodyError>>,
    ) -> Result<Uploaded, Error> {
        let spool = self.admit(ctx, &request)?;
        let (sender, chunks) = mpsc::channel(CHUNK_BUFFER);
        let mut source = RequestBody {
            uploads: self.clone(),
            request,
            spool: Some(spool),
            chunks,
            permit: None,
            recorded_fingerprint: None,
        };
        let (uploads, owned_ctx) = (self.clone(), ctx.clone());
        let ingest = spawn_detached(ctx, async move { uploads.ingest(&owned_ctx, &mut source).await });
        pump(body, sender).await;
        ingest.await
    }

    /// Fails if the caller may not upload at all, for callers that do costly work before they upload.
    pub async fn check_may_upload(&self, ctx: &Ctx) -> Result<(), Error> {
        let (_, actor) = self.db.begin(ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        Ok(())
    }

    /// Checks everything that needs no database.
    fn admit(&self, ctx: &Ctx, request: &UploadRequest) -> Result<Spool, Error> {
        if ctx.credential == Credential::Anonymous {
            return Err(AccessError::AuthenticationRequired.into());
        }
        let limit = self.config.max_upload_bytes;
        if request.min_len > limit {
            return Err(BodyError::TooLarge { limit }.into());
        }
        let limit = request.max_len.map_or(limit, |max| max.min(limit));
        Ok(self.objects.spool(limit)?)
    }
}

/// The body of one request, with its quota, its permit and its idempotency key.
struct RequestBody {
    uploads: Uploads,
    request: UploadRequest,
    /// Taken when the body is received.
    spool: Option<Spool>,
    chunks: Receiver<BodyChunk>,
    permit: Option<UploadPermit>,
    /// The fingerprint of an earlier upload with the same idempotency key.
    recorded_fingerprint: Option<Vec<u8>>,
}

impl RequestBody {
    async fn receive_body(&mut self) -> Result<SpooledFile, Error> {
        let spool = self.spool.take().ok_or(BodyError::Interrupted)?;
        receive(spool, &mut self.chunks, &self.uploads.config).await
    }
}

impl UploadSource for RequestBody {
    async fn reserve_in(&mut self, ctx: &Ctx, tx: &Tx, principal: &Principal) -> Result<UploadStart, Error> {
        self.permit = Some(self.uploads.limiter.acquire(principal.account)?);
        let reservation = Reservation::new(ctx, principal.account, number(self.request.min_len)?);
        if let Some(key) = &self.request.key {
            let claim = key.claim_in(tx, ctx, &self.uploads.config, &reservation).await?;
            if let KeyClaim::Finished { image, fingerprint } = claim {
                self.recorded_fingerprint = fingerprint;
                return Ok(UploadStart::Finished(image));
            }
        }
        try_join!(
            reserve_bytes_in(tx, principal, reservation.bytes),
            insert_pending_in(tx, ctx, &reservation, &self.request.image)
        )?;
        Ok(UploadStart::Reserved(reservation))
    }

    /// Returns the current image if bytes and metadata are those of the earlier upload.
    async fn replay(&mut self, ctx: &Ctx, image: ImageId) -> Result<Uploaded, Error> {
        let body = self.receive_body().await?.sha256();
        let fingerprint = self.request.fingerprint(body);
        if self.recorded_fingerprint.as_deref() != Some(fingerprint.bytes().as_slice()) {
            return Err(IdempotencyError::Mismatch.into());
        }
        match self.uploads.find_uploaded(ctx, image).await {
            Err(Error::NotFound) => Err(IdempotencyError::Gone.into()),
            found => found,
        }
    }

    async fn receive(&mut self, _ctx: &Ctx, _reservation: &Reservation) -> Result<SpooledFile, Error> {
        let spooled = self.receive_body().await?;
        match self.request.digest {
            Some(digest) if digest != spooled.sha256() => Err(BodyError::DigestMismatch.into()),
            _ => Ok(spooled),
        }
    }

    async fn finalize_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        reservation: &Reservation,
        spooled: &SpooledFile,
    ) -> Result<(), Error> {
        let Some(key) = &self.request.key else {
            return Ok(());
        };
        let fingerprint = self.request.fingerprint(spooled.sha256());
        key.finish_in(tx, ctx, reservation, fingerprint).await
    }

    async fn roll_back_in(
        &self,
        _ctx: &Ctx,
        tx: &Tx,
        reservation: &Reservation,
        released: bool,
        _error: &Error,
    ) -> Result<(), Error> {
        if released {
            sql::upload::release_key()
                .bind(&**tx, &reservation.image.uuid())
                .await?;
            release_bytes_in(tx, reservation.owner, reservation.bytes).await?;
        }
        Ok(())
    }
}
