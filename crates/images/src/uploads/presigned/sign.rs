//! Signs requests that store parts.
use super::signature::{PartSignature, sign_part_url};
use crate::{
    Error, UploadError, Uploads,
    model::{SessionState, UploadKind},
    sql::{self, Params, number},
    uploads::session::{MAX_PARTS, UploadSession, discard_parts_in, list_parts_in, lock_session_in},
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, FieldError, Id, Scope, Sha256, UploadId};
use infravault_objects::{ObjectKey, PresignedPut, PutConstraints};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;

const MAX_PART_NUMBER: u64 = 10_000;

/// A part that a client is going to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 1; the image is the concatenation of the parts in the order of their numbers.
    pub number: u64,
    pub len: u64,
    pub sha256: Sha256,
}

/// A signed request that stores a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPart {
    pub part: Part,
    /// The `Content-Type` of the request.
    pub media_type: String,
    pub expires_at: OffsetDateTime,
    pub target: PutTarget,
}

/// Where a part is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutTarget {
    /// To the store itself.
    Store(PresignedPut),
    /// To the API, if the store accepts no signed requests.
    Api { part: Uuid, signature: PartSignature },
}

impl Uploads {
    /// Signs requests for parts of an upload. A part replaces an earlier part with the same number; for an identical part
    /// another request for the same object is signed.
    pub async fn sign_parts(
        &self,
        ctx: &Ctx,
        id: UploadId,
        wanted: &[Part],
    ) -> Result<Vec<SignedPart>, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let row = lock_session_in(&tx, id).await?;
        let (media_type, digest) = (row.media_type.clone(), row.sha256.clone());
        let session = UploadSession::from_row(row, ctx.now())?;
        if session.kind.is_tus() {
            return Err(Error::NotFound);
        }
        if session.state != SessionState::Open {
            return Err(UploadError::Busy.into());
        }
        check_parts(&session, digest.as_deref(), wanted)?;
        let ids = self.reserve_parts_in(&tx, ctx, &session, wanted).await?;
        tx.commit().await?;
        let mut signed = Vec::with_capacity(wanted.len());
        for (part, part_id) in wanted.iter().zip(ids) {
            signed.push(self.sign_part(ctx, id, *part, part_id, &media_type).await?);
        }
        Ok(signed)
    }

    /// Returns the ids of the parts, in their order.
    async fn reserve_parts_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        session: &UploadSession,
        wanted: &[Part],
    ) -> Result<Vec<Uuid>, Error> {
        let known = list_parts_in(tx, session.id).await?;
        let numbers: BTreeSet<u64> = wanted.iter().map(|part| part.number).collect();
        let others = known.iter().filter(|part| !numbers.contains(&part.position));
        let lens = others
            .map(|part| part.len)
            .chain(wanted.iter().map(|part| part.len));
        let total = lens.fold(0, u64::saturating_add);
        if total > session.len {
            let detail = format!("have {total} bytes in total; {} were announced", session.len);
            return Err(Error::Invalid(vec![FieldError::new("parts", detail)]));
        }
        let due = ctx.now() + self.config.upload_url_ttl + self.config.upload_grace;
        let expires = ctx.now() + self.config.upload_expiry;
        let mut ids = Vec::with_capacity(wanted.len());
        for part in wanted {
            let earlier = known.iter().find(|known| known.position == part.number);
            ids.push(match earlier {
                Some(same) if same.len == part.len && same.sha256 == part.sha256 => {
                    let params = sql::upload_sessions::ExtendPartParams { due, part: same.id };
                    sql::upload_sessions::extend_part().params(&**tx, &params).await?;
                    same.id
                }
                replaced => {
                    if let Some(replaced) = replaced {
                        discard_parts_in(tx, ctx.now(), &[replaced.id]).await?;
                    }
                    reserve_part_in(tx, ctx, session, part, (due, expires)).await?
                }
            });
        }
        Ok(ids)
    }

    async fn sign_part(
        &self,
        ctx: &Ctx,
        upload: UploadId,
        part: Part,
        id: Uuid,
        media_type: &str,
    ) -> Result<SignedPart, Error> {
        let ttl = self.config.upload_url_ttl;
        let expires_at = ctx.now().replace_nanosecond(0).unwrap_or(ctx.now()) + ttl;
        let bound = PutConstraints {
            len: part.len,
            media_type,
            sha256: part.sha256,
        };
        let key = ObjectKey::Incoming { upload, part: id };
        let target = if let Some(put) = self.objects.presign_put(&key, ttl, &bound).await? {
            PutTarget::Store(put)
        } else {
            let signature = sign_part_url(&self.signer, upload, id, expires_at)
                .ok_or_else(|| Error::inconsistent("the URL signing keys"))?;
            PutTarget::Api { part: id, signature }
        };
        Ok(SignedPart {
            part,
            media_type: media_type.to_owned(),
            expires_at,
            target,
        })
    }
}

async fn reserve_part_in(
    tx: &Tx,
    ctx: &Ctx,
    session: &UploadSession,
    part: &Part,
    (due, expires): (OffsetDateTime, OffsetDateTime),
) -> Result<Uuid, Error> {
    // Replaced parts stay in the store for a while and count, too.
    let stored = sql::upload_sessions::sum_part_bytes()
        .bind(&**tx, &session.id.uuid())
        .one()
        .await?;
    let id = uuid::Builder::from_random_bytes(ctx.random()).into_uuid();
    let params = sql::upload_sessions::ReservePartParams {
        id: session.id.uuid(),
        max: MAX_PARTS,
        part: id,
        number: number(part.number)?,
        len: number(part.len)?,
        sha256: part.sha256.bytes().as_slice(),
        due,
        expires,
    };
    let fits = number::<_, u64>(stored)?.saturating_add(part.len) <= session.len.saturating_mul(2);
    if fits
        && sql::upload_sessions::reserve_part()
            .params(&**tx, &params)
            .await?
            == 1
    {
        return Ok(id);
    }
    let detail = "Too many parts of this upload were replaced. Create another one.";
    Err(UploadError::LimitReached(detail.to_owned()).into())
}

fn check_parts(session: &UploadSession, digest: Option<&[u8]>, wanted: &[Part]) -> Result<(), Error> {
    let mut numbers = BTreeSet::new();
    let error = wanted.iter().find_map(|part| {
        if !(1..=MAX_PART_NUMBER).contains(&part.number) {
            return Some("must have numbers from 1 to 10000");
        }
        if !numbers.insert(part.number) {
            return Some("must have different numbers");
        }
        if part.len == 0 {
            return Some("must not be empty");
        }
        let whole =
            part.number == 1 && part.len == session.len && digest == Some(part.sha256.bytes().as_slice());
        (session.kind == UploadKind::Single && !whole)
            .then_some("must be one part with number 1 and the announced size and SHA-256")
    });
    match error {
        Some(detail) => Err(Error::Invalid(vec![FieldError::new("parts", detail)])),
        None => Ok(()),
    }
}
