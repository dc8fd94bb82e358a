//! Parts that clients store by signed requests: in the store itself, or through the API where no store takes them.
use super::{
    MOST_PIECES, OpenUpload, PIECE_TYPE, Progress, Stored, UploadError, UploadKind, find_in, living, lock_in,
    pieces_in, signing,
};
use crate::{
    BodyError, Error, RenditionError, Uploaded, Uploads,
    sql::{self, Params, number},
    uploads::receive::{PIECES_UNDER_WAY, pump, receive},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, FieldError, Id, Scope, Sha256, UploadId};
use infravault_objects::{ObjectKey, PresignedPut, PutConstraints};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use uuid::Uuid;

pub use super::signing::PieceUrl;

/// The highest number of a part.
const MOST_PARTS: u64 = 10_000;
/// How many objects are looked up side by side.
const SIDE_BY_SIDE: usize = 8;

/// A part that a client wants to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1; the parts follow each other in the order of their numbers.
    pub number: u64,
    /// How many bytes it has.
    pub len: u64,
    /// Their SHA-256.
    pub sha256: Sha256,
}

/// Where a part can be stored for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPart {
    /// The part.
    pub part: Part,
    /// The media type that must be sent with it.
    pub media_type: String,
    /// Until when.
    pub expires_at: OffsetDateTime,
    /// Where.
    pub target: PutTarget,
}

/// Where a part goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutTarget {
    /// Into the store itself.
    Store(PresignedPut),
    /// Through the API: the piece, and the parameters of its address.
    Here(Uuid, PieceUrl),
}

impl Uploads {
    /// Signs addresses for parts of an upload. A part of a number that was there before takes its place; the same part
    /// again gets another address for the same object.
    pub async fn sign_parts(
        &self,
        ctx: &Ctx,
        id: UploadId,
        wanted: &[Part],
    ) -> Result<Vec<SignedPart>, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let row = lock_in(&tx, id).await?;
        let (media_type, digest) = (row.media_type.clone(), row.sha256.clone());
        let upload = living(row, ctx.now())?;
        if upload.kind.is_tus() {
            return Err(Error::NotFound);
        }
        if upload.progress != Progress::Open {
            return Err(UploadError::Busy.into());
        }
        check_parts(&upload, digest.as_deref(), wanted)?;
        let pieces = self.promise_parts_in(&tx, ctx, &upload, wanted).await?;
        tx.commit().await?;
        let mut signed = Vec::with_capacity(wanted.len());
        for (part, piece) in wanted.iter().zip(pieces) {
            signed.push(self.sign_part(ctx, id, *part, piece, &media_type).await?);
        }
        Ok(signed)
    }

    async fn promise_parts_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        upload: &OpenUpload,
        wanted: &[Part],
    ) -> Result<Vec<Uuid>, Error> {
        let known = pieces_in(tx, upload.id).await?;
        let numbers: BTreeSet<u64> = wanted.iter().map(|part| part.number).collect();
        let others = known.iter().filter(|piece| !numbers.contains(&piece.place));
        let total =
            sum(others.map(|piece| piece.len)).saturating_add(sum(wanted.iter().map(|part| part.len)));
        if total > upload.len {
            let detail = format!(
                "the parts would have {total} bytes; {} were announced",
                upload.len
            );
            return Err(Error::Invalid(vec![FieldError::new("parts", detail)]));
        }
        let due = ctx.now() + self.config.upload_url_ttl + self.config.upload_grace;
        let expires = ctx.now() + self.config.upload_expiry;
        let mut pieces = Vec::with_capacity(wanted.len());
        for part in wanted {
            let before = known.iter().find(|piece| piece.place == part.number);
            let same = before.filter(|piece| piece.len == part.len && piece.sha256 == part.sha256);
            if let Some(piece) = same {
                let params = sql::uploads::ProlongPieceParams { due, piece: piece.id };
                sql::uploads::prolong_piece().params(&**tx, &params).await?;
                pieces.push(piece.id);
                continue;
            }
            if let Some(replaced) = before {
                drop_in(tx, ctx.now(), &[replaced.id]).await?;
            }
            pieces.push(promise_part_in(tx, ctx, upload, part, (due, expires)).await?);
        }
        Ok(pieces)
    }

    async fn sign_part(
        &self,
        ctx: &Ctx,
        upload: UploadId,
        part: Part,
        piece: Uuid,
        media_type: &str,
    ) -> Result<SignedPart, Error> {
        let ttl = self.config.upload_url_ttl;
        let expires_at = ctx.now().replace_nanosecond(0).unwrap_or(ctx.now()) + ttl;
        let bound = PutConstraints {
            len: part.len,
            media_type,
            sha256: part.sha256,
        };
        let key = ObjectKey::Incoming { upload, part: piece };
        let target = if let Some(put) = self.objects.presign_put(&key, ttl, &bound).await? {
            PutTarget::Store(put)
        } else {
            let url = signing::sign(&self.signer, upload, piece, expires_at);
            PutTarget::Here(
                piece,
                url.ok_or_else(|| Error::inconsistent("the keys that sign addresses"))?,
            )
        };
        Ok(SignedPart {
            part,
            media_type: media_type.to_owned(),
            expires_at,
            target,
        })
    }

    /// Takes in a piece by an address that was signed. The signature is the permission, and whatever it is bound to must be
    /// sent as it was announced.
    pub async fn store_piece(
        &self,
        ctx: &Ctx,
        (upload, piece): (UploadId, Uuid),
        url: &PieceUrl,
        sent: &Sent<'_>,
        body: impl Stream<Item = Result<Bytes, BodyError>>,
    ) -> Result<(), Error> {
        signing::verify(&self.signer, upload, piece, url, ctx.now())?;
        let tx = self.db.begin_system().await?;
        let params = sql::uploads::FindPieceParams {
            now: ctx.now(),
            piece,
            upload: upload.uuid(),
        };
        let found = sql::uploads::find_piece().params(&*tx, &params).opt().await?;
        drop(tx);
        let found = found.filter(|found| found.wanted).ok_or(UploadError::Gone)?;
        let len: u64 = number(found.byte_size)?;
        let sha256 =
            Sha256::try_from(found.sha256.as_slice()).map_err(|_| Error::inconsistent("a SHA-256"))?;
        let bound = sent.len == Some(len)
            && sent.media_type.eq_ignore_ascii_case(&found.media_type)
            && sent.sha256 == Some(sha256);
        if !bound {
            return Err(RenditionError::Signature.into());
        }
        if found.stored {
            return Err(UploadError::Written.into());
        }
        let _place = self.in_flight.enter(AccountId::from_uuid(found.owner_id))?;
        let (sender, mut bytes) = mpsc::channel(PIECES_UNDER_WAY);
        let spool = self.objects.spool(len)?;
        let ((), spooled) = tokio::join!(pump(body, sender), async {
            // The channel ends with this, so that nobody goes on sending into it.
            let spooled = receive(spool, &mut bytes, &self.config).await;
            drop(bytes);
            spooled
        });
        let spooled = spooled?;
        if spooled.len() != len || spooled.sha256() != sha256 {
            return Err(BodyError::DigestMismatch.into());
        }
        let key = ObjectKey::Incoming { upload, part: piece };
        self.objects.store(&key, &spooled, PIECE_TYPE).await?;
        if self.mark_stored(&[piece]).await? == 1 {
            return Ok(());
        }
        // Another request with the same bytes was faster, or the upload has ended meanwhile.
        let tx = self.db.begin_system().await?;
        let found = sql::uploads::find_piece().params(&*tx, &params).opt().await?;
        match found {
            Some(found) if found.stored => Ok(()),
            _ => Err(UploadError::Gone.into()),
        }
    }

    /// Makes the image of an upload whose parts were stored: these, in the order of their numbers. What the store has is
    /// looked up first; where something is missing the upload stays open.
    pub async fn complete_upload(
        &self,
        ctx: &Ctx,
        id: UploadId,
        parts: Option<&[u64]>,
    ) -> Result<Uploaded, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let upload = living(find_in(&tx, id).await?, ctx.now())?;
        let pieces = pieces_in(&tx, id).await?;
        drop(tx);
        if upload.kind.is_tus() {
            return Err(Error::NotFound);
        }
        if upload.progress == Progress::Open {
            check_list(upload.kind, &pieces, parts)?;
            let arrived = stream::iter(pieces.iter().filter(|piece| !piece.acknowledged))
                .map(|piece| self.look_up_piece(ctx, piece))
                .buffer_unordered(SIDE_BY_SIDE)
                .try_collect::<Vec<Uuid>>()
                .await?;
            if !arrived.is_empty() {
                self.mark_stored(&arrived).await?;
            }
        }
        self.finish_upload(ctx, id).await
    }

    /// Whether a part has arrived in the store. One of another length was put there by somebody who got past the
    /// signature: it is deleted, and can be sent again.
    async fn look_up_piece(&self, ctx: &Ctx, piece: &Stored) -> Result<Uuid, Error> {
        let number = piece.place;
        let detail = match self.objects.head(&piece.key).await? {
            Some(stat) if stat.len == piece.len => return Ok(piece.id),
            Some(stat) => {
                let tx = self.db.begin_system().await?;
                drop_in(&tx, ctx.now(), &[piece.id]).await?;
                tx.commit().await?;
                format!("Part {number} has {} bytes instead of {}.", stat.len, piece.len)
            }
            None => format!("Part {number} has not arrived; store it, then complete the upload again."),
        };
        Err(UploadError::Mismatch(detail).into())
    }

    /// How many of them were not stored before, and are still wanted.
    async fn mark_stored(&self, pieces: &[Uuid]) -> Result<u64, Error> {
        let tx = self.db.begin_system().await?;
        let marked = sql::uploads::mark_stored().bind(&*tx, &pieces).await?;
        tx.commit().await?;
        Ok(marked)
    }
}

/// What was sent with a piece, besides its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// `Content-Length`.
    pub len: Option<u64>,
    /// `Content-Type`.
    pub media_type: &'a str,
    /// `x-amz-checksum-sha256`.
    pub sha256: Option<Sha256>,
}

async fn promise_part_in(
    tx: &Tx,
    ctx: &Ctx,
    upload: &OpenUpload,
    part: &Part,
    (due, expires): (OffsetDateTime, OffsetDateTime),
) -> Result<Uuid, Error> {
    // Parts that were replaced lie in the store for a while, too.
    let there: u64 = number(
        sql::uploads::promised_bytes()
            .bind(&**tx, &upload.id.uuid())
            .one()
            .await?,
    )?;
    let piece = uuid::Builder::from_random_bytes(ctx.random()).into_uuid();
    let params = sql::uploads::PromisePartParams {
        id: upload.id.uuid(),
        most: MOST_PIECES,
        piece,
        number: number(part.number)?,
        len: number(part.len)?,
        sha256: part.sha256.bytes().as_slice(),
        due,
        expires,
    };
    let room = there.saturating_add(part.len) <= upload.len.saturating_mul(2);
    if room && sql::uploads::promise_part().params(&**tx, &params).await? == 1 {
        return Ok(piece);
    }
    let detail = "Too many parts of this upload were replaced; begin another one.";
    Err(UploadError::TooMany(detail.to_owned()).into())
}

async fn drop_in(tx: &Tx, now: OffsetDateTime, pieces: &[Uuid]) -> Result<(), Error> {
    let params = sql::uploads::DropPiecesParams { now, pieces };
    sql::uploads::drop_pieces().params(&**tx, &params).await?;
    Ok(())
}

fn check_parts(upload: &OpenUpload, digest: Option<&[u8]>, wanted: &[Part]) -> Result<(), Error> {
    let mut numbers = BTreeSet::new();
    let fault = wanted.iter().find_map(|part| {
        if !(1..=MOST_PARTS).contains(&part.number) {
            return Some("have numbers from 1 to 10000");
        }
        if !numbers.insert(part.number) {
            return Some("must be named once each");
        }
        if part.len == 0 {
            return Some("must not be empty");
        }
        let whole =
            part.number == 1 && part.len == upload.len && digest == Some(part.sha256.bytes().as_slice());
        (upload.kind == UploadKind::Single && !whole)
            .then_some("must be the whole as it was announced, as number 1")
    });
    match fault {
        Some(detail) => Err(Error::Invalid(vec![FieldError::new("parts", detail)])),
        None => Ok(()),
    }
}

/// The parts that the client names are those that it announced.
fn check_list(kind: UploadKind, pieces: &[Stored], listed: Option<&[u64]>) -> Result<(), Error> {
    let announced: Vec<u64> = pieces.iter().map(|piece| piece.place).collect();
    let detail = match (kind, listed) {
        (UploadKind::Parts, None) => "lists the numbers of all parts",
        (_, Some(listed)) if listed != announced => {
            "must be the numbers of all parts announced, in their order"
        }
        _ => return Ok(()),
    };
    Err(Error::Invalid(vec![FieldError::new("parts", detail)]))
}

fn sum(lengths: impl Iterator<Item = u64>) -> u64 {
    lengths.fold(0, u64::saturating_add)
}
