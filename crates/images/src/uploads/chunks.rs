//! Storing what comes in chunks, and moving the offset over each when the store has acknowledged it.
use super::{Checksum, ChecksumAlgorithm, MOST_PIECES, OpenUpload, PIECE_TYPE, UploadError, find_in, living};
use crate::{
    BodyError, Error, Uploads,
    sql::{self, Params, number},
    uploads::receive::{Pace, Piece},
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

/// Bytes of a chunk: what a node that dies can lose, and what is sent again then.
const CHUNK: u64 = 8 << 20;

/// One request's bytes on their way.
pub(super) struct Taking {
    images: Uploads,
    ctx: Ctx,
    id: UploadId,
    /// How many bytes the upload will have.
    len: u64,
    /// How many are acknowledged.
    received: u64,
    /// Chunks that are stored and not acknowledged, with their bytes.
    waiting: Vec<Uuid>,
    waiting_bytes: u64,
    checksum: Option<(Vec<u8>, digest::Context)>,
    /// What came beyond the end of a chunk.
    rest: Bytes,
}

/// Why a chunk ends where it does.
enum Stop {
    /// It is full.
    Full,
    /// Nothing more comes.
    End,
    /// The rest did not arrive.
    Broken(Error),
}

impl Taking {
    pub(super) fn new(images: Uploads, ctx: Ctx, upload: &OpenUpload, checksum: Option<Checksum>) -> Self {
        let checksum = checksum.map(|checksum| {
            let algorithm = match checksum.algorithm {
                ChecksumAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
                ChecksumAlgorithm::Sha256 => &digest::SHA256,
            };
            (checksum.digest, digest::Context::new(algorithm))
        });
        Self {
            images,
            ctx,
            id: upload.id,
            len: upload.len,
            received: upload.received,
            waiting: Vec::new(),
            waiting_bytes: 0,
            checksum,
            rest: Bytes::new(),
        }
    }

    /// Takes everything in. Nothing that this leaves unacknowledged is part of the upload; it is deleted.
    pub(super) async fn run(mut self, mut source: Receiver<Piece>) -> Result<(), Error> {
        let outcome = self.take_all(&mut source).await;
        if !self.waiting.is_empty() {
            let pieces = std::mem::take(&mut self.waiting);
            self.drop_chunks(&pieces).await;
        }
        outcome
    }

    async fn take_all(&mut self, source: &mut Receiver<Piece>) -> Result<(), Error> {
        let mut pace = Pace::new(&self.images.config);
        // With a checksum nothing is kept before all has come, so all must come in the time of one upload.
        let mut deadline = self.deadline();
        loop {
            let missing = self.len - self.received - self.waiting_bytes;
            let mut spool = self.images.objects.spool(CHUNK.min(missing))?;
            let stop = self.fill(&mut spool, &mut pace, deadline, source).await;
            let broken = matches!(stop, Stop::Broken(_));
            if spool.received() > 0 && !(broken && self.checksum.is_some()) {
                self.store(spool.finish().await?).await?;
                if self.checksum.is_none() {
                    self.acknowledge().await?;
                    deadline = self.deadline();
                }
            }
            match stop {
                Stop::Full => {}
                Stop::Broken(error) => return Err(error),
                Stop::End => break,
            }
        }
        if let Some((wanted, context)) = self.checksum.take() {
            if context.finish().as_ref() != wanted.as_slice() {
                return Err(UploadError::Checksum.into());
            }
            self.acknowledge().await?;
        }
        Ok(())
    }

    fn deadline(&self) -> Instant {
        // Longer than anybody waits, where it is longer than there is time.
        let year = Duration::from_hours(24 * 365);
        Instant::now() + self.images.config.upload_deadline.min(year)
    }

    /// Fills a chunk, until it is full or nothing more comes.
    async fn fill(
        &mut self,
        spool: &mut Spool,
        pace: &mut Pace,
        deadline: Instant,
        source: &mut Receiver<Piece>,
    ) -> Stop {
        loop {
            if self.rest.is_empty() {
                match timeout_at(deadline, pace.wait_for(source)).await {
                    Ok(Ok(Some(Ok(Some(bytes))))) => self.rest = bytes,
                    Ok(Ok(Some(Ok(None)))) => return Stop::End,
                    Ok(Ok(Some(Err(fault))) | Err(fault)) => return Stop::Broken(fault.into()),
                    Ok(Ok(None)) => return Stop::Broken(BodyError::Interrupted.into()),
                    // Slow, but not too slow: what has come is acknowledged, and there is time for the rest.
                    Err(_) if self.checksum.is_none() && spool.received() > 0 => return Stop::Full,
                    Err(_) => return Stop::Broken(BodyError::TooSlow.into()),
                }
            }
            let wanted = self.len - self.received - self.waiting_bytes - spool.received();
            if wanted == 0 && !self.rest.is_empty() {
                return Stop::Broken(BodyError::TooLarge { limit: self.len }.into());
            }
            let room = usize::try_from(wanted.min(CHUNK - spool.received())).unwrap_or(usize::MAX);
            let bytes = self.rest.split_to(room.min(self.rest.len()));
            if let Some((_, context)) = &mut self.checksum {
                context.update(&bytes);
            }
            if let Err(error) = spool.write(bytes).await {
                return Stop::Broken(error.into());
            }
            if spool.received() == CHUNK {
                return Stop::Full;
            }
        }
    }

    /// Writes a chunk down, then stores it.
    async fn store(&mut self, chunk: SpooledFile) -> Result<(), Error> {
        let piece = uuid::Builder::from_random_bytes(self.ctx.random()).into_uuid();
        let (tx, actor) = self.images.db.begin(&self.ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let sha256 = chunk.sha256();
        let params = sql::uploads::PromiseChunkParams {
            id: self.id.uuid(),
            received: number(self.received)?,
            most: MOST_PIECES,
            piece,
            place: number(self.received + self.waiting_bytes)?,
            len: number(chunk.len())?,
            sha256: sha256.bytes().as_slice(),
            due: self.ctx.now() + self.images.config.upload_grace,
        };
        if sql::uploads::promise_chunk().params(&*tx, &params).await? == 0 {
            drop(tx);
            let many = format!(
                "An upload may come in {MOST_PIECES} pieces; begin another one and send more at a time."
            );
            return Err(self.overtaken(UploadError::TooMany(many)).await);
        }
        tx.commit().await?;
        let key = ObjectKey::Incoming {
            upload: self.id,
            part: piece,
        };
        if let Err(error) = self.images.objects.store(&key, &chunk, PIECE_TYPE).await {
            self.drop_chunks(&[piece]).await;
            return Err(error.into());
        }
        self.waiting.push(piece);
        self.waiting_bytes += chunk.len();
        Ok(())
    }

    /// Moves the offset over what is stored. Whoever finds it moved already has lost, and their chunks go.
    async fn acknowledge(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let pieces = std::mem::take(&mut self.waiting);
        let (tx, actor) = self.images.db.begin(&self.ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let params = sql::uploads::AdvanceParams {
            pieces: pieces.as_slice(),
            id: self.id.uuid(),
            len: number(self.waiting_bytes)?,
            expires: self.ctx.now() + self.images.config.upload_expiry,
            received: number(self.received)?,
            many: number(pieces.len())?,
        };
        let moved = sql::uploads::advance().params(&*tx, &params).await?;
        if usize::try_from(moved).is_ok_and(|moved| moved == pieces.len()) {
            // Where the answer to this is lost nobody knows whether the offset has moved, so the chunks stay: the sweeper
            // finds those that are not part of the upload.
            tx.commit().await?;
            self.received += self.waiting_bytes;
            self.waiting_bytes = 0;
            return Ok(());
        }
        drop(tx);
        self.drop_chunks(&pieces).await;
        // Where nobody has moved the offset, the sweeper gave the chunks up.
        Err(self.overtaken(BodyError::GivenUp).await)
    }

    /// What is to be said to whoever finds that the upload is not where they thought, or where it is: `unmoved`.
    async fn overtaken(&self, unmoved: impl Into<Error>) -> Error {
        match self.look().await {
            Ok(upload) if upload.received == self.received => unmoved.into(),
            Ok(upload) => UploadError::Offset {
                received: upload.received,
            }
            .into(),
            Err(error) => error,
        }
    }

    async fn look(&self) -> Result<OpenUpload, Error> {
        let tx = self.images.db.begin_system().await?;
        living(find_in(&tx, self.id).await?, self.ctx.now())
    }

    /// Leaves chunks to the sweeper that are not part of the upload. Where that is not possible now, it finds them later.
    async fn drop_chunks(&self, pieces: &[Uuid]) {
        let dropped = async {
            let tx = self.images.db.begin_system().await?;
            let params = sql::uploads::DropWrittenParams {
                now: self.ctx.now(),
                pieces,
            };
            sql::uploads::drop_written().params(&*tx, &params).await?;
            tx.commit().await?;
            Ok::<(), Error>(())
        };
        if let Err(error) = dropped.await {
            slog::warn!(self.ctx.log, "chunks of an upload are left to the sweeper";
                "upload" => %self.id, "error" => %error);
        }
        self.images.wake_sweeper.notify_one();
    }
}
