//! Finishes upload sessions: the pipeline with the stored parts as the source of bytes.
use super::{StoredPart, end::end_session_in, list_parts_in, lock_session_in, new_image};
use crate::{
    BodyError, Error, UploadError, Uploads,
    model::{SessionState, UploadKind, Uploaded},
    sql::{self, Params, number},
    uploads::{
        reserve::{
            Reservation, UploadStart, abandon_pending_in, insert_pending_in, release_bytes_in,
            reserve_bytes_in,
        },
        source::UploadSource,
        task::spawn_detached,
    },
};
use futures_util::TryStreamExt;
use infravault_db::Tx;
use infravault_imaging::PrescanError;
use infravault_kernel::{Ctx, Id, ImageId, Principal, Sha256, UploadId};
use infravault_objects::{Spool, SpooledFile};
use std::time::Duration;
use tokio::{task::JoinSet, time::Instant};
use uuid::Uuid;

/// How long a claim lasts, in seconds, by the clock of the database, which all nodes share.
const CLAIM_SECONDS: f64 = 15.0;
const CLAIM_RENEWAL: Duration = Duration::from_secs(5);
/// How long a request waits for another one that finishes the session; longer than the claim of a node that crashed.
const MAX_WAIT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(200);

impl Uploads {
    /// Makes an image of an upload session whose bytes have all arrived. A repeated call returns the same image. If the
    /// bytes are rejected, the session ends; after any other error it stays open and can be finished later.
    pub async fn finish_upload_session(&self, ctx: &Ctx, id: UploadId) -> Result<Uploaded, Error> {
        let deadline = Instant::now() + MAX_WAIT;
        loop {
            let (uploads, owned_ctx) = (self.clone(), ctx.clone());
            let ingest = spawn_detached(ctx, async move {
                let mut source = SessionParts::new(uploads.clone(), id);
                let outcome = uploads.ingest(&owned_ctx, &mut source).await;
                if !source.parts.is_empty() {
                    uploads.wake_sweeper.notify_one();
                }
                outcome
            });
            match ingest.await {
                Err(Error::Upload(UploadError::Busy)) if Instant::now() < deadline => {
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
                outcome => return outcome,
            }
        }
    }
}

/// The parts of a session that this node finishes. Empty until the session is claimed.
struct SessionParts {
    uploads: Uploads,
    id: UploadId,
    len: u64,
    digest: Option<Sha256>,
    parts: Vec<StoredPart>,
    /// Whether a node hashed the parts before it acknowledged them: a corrupt part is then not the client's fault.
    verified: bool,
    /// Renews the claim until this is dropped.
    renewal: JoinSet<()>,
}

impl SessionParts {
    fn new(uploads: Uploads, id: UploadId) -> Self {
        Self {
            uploads,
            id,
            len: 0,
            digest: None,
            parts: Vec::new(),
            verified: false,
            renewal: JoinSet::new(),
        }
    }

    fn start_renewal(&mut self, attempt: Uuid) {
        let (db, id) = (self.uploads.db.clone(), self.id.uuid());
        self.renewal.spawn(async move {
            loop {
                tokio::time::sleep(CLAIM_RENEWAL).await;
                let params = sql::upload_sessions::RenewClaimParams {
                    seconds: CLAIM_SECONDS,
                    id,
                    attempt,
                };
                // A lost claim costs duplicate work only.
                if let Ok(tx) = db.begin_system().await
                    && sql::upload_sessions::renew_claim()
                        .params(&*tx, &params)
                        .await
                        .is_ok()
                {
                    let _ = tx.commit().await;
                }
            }
        });
    }

    async fn read_part(&self, part: &StoredPart, spool: &mut Spool) -> Result<(), infravault_objects::Error> {
        let mut hasher = Sha256::hasher();
        let mut bytes = self.uploads.objects.read(&part.key, part.len, None).await?;
        while let Some(chunk) = bytes.try_next().await? {
            hasher.update(&chunk);
            spool.write(chunk).await?;
        }
        if hasher.finish() != part.sha256 {
            return Err(infravault_objects::Error::Corrupt {
                key: part.key.path(),
                reason: "has another SHA-256".to_owned(),
            });
        }
        Ok(())
    }

    /// A corrupt object that a client could write is the client's error. One that a node wrote is an error of the store, and
    /// the session stays open.
    fn part_error(&self, ctx: &Ctx, part: &StoredPart, error: infravault_objects::Error) -> Error {
        match error {
            infravault_objects::Error::Corrupt { .. } if !self.verified => {
                slog::warn!(ctx.log, "uploaded part differs from its announced digest or length";
                    "object" => part.key.path(), "error" => %error);
                mismatch("The stored bytes differ from the announced ones.")
            }
            error => error.into(),
        }
    }
}

impl UploadSource for SessionParts {
    /// Claims the session and turns its reservation into the reservation of an image.
    async fn reserve_in(&mut self, ctx: &Ctx, tx: &Tx, principal: &Principal) -> Result<UploadStart, Error> {
        let row = lock_session_in(tx, self.id).await?;
        match sql::session_state(row.state) {
            Some(SessionState::Finished) => {
                let image = ImageId::from_uuid(row.image_id.unwrap_or_default());
                return Ok(UploadStart::Finished(image));
            }
            Some(SessionState::Finishing) if row.claimed => return Err(UploadError::Busy.into()),
            Some(SessionState::Open) if row.expires_at > ctx.now() => {}
            Some(SessionState::Finishing) => {}
            Some(SessionState::Open | SessionState::Joined) | None => {
                return Err(UploadError::Gone.into());
            }
        }
        let mut parts = list_parts_in(tx, self.id).await?;
        // The client has sent again what a crashed node had not acknowledged.
        parts.retain(|part| part.acknowledged);
        check_complete(&row, &parts)?;
        take_over_reservation_in(tx, ctx, principal, &row).await?;
        let reservation = Reservation::new(ctx, principal.account, row.declared_bytes);
        insert_pending_in(tx, ctx, &reservation, &new_image(&row)?).await?;
        let params = sql::upload_sessions::ClaimSessionParams {
            image: reservation.image.uuid(),
            attempt: reservation.attempt,
            seconds: CLAIM_SECONDS,
            id: row.id,
        };
        sql::upload_sessions::claim_session()
            .params(&**tx, &params)
            .await?;
        self.len = number(row.declared_bytes)?;
        self.digest = row.sha256.as_deref().map(sql::digest).transpose()?;
        self.verified = UploadKind::from(row.kind).is_tus();
        self.parts = parts;
        Ok(UploadStart::Reserved(reservation))
    }

    async fn replay(&mut self, ctx: &Ctx, image: ImageId) -> Result<Uploaded, Error> {
        match self.uploads.find_uploaded(ctx, image).await {
            Err(Error::NotFound) => Err(UploadError::Gone.into()),
            found => found,
        }
    }

    async fn receive(&mut self, ctx: &Ctx, reservation: &Reservation) -> Result<SpooledFile, Error> {
        self.start_renewal(reservation.attempt);
        let mut spool = self.uploads.objects.spool(self.len)?;
        for part in &self.parts {
            let read = self.read_part(part, &mut spool).await;
            read.map_err(|error| self.part_error(ctx, part, error))?;
        }
        let spooled = spool.finish().await?;
        match self.digest {
            Some(digest) if digest != spooled.sha256() => {
                Err(mismatch("The stored bytes do not have the announced SHA-256."))
            }
            _ => Ok(spooled),
        }
    }

    async fn lock_in(&self, tx: &Tx) -> Result<(), Error> {
        lock_session_in(tx, self.id).await.map(drop)
    }

    async fn finalize_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        reservation: &Reservation,
        _spooled: &SpooledFile,
    ) -> Result<(), Error> {
        let params = sql::upload_sessions::FinishSessionParams {
            now: ctx.now(),
            id: self.id.uuid(),
            attempt: reservation.attempt,
        };
        let finish_session = sql::upload_sessions::finish_session();
        let finished = finish_session.params(&**tx, &params).opt().await?;
        // Another node has taken over the session, or it has ended.
        finished.map(drop).ok_or_else(|| BodyError::Abandoned.into())
    }

    /// Ends the session if its bytes were rejected, and reopens it otherwise.
    async fn roll_back_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        reservation: &Reservation,
        released: bool,
        error: &Error,
    ) -> Result<(), Error> {
        let reserved = if released { reservation.bytes } else { 0 };
        let params = sql::upload_sessions::ReopenSessionParams {
            reserved,
            id: self.id.uuid(),
            attempt: reservation.attempt,
            expires: ctx.now() + self.uploads.config.upload_expiry,
        };
        let reopened = sql::upload_sessions::reopen_session()
            .params(&**tx, &params)
            .await?
            == 1;
        if !reopened {
            release_bytes_in(tx, reservation.owner, reserved).await?;
        } else if rejects_bytes(error) {
            end_session_in(tx, ctx.now(), self.id, reservation.owner).await?;
        }
        Ok(())
    }
}

/// Whether the bytes themselves were rejected, so that another attempt is useless.
fn rejects_bytes(error: &Error) -> bool {
    match error {
        Error::Refused(refusal) => !matches!(refusal, PrescanError::Io(_)),
        Error::Upload(UploadError::Mismatch(_)) => true,
        _ => false,
    }
}

/// Checks that all announced bytes are stored.
fn check_complete(row: &sql::upload_sessions::SessionRow, parts: &[StoredPart]) -> Result<(), Error> {
    let declared: u64 = number(row.declared_bytes)?;
    let stored: u64 = parts.iter().map(|part| part.len).sum();
    match UploadKind::from(row.kind) {
        // A partial upload becomes an image only by concatenation.
        UploadKind::TusPartial => Err(Error::NotFound),
        kind if stored == declared
            && (kind != UploadKind::Tus || row.received_bytes == row.declared_bytes) =>
        {
            Ok(())
        }
        _ => Err(mismatch(&format!(
            "The upload has {stored} of {declared} announced bytes."
        ))),
    }
}

/// Takes the bytes reserved for the session, or for the image of a node that crashed. Bytes that the sweeper has released
/// meanwhile are reserved again.
async fn take_over_reservation_in(
    tx: &Tx,
    ctx: &Ctx,
    principal: &Principal,
    row: &sql::upload_sessions::SessionRow,
) -> Result<(), Error> {
    let mut reserved = row.reserved_bytes;
    if let (Some(image), Some(attempt)) = (row.image_id, row.attempt)
        && abandon_pending_in(tx, ctx, image, attempt).await?
    {
        reserved = row.declared_bytes;
    }
    if reserved < row.declared_bytes {
        reserve_bytes_in(tx, principal, row.declared_bytes - reserved).await?;
    }
    Ok(())
}

fn mismatch(detail: &str) -> Error {
    UploadError::Mismatch(detail.to_owned()).into()
}
