//! Receives a request body as parts of a resumable upload: each part is stored, then acknowledged by moving the offset.
use crate::{
    BodyError, Error, UploadError, Uploads,
    sql::{self, Params, number},
    uploads::{
        receive::{BodyChunk, MinRate},
        session::{MAX_PARTS, PART_MEDIA_TYPE, UploadSession, find_session_in},
    },
};
use aws_lc_rs::digest;
use bytes::Bytes;
use infravault_kernel::{Ctx, Id, Scope, UploadId};
use infravault_objects::{ObjectKey, Spool, SpooledFile};
use std::time::Duration;
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, timeout_at},
};
use uuid::Uuid;

/// Maximum size of a part in bytes: what is lost, and sent again, if a node crashes.
const PART_LEN: u64 = 8 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumAlgorithm {
    /// Detects transmission errors only.
    Sha1,
    Sha256,
}

/// The digest that the bytes of one request must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    pub algorithm: ChecksumAlgorithm,
    pub digest: Vec<u8>,
}

/// Receives the body of one request.
pub(super) struct ChunkedReceiver {
    uploads: Uploads,
    ctx: Ctx,
    id: UploadId,
    /// Length of the whole upload.
    len: u64,
    /// Acknowledged bytes of the upload.
    received: u64,
    /// Parts that are stored and not acknowledged.
    pending: Vec<Uuid>,
    pending_bytes: u64,
    checksum: Option<(Vec<u8>, digest::Context)>,
    /// Bytes after the end of the last part.
    rest: Bytes,
}

/// Why a part ends.
enum PartEnd {
    Full,
    BodyEnded,
    Failed(Error),
}

impl ChunkedReceiver {
    pub(super) fn new(
        uploads: Uploads,
        ctx: Ctx,
        session: &UploadSession,
        checksum: Option<Checksum>,
    ) -> Self {
        let checksum = checksum.map(|checksum| {
            let algorithm = match checksum.algorithm {
                ChecksumAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
                ChecksumAlgorithm::Sha256 => &digest::SHA256,
            };
            (checksum.digest, digest::Context::new(algorithm))
        });
        Self {
            uploads,
            ctx,
            id: session.id,
            len: session.len,
            received: session.received,
            pending: Vec::new(),
            pending_bytes: 0,
            checksum,
            rest: Bytes::new(),
        }
    }

    /// Receives the body. Parts that were not acknowledged at the end are discarded.
    pub(super) async fn receive(mut self, mut chunks: Receiver<BodyChunk>) -> Result<(), Error> {
        let outcome = self.receive_parts(&mut chunks).await;
        if !self.pending.is_empty() {
            let parts = std::mem::take(&mut self.pending);
            self.discard_parts(&parts).await;
        }
        outcome
    }

    async fn receive_parts(&mut self, chunks: &mut Receiver<BodyChunk>) -> Result<(), Error> {
        let mut rate = MinRate::new(&self.uploads.config);
        // With a checksum nothing is acknowledged before the end, so the whole body must arrive before the timeout.
        let mut deadline = self.deadline();
        loop {
            let missing = self.len - self.received - self.pending_bytes;
            let mut spool = self.uploads.objects.spool(PART_LEN.min(missing))?;
            let end = self.fill_part(&mut spool, &mut rate, deadline, chunks).await;
            let failed = matches!(end, PartEnd::Failed(_));
            if spool.received() > 0 && !(failed && self.checksum.is_some()) {
                self.store_part(spool.finish().await?).await?;
                if self.checksum.is_none() {
                    self.acknowledge().await?;
                    deadline = self.deadline();
                }
            }
            match end {
                PartEnd::Full => {}
                PartEnd::Failed(error) => return Err(error),
                PartEnd::BodyEnded => break,
            }
        }
        if let Some((expected, context)) = self.checksum.take() {
            if context.finish().as_ref() != expected.as_slice() {
                return Err(UploadError::ChecksumMismatch.into());
            }
            self.acknowledge().await?;
        }
        Ok(())
    }

    fn deadline(&self) -> Instant {
        // Adding a longer timeout could overflow.
        let year = Duration::from_hours(24 * 365);
        Instant::now() + self.uploads.config.upload_deadline.min(year)
    }

    async fn fill_part(
        &mut self,
        spool: &mut Spool,
        rate: &mut MinRate,
        deadline: Instant,
        chunks: &mut Receiver<BodyChunk>,
    ) -> PartEnd {
        loop {
            if self.rest.is_empty() {
                match timeout_at(deadline, rate.next_chunk(chunks)).await {
                    Ok(Ok(Some(Ok(Some(bytes))))) => self.rest = bytes,
                    Ok(Ok(Some(Ok(None)))) => return PartEnd::BodyEnded,
                    Ok(Ok(Some(Err(error))) | Err(error)) => return PartEnd::Failed(error.into()),
                    Ok(Ok(None)) => return PartEnd::Failed(BodyError::Interrupted.into()),
                    // A slow client above the minimum rate: acknowledging the bytes so far restarts the timeout.
                    Err(_) if self.checksum.is_none() && spool.received() > 0 => return PartEnd::Full,
                    Err(_) => return PartEnd::Failed(BodyError::TooSlow.into()),
                }
            }
            let missing = self.len - self.received - self.pending_bytes - spool.received();
            if missing == 0 && !self.rest.is_empty() {
                return PartEnd::Failed(BodyError::TooLarge { limit: self.len }.into());
            }
            let room = usize::try_from(missing.min(PART_LEN - spool.received())).unwrap_or(usize::MAX);
            let bytes = self.rest.split_to(room.min(self.rest.len()));
            if let Some((_, context)) = &mut self.checksum {
                context.update(&bytes);
            }
            if let Err(error) = spool.write(bytes).await {
                return PartEnd::Failed(error.into());
            }
            if spool.received() == PART_LEN {
                return PartEnd::Full;
            }
        }
    }

    /// Inserts the row of a part, then stores the part.
    async fn store_part(&mut self, spooled: SpooledFile) -> Result<(), Error> {
        let part = uuid::Builder::from_random_bytes(self.ctx.random()).into_uuid();
        let (tx, actor) = self.uploads.db.begin(&self.ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let sha256 = spooled.sha256();
        let params = sql::upload_sessions::ReserveChunkParams {
            id: self.id.uuid(),
            received: number(self.received)?,
            max: MAX_PARTS,
            part,
            position: number(self.received + self.pending_bytes)?,
            len: number(spooled.len())?,
            sha256: sha256.bytes().as_slice(),
            due: self.ctx.now() + self.uploads.config.upload_grace,
        };
        if sql::upload_sessions::reserve_chunk()
            .params(&*tx, &params)
            .await?
            == 0
        {
            drop(tx);
            let detail = format!(
                "An upload can have {MAX_PARTS} parts. Create another one and send more bytes per request."
            );
            return Err(self.conflict_or(UploadError::LimitReached(detail)).await);
        }
        tx.commit().await?;
        let key = ObjectKey::Incoming {
            upload: self.id,
            part,
        };
        if let Err(error) = self.uploads.objects.store(&key, &spooled, PART_MEDIA_TYPE).await {
            self.discard_parts(&[part]).await;
            return Err(error.into());
        }
        self.pending.push(part);
        self.pending_bytes += spooled.len();
        Ok(())
    }

    /// Moves the offset past the stored parts. If another request has moved it before, the parts are discarded.
    async fn acknowledge(&mut self) -> Result<(), Error> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let parts = std::mem::take(&mut self.pending);
        let (tx, actor) = self.uploads.db.begin(&self.ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let params = sql::upload_sessions::AdvanceOffsetParams {
            parts: parts.as_slice(),
            id: self.id.uuid(),
            len: number(self.pending_bytes)?,
            expires: self.ctx.now() + self.uploads.config.upload_expiry,
            received: number(self.received)?,
            count: number(parts.len())?,
        };
        let acknowledged = sql::upload_sessions::advance_offset()
            .params(&*tx, &params)
            .await?;
        if usize::try_from(acknowledged).is_ok_and(|acknowledged| acknowledged == parts.len()) {
            // If the outcome of this COMMIT is unknown, the parts stay: the sweeper deletes those that are not acknowledged.
            tx.commit().await?;
            self.received += self.pending_bytes;
            self.pending_bytes = 0;
            return Ok(());
        }
        drop(tx);
        self.discard_parts(&parts).await;
        // If the offset has not moved, the sweeper has discarded the parts.
        Err(self.conflict_or(BodyError::Abandoned).await)
    }

    /// The error of a request that lost a race for the offset, or `error` if the offset has not moved.
    async fn conflict_or(&self, error: impl Into<Error>) -> Error {
        match self.find_session().await {
            Ok(session) if session.received == self.received => error.into(),
            Ok(session) => UploadError::OffsetMismatch {
                received: session.received,
            }
            .into(),
            Err(error) => error,
        }
    }

    async fn find_session(&self) -> Result<UploadSession, Error> {
        let tx = self.uploads.db.begin_system().await?;
        UploadSession::from_row(find_session_in(&tx, self.id).await?, self.ctx.now())
    }

    /// Leaves parts that are not acknowledged to the sweeper. If this fails, the sweeper finds them later.
    async fn discard_parts(&self, parts: &[Uuid]) {
        let discard = async {
            let tx = self.uploads.db.begin_system().await?;
            let params = sql::upload_sessions::DiscardReservedPartsParams {
                now: self.ctx.now(),
                parts,
            };
            sql::upload_sessions::discard_reserved_parts()
                .params(&*tx, &params)
                .await?;
            tx.commit().await?;
            Ok::<(), Error>(())
        };
        if let Err(error) = discard.await {
            slog::warn!(self.ctx.log, "discarding parts of an upload failed; left to the sweeper";
                "upload" => %self.id, "error" => %error);
        }
        self.uploads.wake_sweeper.notify_one();
    }
}
