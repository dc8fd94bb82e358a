//! Making an image of an upload: the same steps as for a plain one, with the bytes coming out of the store.
use super::{
    Stored, UploadError, UploadKind,
    end::{end_in, release_in},
    lock_in, new_image, pieces_in,
};
use crate::{
    BodyError, Error, Upload, Uploaded, Uploads,
    sql::{self, Params, number},
    uploads::finalize::{Failed, Left, Settling},
    uploads::pipeline::{Promise, insert_pending_in, quota_exceeded},
    uploads::receive::inspect,
};
use futures_util::TryStreamExt;
use infravault_db::Tx;
use infravault_imaging::{ImageInfo, PrescanError};
use infravault_kernel::{Ctx, DomainError, ErrorKind, Id, ImageId, Principal, Scope, Sha256, UploadId};
use infravault_objects::SpooledFile;
use std::time::Duration;
use tokio::time::Instant;

/// For how long others leave the finishing to whoever does it, in seconds. Measured by the database's clock, the only one
/// that all nodes share.
const LEASE: f64 = 15.0;
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(5);
/// How long a request waits for another one that makes the image; longer than the lease of a node that has died.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What is found by whoever wants to finish an upload.
enum Claim {
    /// It is an image already.
    Done(ImageId),
    /// Somebody else is at it.
    Busy,
    /// It is ours to do.
    Mine(Box<Work>),
}

/// An upload that is being made an image.
struct Work {
    id: UploadId,
    upload: Upload,
    promise: Promise,
    pieces: Vec<Stored>,
    /// Its pieces went through a node of ours, which hashed them before it acknowledged them: what is wrong with them now is
    /// no fault of the client.
    by_us: bool,
}

impl Uploads {
    /// Makes the image of an upload whose bytes are all there. Asked again it gives the same image. A refusal ends the
    /// upload; where something this depends on fails, the bytes stay and it can be asked for again.
    pub async fn finish_upload(&self, ctx: &Ctx, id: UploadId) -> Result<Uploaded, Error> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.claim_finishing(ctx, id).await? {
                Claim::Done(image) => return self.made_before(ctx, image).await,
                Claim::Mine(work) => return self.make_of(ctx, *work).await,
                Claim::Busy if Instant::now() >= until => return Err(UploadError::Busy.into()),
                Claim::Busy => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    async fn made_before(&self, ctx: &Ctx, image: ImageId) -> Result<Uploaded, Error> {
        let image = match self.library.find(ctx, image).await {
            Err(Error::NotFound) => return Err(UploadError::Gone.into()),
            found => found?,
        };
        let duplicate_of = self.find_same(ctx, image.owner, image.sha256, image.id).await?;
        let duplicate_of = duplicate_of.map(|twin| twin.id);
        Ok(Uploaded { image, duplicate_of })
    }

    /// The first transaction: what is reserved for the upload becomes the promise of an image.
    async fn claim_finishing(&self, ctx: &Ctx, id: UploadId) -> Result<Claim, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        let row = lock_in(&tx, id).await?;
        match sql::progress(row.state) {
            Some(super::Progress::Finished) => {
                return Ok(Claim::Done(ImageId::from_uuid(row.image_id.unwrap_or_default())));
            }
            Some(super::Progress::Finishing) if row.claimed => return Ok(Claim::Busy),
            Some(super::Progress::Open) if row.expires_at <= ctx.now() => {
                return Err(UploadError::Gone.into());
            }
            Some(super::Progress::Open | super::Progress::Finishing) => {}
            Some(super::Progress::Joined) | None => return Err(UploadError::Gone.into()),
        }
        let mut pieces = pieces_in(&tx, id).await?;
        // What a node had written down when it died is no part of the upload; the client has sent it again.
        pieces.retain(|piece| piece.acknowledged);
        check_whole(&row, &pieces)?;
        let promise = Promise {
            id: ctx.new_id(),
            attempt: uuid::Builder::from_random_bytes(ctx.random()).into_uuid(),
            owner: person.account,
            reserved: row.declared_bytes,
        };
        take_reservation(&tx, ctx, person, &row).await?;
        let upload = upload_of(&row)?;
        insert_pending_in(&tx, &promise, &upload.image, ctx.now()).await?;
        let params = sql::uploads::ClaimFinishingParams {
            image: promise.id.uuid(),
            attempt: promise.attempt,
            seconds: LEASE,
            id: id.uuid(),
        };
        sql::uploads::claim_finishing().params(&*tx, &params).await?;
        tx.commit().await?;
        Ok(Claim::Mine(Box::new(Work {
            id,
            upload,
            promise,
            pieces,
            by_us: UploadKind::from(row.kind).is_tus(),
        })))
    }

    /// In a task of its own, so that it ends well or is undone when nobody waits any more.
    async fn make_of(&self, ctx: &Ctx, work: Work) -> Result<Uploaded, Error> {
        let (images, owned) = (self.clone(), ctx.clone());
        let task = tokio::spawn(async move {
            let outcome = tokio::select! {
                outcome = images.deliver_pieces(&owned, &work) => outcome,
                never = images.renew_finishing(&work) => match never {},
            };
            match outcome {
                Ok(uploaded) => {
                    images.wake_sweeper.notify_one();
                    Ok(uploaded)
                }
                Err(failed) => Err(images.undo(&owned, &work, failed).await),
            }
        });
        task.await.unwrap_or_else(|error| {
            slog::error!(ctx.log, "making an image of an upload ended without an answer"; "error" => %error);
            Err(BodyError::GivenUp.into())
        })
    }

    async fn renew_finishing(&self, work: &Work) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(RENEW).await;
            let params = sql::uploads::RenewFinishingParams {
                seconds: LEASE,
                id: work.id.uuid(),
                attempt: work.promise.attempt,
            };
            // A lease that is lost costs another node's work, and nothing else.
            if let Ok(tx) = self.db.begin_system().await
                && sql::uploads::renew_finishing()
                    .params(&*tx, &params)
                    .await
                    .is_ok()
            {
                let _ = tx.commit().await;
            }
        }
    }

    async fn deliver_pieces(&self, ctx: &Ctx, work: &Work) -> Result<Uploaded, Failed> {
        let assembled = self.assemble(ctx, work).await;
        let (spooled, facts) = assembled.map_err(|error| Failed::leaving(Left::Nothing, error))?;
        let settling = Settling {
            upload: &work.upload,
            promise: &work.promise,
            spooled: &spooled,
            facts: &facts,
            finishes: Some(work.id),
        };
        self.keep_upload(ctx, &settling).await
    }

    /// Reads the pieces into the spool and looks at the whole. What the store took is believed only now.
    async fn assemble(&self, ctx: &Ctx, work: &Work) -> Result<(SpooledFile, ImageInfo), Error> {
        let mut spool = self.objects.spool(work.upload.at_least)?;
        for piece in &work.pieces {
            let mut hasher = Sha256::hasher();
            let mut bytes = self
                .objects
                .read(&piece.key, piece.len, None)
                .await
                .map_err(|error| unusable(ctx, work, piece, error))?;
            while let Some(chunk) = bytes
                .try_next()
                .await
                .map_err(|error| unusable(ctx, work, piece, error))?
            {
                hasher.update(&chunk);
                spool.write(chunk).await?;
            }
            if hasher.finish() != piece.sha256 {
                let fault = infravault_objects::Error::Corrupt {
                    key: piece.key.path(),
                    fault: "has another SHA-256".to_owned(),
                };
                return Err(unusable(ctx, work, piece, fault));
            }
        }
        let spooled = spool.finish().await?;
        if work
            .upload
            .digest
            .is_some_and(|digest| digest != spooled.sha256())
        {
            return Err(mismatch(
                "The stored bytes are not those whose SHA-256 was announced.",
            ));
        }
        let facts = inspect(&spooled, &self.config.limits).await?;
        Ok((spooled, facts))
    }

    /// After a failure: a refusal ends the upload, anything else leaves it as it was.
    async fn undo(&self, ctx: &Ctx, work: &Work, failed: Failed) -> Error {
        let (left, error) = failed.into_parts();
        if left != Left::Unknown
            && let Err(undo) = self.undo_rows(ctx, work, left, is_refusal(&error)).await
        {
            slog::warn!(ctx.log, "a failed upload is left to the sweeper"; "upload" => %work.id, "error" => %undo);
        }
        self.wake_sweeper.notify_one();
        if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal) {
            slog::warn!(ctx.log, "no image could be made of an upload";
                "upload" => %work.id, "left" => ?left, "error" => %error);
        }
        error
    }

    async fn undo_rows(&self, ctx: &Ctx, work: &Work, left: Left, refused: bool) -> Result<(), Error> {
        let tx = self.db.begin_system().await?;
        let promise = &work.promise;
        lock_in(&tx, work.id).await?;
        let freed = if self.drop_promise_in(&tx, ctx, promise, left).await? {
            promise.reserved
        } else {
            0
        };
        let params = sql::uploads::ReopenUploadParams {
            reserved: freed,
            id: work.id.uuid(),
            attempt: promise.attempt,
            expires: ctx.now() + self.config.upload_expiry,
        };
        let reopened = sql::uploads::reopen_upload().params(&*tx, &params).await? == 1;
        if !reopened {
            release_in(&tx, promise.owner, freed).await?;
        } else if refused {
            end_in(&tx, ctx.now(), work.id, promise.owner).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Whether the bytes themselves are refused, so that trying again makes no sense.
fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Refused(refusal) => !matches!(refusal, PrescanError::Io(_)),
        Error::Upload(UploadError::Mismatch(_)) => true,
        _ => false,
    }
}

/// The bytes must be all there, and so many as were announced.
fn check_whole(row: &sql::uploads::UploadRow, pieces: &[Stored]) -> Result<(), Error> {
    let declared: u64 = number(row.declared_bytes)?;
    let stored: u64 = pieces.iter().map(|piece| piece.len).sum();
    let kind = UploadKind::from(row.kind);
    let whole = stored == declared && (kind != UploadKind::Tus || row.received_bytes == row.declared_bytes);
    // A part of a concatenation is no image.
    if kind == UploadKind::TusPartial {
        return Err(Error::NotFound);
    }
    if whole {
        return Ok(());
    }
    let detail = format!("The upload has {stored} of the {declared} bytes that were announced.");
    Err(mismatch(&detail))
}

/// Takes what is reserved for the upload, or was for an image that a dead node was making of it. What the sweeper has
/// given back meanwhile is reserved anew.
async fn take_reservation(
    tx: &Tx,
    ctx: &Ctx,
    person: &Principal,
    row: &sql::uploads::UploadRow,
) -> Result<(), Error> {
    let mut held = row.reserved_bytes;
    if let (Some(id), Some(attempt)) = (row.image_id, row.attempt) {
        let now = ctx.now();
        let params = sql::upload::AbandonPendingParams { now, id, attempt };
        if sql::upload::abandon_pending().params(&**tx, &params).await? == 1 {
            held = row.declared_bytes;
        }
    }
    if held < row.declared_bytes {
        let params = sql::upload::ReserveBytesParams {
            owner: person.account.uuid(),
            declared: row.declared_bytes - held,
            quota: person.quota_bytes,
        };
        if sql::upload::reserve_bytes().params(&**tx, &params).await? == 0 {
            return Err(quota_exceeded(person.quota_bytes));
        }
    }
    Ok(())
}

fn upload_of(row: &sql::uploads::UploadRow) -> Result<Upload, Error> {
    let digest = row.sha256.as_deref().map(Sha256::try_from).transpose();
    let len = number(row.declared_bytes)?;
    Ok(Upload {
        image: new_image(row)?,
        declared_type: row.media_type.clone(),
        at_least: len,
        at_most: Some(len),
        key: None,
        digest: digest.map_err(|_| Error::inconsistent("a SHA-256"))?,
    })
}

/// An object that is not what its row says was written by somebody else, where somebody else could write it. One that we
/// wrote, and one that was there before and is not now, is a fault of the store: the upload stays as it is.
fn unusable(ctx: &Ctx, work: &Work, piece: &Stored, error: infravault_objects::Error) -> Error {
    use infravault_objects::Error as Fault;
    match error {
        Fault::Corrupt { .. } if !work.by_us => {
            slog::warn!(ctx.log, "a piece of an upload is not what was announced";
                "object" => piece.key.path(), "error" => %error);
            mismatch("The stored bytes are not those that were announced.")
        }
        error => error.into(),
    }
}

fn mismatch(detail: &str) -> Error {
    UploadError::Mismatch(detail.to_owned()).into()
}
