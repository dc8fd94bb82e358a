//! Creates upload sessions.
use super::{UploadSession, find_session_in};
use crate::{
    BodyError, Error, Title, UploadError, Uploads,
    model::{NewImage, UploadKind},
    sql::{self, Params, number},
    uploads::reserve::reserve_bytes_in,
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, Id, Principal, Scope, Sha256, UploadId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUploadSession {
    pub image: NewImage,
    /// The media type that the client declared. The media type of the image is detected from its bytes.
    pub declared_type: String,
    /// Announced number of bytes.
    pub len: u64,
    /// The SHA-256 that the bytes must have.
    pub digest: Option<Sha256>,
    pub kind: UploadKind,
    /// `Upload-Metadata` as the client sent it.
    pub metadata: String,
    /// `Upload-Concat` as the client sent it.
    pub concat: String,
}

impl Uploads {
    /// Creates an upload session. Its bytes are reserved from the quota until it ends or expires.
    pub async fn create_upload_session(
        &self,
        ctx: &Ctx,
        new: &NewUploadSession,
    ) -> Result<UploadSession, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let principal = actor.require_scope(Scope::ImagesWrite)?;
        self.check_len(new.len)?;
        self.check_session_count(&tx, principal).await?;
        reserve_bytes_in(&tx, principal, number(new.len)?).await?;
        let id = self.insert_session_in(&tx, ctx, principal, new, new.len).await?;
        let session = UploadSession::from_row(find_session_in(&tx, id).await?, ctx.now())?;
        tx.commit().await?;
        Ok(session)
    }

    pub(super) fn check_len(&self, len: u64) -> Result<(), Error> {
        let limit = self.config.max_upload_bytes;
        match len {
            0 => Err(infravault_objects::Error::Empty.into()),
            len if len > limit => Err(BodyError::TooLarge { limit }.into()),
            _ => Ok(()),
        }
    }

    async fn check_session_count(&self, tx: &Tx, principal: &Principal) -> Result<(), Error> {
        let max = self.config.open_uploads;
        let open = sql::upload_sessions::count_open_sessions()
            .bind(&**tx, &principal.account.uuid())
            .one()
            .await?;
        if open < i64::from(max) {
            return Ok(());
        }
        let detail = format!("You have {max} open uploads. Finish or delete some of them.");
        Err(UploadError::LimitReached(detail).into())
    }

    pub(super) async fn insert_session_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        principal: &Principal,
        new: &NewUploadSession,
        reserved: u64,
    ) -> Result<UploadId, Error> {
        let (id, now, image) = (ctx.new_id::<UploadId>(), ctx.now(), &new.image);
        let params = sql::upload_sessions::InsertSessionParams {
            id: id.uuid(),
            owner: principal.account.uuid(),
            kind: new.kind.into(),
            declared: number(new.len)?,
            reserved: number(reserved)?,
            media_type: new.declared_type.as_str(),
            sha256: new.digest.map(|digest| digest.bytes().to_vec()),
            file_name: image.file_name.as_str(),
            title: image.title.as_ref().map(Title::as_str),
            description: image.description.as_str(),
            tags: image.tags.as_slice(),
            visibility: image.visibility.into(),
            keep_location: image.keep_location,
            metadata: new.metadata.as_str(),
            concat: new.concat.as_str(),
            now,
            expires: now + self.config.upload_expiry,
        };
        sql::upload_sessions::insert_session()
            .params(&**tx, &params)
            .await?;
        Ok(id)
    }
}
