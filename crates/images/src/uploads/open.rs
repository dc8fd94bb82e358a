//! Announcing an upload: its quota is kept for it from now on.
use super::{OpenUpload, UploadError, UploadKind, find_in, living, lock_in};
use crate::{
    BodyError, Error, NewImage, Uploads,
    sql::{self, Params, number},
    uploads::pipeline::quota_exceeded,
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, FieldError, Id, Principal, Scope, Sha256, UploadId};
use std::collections::BTreeMap;

/// An upload as it is announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What is said about the image.
    pub image: NewImage,
    /// The media type that the client declared. It decides nothing.
    pub declared_type: String,
    /// How many bytes will come.
    pub len: u64,
    /// The SHA-256 that they must have.
    pub digest: Option<Sha256>,
    /// How they come.
    pub kind: UploadKind,
    /// `Upload-Metadata` as the client sent it.
    pub metadata: String,
    /// `Upload-Concat` as the client sent it.
    pub concat: String,
}

impl Uploads {
    /// Opens an upload: its bytes are reserved from the quota until it ends or expires.
    pub async fn open_upload(&self, ctx: &Ctx, opening: &Opening) -> Result<OpenUpload, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        self.check_len(opening.len)?;
        self.check_count(&tx, person).await?;
        let params = sql::upload::ReserveBytesParams {
            owner: person.account.uuid(),
            declared: number(opening.len)?,
            quota: person.quota_bytes,
        };
        if sql::upload::reserve_bytes().params(&*tx, &params).await? == 0 {
            return Err(quota_exceeded(person.quota_bytes));
        }
        let id = self.insert_upload(&tx, ctx, person, opening, opening.len).await?;
        let upload = living(find_in(&tx, id).await?, ctx.now())?;
        tx.commit().await?;
        Ok(upload)
    }

    /// Makes one upload of parts that were uploaded through tus, in this order: their pieces and what was reserved for
    /// them are its own from now on. Asked again it finds the same one.
    pub async fn join_uploads(
        &self,
        ctx: &Ctx,
        image: NewImage,
        parts: &[UploadId],
        (metadata, concat): (String, String),
    ) -> Result<OpenUpload, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        // Locked in the order of their ids, so that two that overlap cannot wait for each other.
        let mut locked = BTreeMap::new();
        for part in parts {
            locked.insert(*part, None);
        }
        if parts.is_empty() || locked.len() != parts.len() {
            return Err(refused("must name each part once"));
        }
        for (part, row) in &mut locked {
            *row = Some(lock_in(&tx, *part).await?);
        }
        let rows: Vec<_> = parts
            .iter()
            .filter_map(|part| locked.remove(part).flatten())
            .collect();
        if let Some(whole) = joined_before(&rows) {
            let whole = living(find_in(&tx, whole).await?, ctx.now())?;
            let len: i64 = rows.iter().map(|row| row.declared_bytes).sum();
            return if number::<_, i64>(whole.len)? == len && whole.concat == concat {
                Ok(whole)
            } else {
                Err(UploadError::Gone.into())
            };
        }
        let (mut len, mut reserved) = (0_u64, 0_u64);
        for row in rows {
            reserved += number::<_, u64>(row.reserved_bytes)?;
            len += whole_part(&living(row, ctx.now())?)?;
        }
        self.check_len(len)?;
        let opening = Opening {
            image,
            declared_type: super::PIECE_TYPE.to_owned(),
            len,
            digest: None,
            kind: UploadKind::Tus,
            metadata,
            concat,
        };
        let id = self.insert_upload(&tx, ctx, person, &opening, reserved).await?;
        self.join_in(&tx, ctx, id, parts).await?;
        let upload = living(find_in(&tx, id).await?, ctx.now())?;
        tx.commit().await?;
        Ok(upload)
    }

    async fn join_in(&self, tx: &Tx, ctx: &Ctx, whole: UploadId, parts: &[UploadId]) -> Result<(), Error> {
        let mut base = 0;
        for part in parts {
            let row = find_in(tx, *part).await?;
            let params = sql::uploads::JoinPiecesParams {
                into: whole.uuid(),
                base,
                id: part.uuid(),
            };
            sql::uploads::join_pieces().params(&**tx, &params).await?;
            let params = sql::uploads::JoinUploadParams {
                into: whole.uuid(),
                expires: ctx.now() + self.config.upload_expiry,
                id: part.uuid(),
            };
            sql::uploads::join_upload().params(&**tx, &params).await?;
            base += row.declared_bytes;
        }
        let params = sql::uploads::SetReceivedParams {
            received: base,
            id: whole.uuid(),
        };
        sql::uploads::set_received().params(&**tx, &params).await?;
        Ok(())
    }

    fn check_len(&self, len: u64) -> Result<(), Error> {
        let limit = self.config.max_upload_bytes;
        if len > limit {
            return Err(BodyError::TooLarge { limit }.into());
        }
        if len == 0 {
            return Err(infravault_objects::Error::Empty.into());
        }
        Ok(())
    }

    async fn check_count(&self, tx: &Tx, person: &Principal) -> Result<(), Error> {
        let most = self.config.open_uploads;
        let open = sql::uploads::count_open()
            .bind(&**tx, &person.account.uuid())
            .one()
            .await?;
        if open < i64::from(most) {
            return Ok(());
        }
        let detail = format!("{most} uploads of yours are open. Finish some of them, or end them.");
        Err(UploadError::TooMany(detail).into())
    }

    async fn insert_upload(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        person: &Principal,
        opening: &Opening,
        reserved: u64,
    ) -> Result<UploadId, Error> {
        let (id, now, image) = (ctx.new_id::<UploadId>(), ctx.now(), &opening.image);
        let params = sql::uploads::OpenUploadParams {
            id: id.uuid(),
            owner: person.account.uuid(),
            kind: opening.kind.into(),
            declared: number(opening.len)?,
            reserved: number(reserved)?,
            media_type: opening.declared_type.as_str(),
            sha256: opening.digest.map(|digest| digest.bytes().to_vec()),
            file_name: image.file_name.as_str(),
            title: image.title.as_ref().map(crate::Title::as_str),
            description: image.description.as_str(),
            tags: image.tags.as_slice(),
            visibility: image.visibility.into(),
            keep_location: image.keep_location,
            metadata: opening.metadata.as_str(),
            concat: opening.concat.as_str(),
            now,
            expires: now + self.config.upload_expiry,
        };
        sql::uploads::open_upload().params(&**tx, &params).await?;
        Ok(id)
    }
}

/// The upload that all of these have become.
fn joined_before(rows: &[sql::uploads::UploadRow]) -> Option<UploadId> {
    let whole = rows.first()?.joined_into?;
    rows.iter()
        .all(|row| row.joined_into == Some(whole))
        .then(|| UploadId::from_uuid(whole))
}

/// How many bytes a part has that is whole and open.
fn whole_part(part: &OpenUpload) -> Result<u64, Error> {
    if part.kind != UploadKind::TusPartial {
        return Err(refused("names an upload that is no part"));
    }
    if part.progress != super::Progress::Open {
        return Err(UploadError::Gone.into());
    }
    if !part.is_whole() {
        let detail = format!(
            "The part {} has {} of its {} bytes; send the rest first.",
            part.id, part.received, part.len
        );
        return Err(UploadError::Mismatch(detail).into());
    }
    Ok(part.len)
}

fn refused(detail: &str) -> Error {
    Error::Parameter(FieldError::new("Upload-Concat", detail))
}
